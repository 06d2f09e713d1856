/**
 * An open FASTA document: where its records are and what is wrong with them. Knows nothing of VS Code. All work is done
 * by generators, so that whoever drives them can stop between any two steps (see `slices.ts`); only {@link FastaDocument.apply},
 * which costs no more than the lines that changed, runs in one go.
 */

import type { TextChange } from './changes.ts';
import type { Lines } from './lines.ts';
import { checkNames, type NameCheck } from './names.ts';
import { listProblems, type ProblemList } from './problemList.ts';
import { type Checked, checkChunk, type HeaderName, headerName } from './recordCheck.ts';
import { RecordIndex } from './recordIndex.ts';
import type { TargetRules } from './targetRules.ts';

export interface FastaDocumentOptions {
  /** Name of a sequence that has no header: the file's name without extension. */
  readonly defaultName: string;
}

/** One record as an outline shows it. Lines from 0, `endLine` exclusive. */
export interface OutlineRecord {
  readonly chunk: number;
  readonly name: HeaderName;
  readonly startLine: number;
  readonly endLine: number;
}

export class FastaDocument {
  readonly #lines: Lines;
  readonly #options: FastaDocumentOptions;
  readonly #index = new RecordIndex<Checked>();
  #names: NameCheck | undefined;
  #isBuilt = false;
  #edition = 0;

  /** @param lines the document itself: always what it says now */
  constructor(lines: Lines, options: FastaDocumentOptions) {
    this.#lines = lines;
    this.#options = options;
  }

  /** Counts changes: what was found at another number may be wrong now. */
  get edition(): number {
    return this.#edition;
  }

  /** Whether the records are known. */
  get isBuilt(): boolean {
    return this.#isBuilt;
  }

  get lines(): Lines {
    return this.#lines;
  }

  /** Number of headers. */
  get headers(): number {
    return this.#index.count - 1;
  }

  /** Number of chunks: chunk 0 is what stands before the first header. */
  get chunks(): number {
    return this.#index.count;
  }

  /** Finds the records. */
  *build(): Generator<void, void> {
    this.#isBuilt = false;
    this.#names = undefined;
    yield* this.#index.build(this.#lines);
    this.#isBuilt = true;
  }

  /**
   * Takes over changes that the document has already.
   *
   * @returns false when the document must be built again
   */
  apply(changes: readonly TextChange[]): boolean {
    this.#edition++;
    const applied = this.#isBuilt ? this.#index.apply(changes, this.#lines) : undefined;
    if (!applied) {
      this.#isBuilt = false;
      return false;
    }
    if (applied.headersTouched || applied.forgotten.some(hasOwnNames)) this.#names = undefined;
    return true;
  }

  chunkAt(line: number): number {
    return this.#index.chunkAt(line);
  }

  /** Lines of a chunk: from 0, `to` exclusive. */
  linesOf(chunk: number): { readonly from: number; readonly to: number } {
    return { from: this.#index.startOf(chunk), to: this.#index.endOf(chunk) };
  }

  headerOf(chunk: number): HeaderName | undefined {
    return chunk === 0 ? undefined : headerName(this.#lines.lineAt(this.#index.startOf(chunk)));
  }

  /** What is known of a chunk; undefined before it was checked. */
  known(chunk: number): Checked | undefined {
    return this.#index.value(chunk);
  }

  /** Checks one chunk, unless it is known. */
  *check(chunk: number): Generator<void, Checked> {
    const known = this.#index.value(chunk);
    if (known !== undefined) return known;
    const first = chunk === 0;
    const edition = this.#edition;
    const checked = yield* checkChunk(this.#lines, { ...this.linesOf(chunk), first }, this.#options);
    // Edited meanwhile: the number may stand for another record now.
    if (edition !== this.#edition) return checked;
    this.#index.setValue(chunk, checked);
    if (hasOwnNames(checked)) this.#names = undefined;
    return checked;
  }

  /** Checks the chunks that hold the lines from `from` to `to`. */
  *checkLines(from: number, to: number): Generator<void, void> {
    const last = this.chunkAt(Math.min(to, this.#lines.lineCount - 1));
    for (let chunk = Math.max(0, this.chunkAt(from)); chunk <= last; chunk++) {
      yield* this.check(chunk);
      yield;
    }
  }

  /** Checks whatever is not known yet, and compares the names. */
  *checkAll(): Generator<void, void> {
    let since = 0;
    for (let chunk = this.#index.firstUnknown(); chunk < this.#index.count; chunk = this.#index.firstUnknown(chunk)) {
      yield* this.check(chunk);
      if (++since % 64 === 0) yield;
    }
    yield* this.#checkNames();
  }

  *#checkNames(): Generator<void, void> {
    if (this.#names) return;
    const edition = this.#edition;
    const names = yield* checkNames(this.#index, this.#lines, this.#options.defaultName);
    if (edition === this.#edition) this.#names = names;
  }

  /**
   * The problems, in the order of the text.
   *
   * @param rules what an engine can take; absent: only what is wrong with the file
   * @param most how many are listed; the rest is counted
   */
  *problems(rules: TargetRules | undefined, most: number): Generator<void, ProblemList> {
    const names = this.#names ?? { repeated: [] };
    return yield* listProblems(this.#lines, this.#index, names, { ...this.#options, rules, most });
  }

  /** The records from number `skip` on, at most `most`. */
  *outline(most: number, skip = 0): Generator<void, OutlineRecord[]> {
    const records: OutlineRecord[] = [];
    for (let chunk = 1 + skip; chunk < this.#index.count && records.length < most; chunk++) {
      const { from, to } = this.linesOf(chunk);
      records.push({ chunk, name: headerName(this.#lines.lineAt(from)), startLine: from, endLine: to });
      if (chunk % 256 === 0) yield;
    }
    return records;
  }
}

/** Whether there are names that no header shows: those of the chains of a complex, and of a sequence without a header. */
function hasOwnNames(checked: Checked): boolean {
  return typeof checked === 'object' && checked.records.some((record) => record.complex || !record.hasHeader);
}

/** Runs a generator to its end, without a pause. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
