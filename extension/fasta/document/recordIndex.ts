/**
 * Which lines of a document belong to which record, kept up to date from the changed lines alone: no keystroke reads
 * the whole file. Chunk 0 is what stands before the first header (often nothing); chunk n is record n, from its header on.
 * Each chunk can hold a value that is forgotten when one of its lines changes. Pure: no `vscode`.
 */

import { editPasses, type LineEdit, type LineRange, mapRanges, type TextChange } from './changes.ts';
import { isHeaderLine, type Lines } from './lines.ts';

/** Lines that are read between two chances to stop. */
const STEP_LINES = 4096;
const FIRST_CAPACITY = 1024;
/** More passes than this over one event's changes cost more than reading the document anew. */
const MOST_PASSES = 16;

/** What {@link RecordIndex.apply} found. */
export interface AppliedChanges<Value> {
  /** Lines that were written, in the document as it is now. */
  readonly ranges: readonly LineRange[];
  /** Headers came, went or were written: names must be compared again. */
  readonly headersTouched: boolean;
  /** What was known of chunks that go on with other lines. */
  readonly forgotten: readonly Value[];
}

export class RecordIndex<Value> {
  /** First lines, ascending; the first is 0. */
  #starts = new Int32Array(FIRST_CAPACITY);
  #count = 1;
  #values: (Value | undefined)[] = [undefined];
  #lineCount = 1;

  /** Number of chunks: one more than there are headers. */
  get count(): number {
    return this.#count;
  }

  get lineCount(): number {
    return this.#lineCount;
  }

  /** Reads the whole document. Yields now and then; stop asking and the index stays unusable until it is built again. */
  *build(lines: Lines): Generator<void, void> {
    this.#starts = new Int32Array(FIRST_CAPACITY);
    this.#count = 1;
    this.#lineCount = lines.lineCount;
    for (let line = 0; line < this.#lineCount; ) {
      const end = Math.min(line + STEP_LINES, this.#lineCount);
      for (; line < end; line++) {
        if (isHeaderLine(lines.lineAt(line))) this.#push(line);
      }
      yield;
    }
    this.#values = new Array(this.#count).fill(undefined);
  }

  #push(line: number): void {
    if (this.#count === this.#starts.length) this.#grow(this.#count + 1);
    this.#starts[this.#count++] = line;
  }

  #grow(needed: number): void {
    const grown = new Int32Array(Math.max(needed, this.#starts.length * 2));
    grown.set(this.#starts.subarray(0, this.#count));
    this.#starts = grown;
  }

  /** First line of a chunk; of a record, that of its header. */
  startOf(chunk: number): number {
    return this.#starts[chunk] as number;
  }

  /** The line after the last one of a chunk. */
  endOf(chunk: number): number {
    return chunk + 1 < this.#count ? (this.#starts[chunk + 1] as number) : this.#lineCount;
  }

  /** The chunk that a line belongs to. */
  chunkAt(line: number): number {
    return this.#upperBound(line) - 1;
  }

  value(chunk: number): Value | undefined {
    return this.#values[chunk];
  }

  setValue(chunk: number, value: Value): void {
    this.#values[chunk] = value;
  }

  /** Forgets what is known of every chunk. */
  forgetValues(): void {
    this.#values.fill(undefined);
  }

  /** Number of the first chunk without a value at or after `from`; `count` when all have one. */
  firstUnknown(from = 0): number {
    for (let chunk = from; chunk < this.#count; chunk++) if (this.#values[chunk] === undefined) return chunk;
    return this.#count;
  }

  /**
   * Takes over changes.
   *
   * @param changes in the order in which VS Code tells them
   * @param lines the document after all of them
   * @returns undefined when there are so many that the index must be built again
   */
  apply(changes: readonly TextChange[], lines: Lines): AppliedChanges<Value> | undefined {
    const passes = editPasses(changes);
    if (passes.length > MOST_PASSES) return undefined;
    let ranges: readonly LineRange[] = [];
    const before = this.#count;
    for (const edits of passes) {
      const [only] = edits;
      if (only && edits.length === 1) this.#applyOne(only);
      else this.#applyMany(edits);
      ranges = mapRanges(ranges, edits);
    }
    this.#lineCount = lines.lineCount;
    const dropped = before - this.#count;
    const found: number[] = [];
    const forgotten: Value[] = [];
    for (const { start, end } of ranges) {
      const chunk = this.chunkAt(start);
      const value = this.#values[chunk];
      if (value !== undefined) forgotten.push(value);
      this.#values[chunk] = undefined;
      for (let line = start; line <= end; line++) if (isHeaderLine(lines.lineAt(line))) found.push(line);
    }
    this.#insert(found);
    return { ranges, headersTouched: dropped > 0 || found.length > 0, forgotten };
  }

  /** Drops the headers of the edited lines and moves those behind them. */
  #applyOne({ start, end, delta }: LineEdit): void {
    // Chunk 0 is always there.
    const first = Math.max(1, this.#upperBound(start - 1));
    const behind = Math.max(first, this.#upperBound(end));
    const starts = this.#starts;
    if (behind > first) {
      starts.copyWithin(first, behind, this.#count);
      this.#values.splice(first, behind - first);
      this.#count -= behind - first;
    }
    if (delta !== 0) {
      for (let chunk = first; chunk < this.#count; chunk++) starts[chunk] = (starts[chunk] as number) + delta;
    }
  }

  /** The same for many edits of one text, in one go. */
  #applyMany(edits: readonly LineEdit[]): void {
    const starts = this.#starts;
    const values: (Value | undefined)[] = [this.#values[0]];
    let kept = 1;
    let next = 0;
    let shift = 0;
    for (let chunk = 1; chunk < this.#count; chunk++) {
      const line = starts[chunk] as number;
      for (let edit = edits[next]; edit && edit.end < line; edit = edits[++next]) shift += edit.delta;
      const edit = edits[next];
      if (edit && line >= edit.start) continue;
      starts[kept++] = line + shift;
      values.push(this.#values[chunk]);
    }
    this.#count = kept;
    this.#values = values;
  }

  /** @param found lines of headers, ascending, none of them known */
  #insert(found: readonly number[]): void {
    if (found.length === 0) return;
    if (this.#count + found.length > this.#starts.length) this.#grow(this.#count + found.length);
    const starts = this.#starts;
    const values: (Value | undefined)[] = this.#values;
    const total = this.#count + found.length;
    values.length = total;
    // From the back, so that each entry moves once.
    let from = this.#count - 1;
    let next = found.length - 1;
    for (let to = total - 1; next >= 0; to--) {
      const line = found[next] as number;
      if (from >= 1 && (starts[from] as number) > line) {
        starts[to] = starts[from] as number;
        values[to] = values[from];
        from--;
      } else {
        starts[to] = line;
        values[to] = undefined;
        next--;
      }
    }
    this.#count = total;
  }

  /** Number of chunks that begin at or before a line. */
  #upperBound(line: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
