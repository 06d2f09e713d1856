import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseRecord, StagedFile } from './record.ts';

/** Files that are read at the same time: each may have to come from the bucket first. */
const AT_ONCE = 16;

/**
 * Reads a database from beginning to end, so that a file system that was filled from the bucket has fetched all of it
 * before the first search does, piece by piece.
 *
 * @returns false when a file is missing or has another size: the database must be staged again
 */
export async function warm(
  record: DatabaseRecord,
  root: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<boolean> {
  const files = await currentFiles(record, root);
  if (!files) return false;
  const waiting = [...files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      const stream = createReadStream(path.join(root, file.path), { highWaterMark: 8 * 1024 * 1024, signal });
      for await (const chunk of stream) onBytes((chunk as Buffer).length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return true;
}

/** Whether all files of a record are there; unlike `warm`, without reading them. */
export async function isThere(record: DatabaseRecord, root: string): Promise<boolean> {
  return (await currentFiles(record, root)) !== undefined;
}

/** The files of a record, if all of them are there. */
async function currentFiles(record: DatabaseRecord, root: string): Promise<readonly StagedFile[] | undefined> {
  const folder = path.join(root, record.name);
  if (record.files) {
    const sizes = await Promise.all(
      record.files.map(async (file) => (await stat(path.join(root, file.path)).catch(() => undefined))?.size),
    );
    return record.files.every(({ bytes }, index) => sizes[index] === bytes) ? record.files : undefined;
  }
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => ({ path: path.relative(root, path.join(entry.parentPath, entry.name)), bytes: 0 }));
  return files.length === record.file_count ? files : undefined;
}
