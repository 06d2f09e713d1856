/** What is staged: `manifest.json` beside the databases, and AlphaFold's own `databases.json`, written last. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Preset } from './catalogue.ts';

/** A file with more than so many others in its folder is only counted. */
export const MAX_LISTED_FILES = 1_000;

export interface StagedFile {
  /** Below the folder of all databases. */
  readonly path: string;
  readonly bytes: number;
}

/** One database that is there, verified. */
export interface DatabaseRecord {
  readonly name: string;
  readonly version: string;
  /** Addresses it came from. */
  readonly sources: readonly string[];
  /** How the downloads were checked: `md5`, `crc32c`, or `size` where the publisher tells no checksum. */
  readonly checked: readonly string[];
  readonly file_count: number;
  readonly bytes: number;
  /** Left out when there are too many. */
  readonly files?: readonly StagedFile[];
  /** ISO 8601 UTC. */
  readonly finished_at: string;
}

export interface Manifest {
  readonly schema: 1;
  readonly preset: Preset;
  /** All databases of the preset are there. */
  readonly complete: boolean;
  readonly databases: readonly DatabaseRecord[];
}

const MANIFEST = 'manifest.json';
/** AlphaFold's driver reads the versions from it, for the key of its cache; the deployment takes it as the sign that
 * everything is there. */
const VERSIONS = 'databases.json';

/** The records of what earlier runs have finished; none if there is no manifest, or none that can be read. */
export async function readRecords(folder: string): Promise<readonly DatabaseRecord[]> {
  try {
    const manifest = JSON.parse(await readFile(path.join(folder, MANIFEST), 'utf8')) as Manifest;
    return manifest.schema === 1 ? manifest.databases : [];
  } catch {
    return [];
  }
}

/** @returns whether the databases are complete now, and others than they were */
export async function writeManifest(folder: string, manifest: Manifest): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  await writeWhole(path.join(folder, MANIFEST), manifest);
  if (!manifest.complete) return false;
  const versions = manifest.databases.flatMap(({ name, version }) => [
    [name, version],
    // AlphaFold counts the list of withdrawn entries as a database of its own.
    ...(name === 'pdb_mmcif' ? [['obsolete', version]] : []),
  ]);
  return writeWhole(path.join(folder, VERSIONS), Object.fromEntries(versions));
}

/** @returns whether the file has another content than before */
async function writeWhole(file: string, content: unknown): Promise<boolean> {
  const text = `${JSON.stringify(content, undefined, 2)}\n`;
  const before = await readFile(file, 'utf8').catch(() => undefined);
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  return text !== before;
}
