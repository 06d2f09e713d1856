import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ResultFile, relativePathSchema } from '../../backend/api/result.ts';
import { hasCode, RunnerError } from './runnerError.ts';
import type { Store } from './store.ts';

/** How long a finished file may wait, at most, before it is published. */
const LOOK_EVERY_MS = 500;

export interface PublisherOptions {
  readonly store: Store;
  /** Where the engine puts finished files. */
  readonly outFolder: string;
  /** Key prefix that only this attempt writes to; ends with a slash. */
  readonly keyPrefix: string;
  /** Files that stay where they are. */
  readonly privateFiles: readonly string[];
  readonly log: (line: string) => void;
}

/**
 * Publishes every file that appears in the engine's out folder, each once and as soon as it is there, so that a lost
 * machine costs what was in work and no more.
 */
export class OutputPublisher {
  readonly #options: PublisherOptions;
  readonly #published = new Map<string, ResultFile>();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Goes on until aborted. @throws when a file cannot be published */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.publishNew();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Publishes what is there and is not published yet. @returns all published files, by path */
  async publishNew(): Promise<ReadonlyMap<string, ResultFile>> {
    for (const file of await this.#finishedFiles()) {
      if (!this.#published.has(file)) this.#published.set(file, await this.#publish(file));
    }
    return this.#published;
  }

  async #finishedFiles(): Promise<string[]> {
    const { outFolder, privateFiles } = this.#options;
    const entries = await readdir(outFolder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(outFolder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
      .filter((file) => !privateFiles.includes(file) && !file.split('/').some((part) => part.startsWith('.')))
      .sort();
  }

  async #publish(file: string): Promise<ResultFile> {
    const { store, outFolder, keyPrefix, log } = this.#options;
    if (!relativePathSchema.safeParse(file).success) {
      throw new RunnerError('engine-failed', `The engine wrote a file with an unusable name: "${file}".`);
    }
    const source = path.join(outFolder, file);
    const before = await stat(source);
    const sha256 = await sha256OfFile(source);
    await store.writeFile(keyPrefix + file, source);
    const after = await stat(source);
    if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) {
      throw new RunnerError('engine-failed', `The engine changed "${file}" after it had put it in place.`);
    }
    log(`published ${file} (${before.size} bytes)`);
    return { path: file, size: before.size, sha256 };
  }
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new RunnerError('engine-failed', `The file ${path.basename(file)} vanished.`);
    throw error;
  }
  return hash.digest('hex');
}
