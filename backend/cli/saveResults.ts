import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FoldpadClient } from '../api/client.ts';
import { type Result, type ResultFile, resultSchema } from '../api/result.ts';
import { withoutAttemptFolder } from '../api/runner.ts';
import { CliError } from './errors.ts';

const MANIFEST = 'result.json';
/** Downloads of one file before it counts as damaged. */
const TRIES = 2;

export interface SavedFile {
  /** Path below the folder. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** True when the file was there already, whole. */
  readonly skipped: boolean;
}

export interface SavedResult {
  readonly jobId: string;
  /** Absolute. */
  readonly folder: string;
  /** The manifest as saved: its paths are those below the folder. */
  readonly result: Result;
  readonly files: readonly SavedFile[];
}

/**
 * Saves all files of a job's result into a folder, checking size and SHA-256 of each. A file that is there already is not
 * fetched again, so an interrupted download is finished by asking again. No file is ever seen half-written.
 *
 * @param onFile told of every file that is done
 * @throws CliError when the folder holds another job's result, or a file arrives damaged
 */
export async function saveResult(
  client: FoldpadClient,
  jobId: string,
  folder: string,
  options: { readonly signal: AbortSignal; readonly onFile?: (file: SavedFile) => void },
): Promise<SavedResult> {
  const root = path.resolve(folder);
  await refuseForeignResult(root, jobId);
  const published = await client.result(jobId, { signal: options.signal });
  const files: SavedFile[] = [];
  for (const file of published.files) {
    const saved = await saveFile(client, jobId, file, root, options.signal);
    files.push(saved);
    options.onFile?.(saved);
  }
  const result = withPlainPaths(published);
  await writeWhole(path.join(root, MANIFEST), async (temporary) => {
    await writeFile(temporary, `${JSON.stringify(result, undefined, 2)}\n`);
    return true;
  });
  return { jobId, folder: root, result, files };
}

/** Two results in one folder would be taken for one. */
async function refuseForeignResult(root: string, jobId: string): Promise<void> {
  const text = await readFile(path.join(root, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  let other: string | undefined;
  try {
    other = resultSchema.parse(JSON.parse(text)).job_id;
  } catch {
    throw new CliError(`${root} holds a ${MANIFEST} that is not Foldpad's. Choose another folder with -o.`);
  }
  if (other !== jobId) throw new CliError(`${root} holds the result of job ${other}. Choose another folder with -o.`);
}

async function saveFile(
  client: FoldpadClient,
  jobId: string,
  file: ResultFile,
  root: string,
  signal: AbortSignal,
): Promise<SavedFile> {
  const plain = withoutAttemptFolder(file.path);
  const target = path.join(root, ...plain.split('/'));
  const saved = { path: plain, size: file.size, sha256: file.sha256 };
  if (await isWhole(target, file)) return { ...saved, skipped: true };
  for (let attempt = 1; ; attempt += 1) {
    const isGood = await writeWhole(target, async (temporary) => {
      const { body } = await client.resultFile(jobId, file.path, { signal });
      const hash = createHash('sha256');
      const count = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(Readable.fromWeb(body as never), count, createWriteStream(temporary), { signal });
      return hash.digest('hex') === file.sha256;
    });
    if (isGood) return { ...saved, skipped: false };
    if (attempt === TRIES) {
      throw new CliError(`${plain} of job ${jobId} arrived damaged: its SHA-256 is not ${file.sha256}. Try again.`);
    }
  }
}

async function isWhole(target: string, file: ResultFile): Promise<boolean> {
  const size = await stat(target).then(
    (info) => (info.isFile() ? info.size : -1),
    () => -1,
  );
  if (size !== file.size) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(target)) hash.update(chunk as Uint8Array);
  return hash.digest('hex') === file.sha256;
}

/** Lets `fill` write a temporary file and gives it its name, unless `fill` says that it is no good. */
async function writeWhole(target: string, fill: (temporary: string) => Promise<boolean>): Promise<boolean> {
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.part`);
  try {
    if (!(await fill(temporary))) return false;
    await rename(temporary, target);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The manifest with paths as they are below the folder that it is saved in. */
function withPlainPaths(result: Result): Result {
  return {
    ...result,
    models: result.models.map((model) => ({
      ...model,
      files: Object.fromEntries(
        Object.entries(model.files).map(([role, file]) => [role, file && withoutAttemptFolder(file)]),
      ) as typeof model.files,
    })),
    files: result.files.map((file) => ({ ...file, path: withoutAttemptFolder(file.path) })),
  };
}
