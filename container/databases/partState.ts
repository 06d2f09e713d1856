import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';

interface Content {
  readonly bytes: number;
  /** Tells this content from an earlier or later one. */
  readonly validator: string;
  readonly segmentBytes: number;
}

interface Saved extends Content {
  /** Numbers of the segments that are on the disk. */
  readonly done: readonly number[];
}

export interface StateSegment {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** Which segments of a partly downloaded file are there; kept in a file beside it. */
export class PartState {
  readonly #file: string;
  readonly #content: Content;
  readonly #done: Set<number>;
  readonly #waiting: number[];
  /** False when an earlier process has left segments of this very content. */
  readonly isNew: boolean;
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, content: Content, done: Set<number>) {
    this.#file = file;
    this.#content = content;
    this.#done = done;
    this.isNew = done.size === 0;
    const count = Math.ceil(content.bytes / content.segmentBytes);
    this.#waiting = Array.from({ length: count }, (_, index) => index).filter((index) => !done.has(index));
  }

  static fileOf(target: string): string {
    return `${target}.part.json`;
  }

  /** Takes up what an earlier process left, if it is of the same content. */
  static async open(target: string, { bytes, validator, segmentBytes }: Content): Promise<PartState> {
    const file = PartState.fileOf(target);
    const content = { bytes, validator, segmentBytes };
    try {
      await stat(`${target}.part`);
      const saved = JSON.parse(await readFile(file, 'utf8')) as Saved;
      const isSame = saved.bytes === bytes && saved.validator === validator && saved.segmentBytes === segmentBytes;
      return new PartState(file, content, new Set(isSame ? saved.done : []));
    } catch {
      // None, or one that was cut off: both mean that nothing can be relied on.
      return new PartState(file, content, new Set());
    }
  }

  get doneBytes(): number {
    return [...this.#done].reduce((sum, index) => sum + this.#bounds(index).end - this.#bounds(index).start, 0);
  }

  /** The next segment that nobody fetches yet. */
  take(): StateSegment | undefined {
    const index = this.#waiting.shift();
    return index === undefined ? undefined : { index, ...this.#bounds(index) };
  }

  /** The segment is on the disk. */
  async done({ index }: StateSegment): Promise<void> {
    this.#done.add(index);
    // One after the other, each with all that is done by then.
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  #bounds(index: number): { readonly start: number; readonly end: number } {
    const { bytes, segmentBytes } = this.#content;
    const start = index * segmentBytes;
    return { start, end: Math.min(bytes, start + segmentBytes) };
  }

  async #save(): Promise<void> {
    const saved: Saved = { ...this.#content, done: [...this.#done] };
    await writeFile(`${this.#file}.new`, JSON.stringify(saved));
    await rename(`${this.#file}.new`, this.#file);
  }
}
