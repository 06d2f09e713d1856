import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Archive, Database, Hosts, Version } from './catalogue.ts';
import { type Expected, parseMetalink, type Release, verifyFile } from './checksums.ts';
import { download } from './download.ts';
import { CorruptDownload, messageOf, StagingError } from './errors.ts';
import { type Patience, readText } from './http.ts';
import { type DatabaseRecord, MAX_LISTED_FILES, type StagedFile } from './record.ts';
import { fetchEntries } from './snapshot.ts';
import { unpack } from './unpack.ts';

export interface StageOptions {
  readonly hosts: Hosts;
  /** Folder that gets a folder per database. */
  readonly target: string;
  /** Folder for archives and for what is not finished; on the same file system, so that moving costs nothing. */
  readonly staging: string;
  /** Date of PDB's snapshot. */
  readonly snapshot: string;
  /** For each large file, and eight times as many for small ones. */
  readonly connections: number;
  readonly segmentBytes?: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly onBytes: (count: number) => void;
}

/** So many damaged copies of a file, and it is not the network. */
const MAX_CORRUPT = 3;
const SMALL_FILES_PER_CONNECTION = 8;

/**
 * Downloads, verifies, unpacks and publishes one database. What an earlier run has downloaded is used. Readers see the
 * files appear whole, at the end.
 *
 * @throws StagingError
 */
export async function stageDatabase(database: Database, options: StageOptions): Promise<DatabaseRecord> {
  const folder = path.join(options.staging, database.name);
  const unpacked = path.join(folder, 'unpacked');
  await mkdir(folder, { recursive: true });
  // Entries are fetched one by one and stay; the rest is unpacked anew from its archives.
  if (!database.entries) await rm(unpacked, { recursive: true, force: true });
  const release = await releaseOf(database.version, options);
  const archives = await fetchArchives(database, folder, unpacked, release, options);
  if (database.entries) {
    const { path: prefix, target } = database.entries;
    const count = await fetchEntries({
      ...options,
      url: options.hosts.pdb,
      prefix: withSnapshot(prefix, options),
      folder: path.join(unpacked, target),
      connections: options.connections * SMALL_FILES_PER_CONNECTION,
    });
    options.log(`${count} entries`);
  }
  const published = path.join(options.target, database.name);
  const files = await publish(unpacked, published, options.target);
  // Entries that the snapshot before had and this one has not: they are no longer part of it, and would be counted with it.
  if (database.entries) await removeOthers(published, files, options.target);
  // Only now: until then they are what an interrupted run goes on with.
  await rm(folder, { recursive: true, force: true });
  return {
    name: database.name,
    version: versionOf(database.version, release, archives, options),
    sources: database.archives.map((archive) => addressOf(archive, options)),
    checked: [...new Set(archives.map(({ checked }) => checked))],
    file_count: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(files.length <= MAX_LISTED_FILES && { files }),
    finished_at: new Date().toISOString(),
  };
}

interface FetchedArchive {
  readonly checked: 'md5' | 'crc32c' | 'size';
  readonly modified: string | undefined;
}

/** Downloads all archives of a database and unpacks them; what came damaged is fetched again. */
async function fetchArchives(
  database: Database,
  folder: string,
  unpacked: string,
  release: Release | undefined,
  options: StageOptions,
): Promise<FetchedArchive[]> {
  for (let attempt = 1; ; attempt += 1) {
    const fetched: FetchedArchive[] = [];
    try {
      for (const archive of database.archives) fetched.push(await fetchVerified(archive, folder, release, options));
      for (const { target } of database.archives) {
        if (target !== '.') await rm(path.join(unpacked, target), { force: true });
      }
      for (const archive of database.archives) {
        const file = path.join(folder, path.basename(archive.path));
        await unpack(file, archive.packing, path.join(unpacked, archive.target), options.signal).catch(
          async (error: unknown) => {
            if (error instanceof CorruptDownload) await rm(file, { force: true });
            throw error;
          },
        );
      }
      return fetched;
    } catch (error) {
      if (!(error instanceof CorruptDownload)) throw error;
      if (attempt >= MAX_CORRUPT) {
        throw new StagingError(
          `${database.name} came damaged ${attempt} times: ${messageOf(error)}. Start the job again later, or name ` +
            'another host with --source.',
        );
      }
      options.log(`damaged, fetched again: ${messageOf(error)}`);
    }
  }
}

async function fetchVerified(
  archive: Archive,
  folder: string,
  release: Release | undefined,
  options: StageOptions,
): Promise<FetchedArchive> {
  const url = addressOf(archive, options);
  const name = path.basename(archive.path);
  const file = path.join(folder, name);
  options.log(`downloading ${url}`);
  const { expected: told, modified } = await download({ ...options, url, file });
  const expected: Expected = { ...told, ...release?.files.get(name) };
  options.log(`verifying ${name}`);
  try {
    await verifyFile(file, expected);
  } catch (error) {
    await rm(file, { force: true });
    options.onBytes(-(told.bytes ?? 0));
    throw error;
  }
  return { checked: expected.md5 ? 'md5' : expected.crc32c ? 'crc32c' : 'size', modified };
}

function addressOf({ host, path: file }: Archive, options: StageOptions): string {
  return `${options.hosts[host]}/${withSnapshot(file, options)}`;
}

function withSnapshot(text: string, { snapshot }: StageOptions): string {
  return text.replace('{snapshot}', snapshot);
}

async function releaseOf(version: Version, options: StageOptions): Promise<Release | undefined> {
  if (version.kind !== 'metalink') return undefined;
  return parseMetalink(
    await readText(`${options.hosts[version.host]}/${version.path}`, options.patience, options.signal),
  );
}

function versionOf(
  version: Version,
  release: Release | undefined,
  archives: readonly FetchedArchive[],
  { snapshot }: StageOptions,
): string {
  switch (version.kind) {
    case 'fixed':
      return version.text;
    case 'snapshot':
      return snapshot;
    case 'metalink':
      return release?.version ?? archives.find(({ modified }) => modified)?.modified ?? 'unknown';
  }
}

/**
 * Moves every file to its place, one by one: a file system that copies itself to a bucket sees new files, not a folder
 * that changed its name.
 *
 * @returns the files, with paths below `root`
 */
async function publish(from: string, to: string, root: string): Promise<StagedFile[]> {
  const files: StagedFile[] = [];
  for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name.endsWith('.part')) continue;
    const source = path.join(entry.parentPath, entry.name);
    const place = path.join(to, path.relative(from, source));
    await mkdir(path.dirname(place), { recursive: true });
    files.push({ path: path.relative(root, place), bytes: (await stat(source)).size });
    await move(source, place);
  }
  if (files.length === 0) throw new StagingError(`${from} is empty: the archive had nothing in it.`);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Removes every file below `folder` that is not among `files`, whose paths are below `root`. */
async function removeOthers(folder: string, files: readonly StagedFile[], root: string): Promise<void> {
  const kept = new Set(files.map((file) => file.path));
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const place = path.join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !kept.has(path.relative(root, place))) await rm(place);
  }
}

async function move(source: string, place: string): Promise<void> {
  try {
    await rename(source, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(source, `${place}.new`);
    await rename(`${place}.new`, place);
    await rm(source);
  }
}
