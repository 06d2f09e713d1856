/** PDB's yearly snapshots: a public bucket of Amazon S3, read without credentials. */
import { createHash } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { md5OfEtag } from './checksums.ts';
import { CorruptDownload, StagingError } from './errors.ts';
import { type Patience, readText, readWhole } from './http.ts';

export interface Bucket {
  readonly url: string;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

export interface Listed {
  readonly key: string;
  readonly bytes: number;
  readonly md5: string | undefined;
}

/**
 * The newest snapshot, as it is called: `20260101`.
 *
 * @throws StagingError when there is none
 */
export async function newestSnapshot({ url, patience, signal }: Bucket): Promise<string> {
  const xml = await readText(`${url}/?list-type=2&delimiter=%2F`, patience, signal);
  const names = [...xml.matchAll(/<Prefix>(\d{8})\/<\/Prefix>/g)].map(([, name = '']) => name).sort();
  const newest = names.at(-1);
  if (newest === undefined) throw new StagingError(`${url} lists no snapshot of PDB; name one with --snapshot.`);
  return newest;
}

/** All objects below a prefix, a thousand with each request. */
export async function* listObjects({ url, patience, signal }: Bucket, prefix: string): AsyncGenerator<Listed> {
  for (let token: string | undefined = ''; token !== undefined; ) {
    const next = token === '' ? '' : `&continuation-token=${encodeURIComponent(token)}`;
    const page = await readText(`${url}/?list-type=2&prefix=${encodeURIComponent(prefix)}${next}`, patience, signal);
    for (const [, item = ''] of page.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
      const key = text(item, 'Key');
      const bytes = Number(text(item, 'Size'));
      if (key !== undefined)
        yield { key, bytes, md5: md5OfEtag(text(item, 'ETag')?.replaceAll('&quot;', '"') ?? null) };
    }
    token = text(page, 'NextContinuationToken');
  }
}

function text(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

export interface EntryOptions extends Bucket {
  readonly prefix: string;
  /** Folder that gets `<id>.cif` for every `<id>.cif.gz`. */
  readonly folder: string;
  readonly connections: number;
  readonly onBytes: (count: number) => void;
}

const unzip = promisify(gunzip);

/** So many damaged copies of one entry, and it is not the network. */
const MAX_CORRUPT = 5;

/**
 * Fetches and unpacks every `.cif.gz` below the prefix. Files that an earlier run has left are not fetched again: each
 * appears under its name only when it is whole.
 *
 * @returns how many entries there are
 * @throws StagingError
 */
export async function fetchEntries(options: EntryOptions): Promise<number> {
  await mkdir(options.folder, { recursive: true });
  const failed = new AbortController();
  const work = { ...options, signal: AbortSignal.any([options.signal, failed.signal]) };
  const entries = listObjects(work, options.prefix);
  let count = 0;
  // All take from one list; the first that fails stops the others.
  const worker = async (): Promise<void> => {
    for (let next = await entries.next(); !next.done; next = await entries.next()) {
      if (!next.value.key.endsWith('.cif.gz')) continue;
      count += 1;
      await fetchEntry(work, next.value);
    }
  };
  let first: { readonly error: unknown } | undefined;
  const stop = (error: unknown): void => {
    first ??= { error };
    failed.abort(error);
  };
  await Promise.all(Array.from({ length: options.connections }, () => worker().catch(stop)));
  if (first) throw (first as { readonly error: unknown }).error;
  if (count === 0) throw new StagingError(`${options.url} lists no entries below ${options.prefix}.`);
  return count;
}

async function fetchEntry(options: EntryOptions, { key, bytes, md5 }: Listed): Promise<void> {
  const { url, folder, patience, signal, onBytes } = options;
  const target = path.join(folder, path.basename(key, '.gz'));
  if (await stat(target).catch(() => undefined)) return onBytes(bytes);
  const address = `${url}/${key}`;
  for (let attempt = 1; ; attempt += 1) {
    const packed = await readWhole(address, patience, signal);
    try {
      const isRight = packed.length === bytes && (md5 ?? digest(packed)) === digest(packed);
      if (!isRight) throw new CorruptDownload(`${address} is not what the list says`);
      await writeFile(`${target}.part`, await unzip(packed));
      await rename(`${target}.part`, target);
      return onBytes(bytes);
    } catch (error) {
      if (attempt >= MAX_CORRUPT) throw new StagingError(`${address} came damaged ${attempt} times.`, { cause: error });
    }
  }
}

function digest(data: Buffer): string {
  return createHash('md5').update(data).digest('hex');
}
