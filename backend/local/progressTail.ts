import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Progress } from '../api/job.ts';
import { parseProgressLine } from '../api/runner.ts';

const CHUNK_BYTES = 64 * 1024;
/** Longest line that is looked at; progress lines are far shorter. */
const MAX_LINE_BYTES = 64 * 1024;
/** Read at most so much at a time, so that a flood of output does not hold up the server. */
const MAX_BYTES_PER_LOOK = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Follows an attempt's log for progress lines, reading each byte once. */
export class ProgressTail {
  readonly #file: string;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #descriptor: number | undefined;
  #offset = 0;
  /** Begin of a line whose end has not been read yet; `undefined` within a line that is too long. */
  #partial: Buffer | undefined = Buffer.alloc(0);

  constructor(file: string) {
    this.#file = file;
  }

  /** The newest progress among the lines that were completed since the last look, `undefined` if there is none. */
  look(): Progress | undefined {
    if (this.#descriptor === undefined && !existsSync(this.#file)) return undefined;
    this.#descriptor ??= openSync(this.#file, 'r');
    let newest: Progress | undefined;
    for (let total = 0; total < MAX_BYTES_PER_LOOK; ) {
      const count = readSync(this.#descriptor, this.#chunk, 0, CHUNK_BYTES, this.#offset);
      if (count === 0) break;
      total += count;
      this.#offset += count;
      newest = this.#digest(this.#chunk.subarray(0, count)) ?? newest;
    }
    return newest;
  }

  #digest(bytes: Buffer): Progress | undefined {
    let newest: Progress | undefined;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const line = this.#partial && Buffer.concat([this.#partial, bytes.subarray(start, end)]);
      newest = (line && parseProgressLine(line.toString('utf8'))) ?? newest;
      this.#partial = Buffer.alloc(0);
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
    return newest;
  }

  #keep(rest: Buffer): void {
    if (this.#partial === undefined) return;
    const fits = this.#partial.length + rest.length <= MAX_LINE_BYTES;
    this.#partial = fits ? Buffer.concat([this.#partial, rest]) : undefined;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
