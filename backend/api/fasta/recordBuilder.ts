import { CODE_A, LOWER_CASE_BIT, STANDARD_CODE } from './alphabet.ts';
import { decodeAscii } from './bytes.ts';
import { parseHeader } from './header.ts';
import type { ComplexPart, FastaRecord, FastaRecordSummary, SequenceLine, UnusualResidue } from './types.ts';

/** What is known of a record from its header line. */
export type RecordStart = Pick<
  FastaRecordSummary,
  'id' | 'headerText' | 'hasHeader' | 'line' | 'column' | 'idColumn' | 'idEndColumn' | 'headerEndColumn'
>;

export interface RecordBuilderOptions {
  readonly keepSequences: boolean;
  readonly keepLines: boolean;
  readonly maxRecordLength: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const FIRST_CAPACITY = 4096;
const EMPTY_COUNTS: readonly number[] = new Array<number>(26).fill(0);

/**
 * Collects one record (or one chain of a `:`-joined record) after the other. One object and one growing buffer serve
 * the whole file, so that a file of millions of records costs little more than their strings.
 */
export class RecordBuilder {
  /** Residues per upper-case code. */
  private readonly counts = new Uint32Array(128);
  /** Residues so far, also those beyond the limit. */
  length = 0;
  hasErrors = false;
  /** Whether `append` ever met a lower-case letter, in any record. */
  sawLowerCase = false;
  complex: ComplexPart | undefined;
  private readonly options: RecordBuilderOptions;
  private start: RecordStart | undefined;
  private buffer: Uint8Array;
  private endLine = 0;
  private unusual: Mutable<UnusualResidue>[] = [];
  private lines: Mutable<SequenceLine>[] = [];
  private currentLine: Mutable<SequenceLine> | undefined;

  constructor(options: RecordBuilderOptions) {
    this.options = options;
    this.buffer = new Uint8Array(options.keepSequences ? FIRST_CAPACITY : 0);
  }

  get isOpen(): boolean {
    return this.start !== undefined;
  }

  get id(): string {
    const id = this.start?.id ?? '';
    return this.complex === undefined ? id : `${id}_${this.complex.chain}`;
  }

  get place(): RecordStart | undefined {
    return this.start;
  }

  open(start: RecordStart): void {
    this.start = start;
    this.complex = undefined;
    this.reset();
    this.hasErrors = false;
  }

  /** Starts the next chain of the same record. */
  openChain(chain: number): void {
    this.complex = { id: this.start?.id ?? '', chain };
    this.reset();
  }

  close(): void {
    this.start = undefined;
  }

  private reset(): void {
    this.counts.fill(0);
    this.length = 0;
    this.endLine = this.start?.line ?? 0;
    this.unusual = [];
    this.lines = [];
    this.currentLine = undefined;
  }

  /**
   * The parser's hot loop: adds the run of standard residues that starts at `start`, folded to upper case.
   *
   * @returns index behind the run
   */
  append(bytes: Uint8Array, start: number): number {
    const { counts } = this;
    const buffer = this.reserve(bytes.length - start);
    const kept = Math.min(bytes.length, start + Math.max(0, this.kept - this.length));
    const offset = this.length - start;
    let index = start;
    let bits = 0;
    for (; index < kept; index++) {
      const byte = bytes[index] as number;
      const code = STANDARD_CODE[byte] as number;
      if (code === 0) {
        break;
      }
      bits |= byte;
      buffer[index + offset] = code;
      counts[code] = (counts[code] as number) + 1;
    }
    if (index === kept) {
      // The same without a place to write to: beyond the limit, or when sequences are not kept.
      for (; index < bytes.length; index++) {
        const byte = bytes[index] as number;
        const code = STANDARD_CODE[byte] as number;
        if (code === 0) {
          break;
        }
        bits |= byte;
        counts[code] = (counts[code] as number) + 1;
      }
    }
    this.length += index - start;
    this.sawLowerCase ||= (bits & LOWER_CASE_BIT) !== 0;
    return index;
  }

  /** Room for `count` more residues, as far as they are kept. */
  private reserve(count: number): Uint8Array {
    const needed = Math.min(this.length + count, this.kept);
    if (needed > this.buffer.length) {
      const grown = new Uint8Array(Math.min(Math.max(needed, this.buffer.length * 2), this.kept));
      grown.set(this.buffer.subarray(0, Math.min(this.length, this.buffer.length)));
      this.buffer = grown;
    }
    return this.buffer;
  }

  /** How many residues of a record are kept at most. */
  private get kept(): number {
    return this.options.keepSequences ? this.options.maxRecordLength : 0;
  }

  /** Notes where `count` residues stand that were just added. */
  mark(line: number, column: number, endColumn: number, count: number): void {
    this.endLine = line;
    if (!this.options.keepLines) {
      return;
    }
    if (this.currentLine?.line === line) {
      this.currentLine.endColumn = endColumn;
      this.currentLine.length += count;
    } else {
      this.currentLine = { line, column, endColumn, start: this.length - count, length: count };
      this.lines.push(this.currentLine);
    }
  }

  addUnusual(code: number, line: number, column: number): void {
    const buffer = this.reserve(1);
    if (this.length < this.kept) {
      buffer[this.length] = code;
    }
    this.length++;
    this.counts[code] = (this.counts[code] ?? 0) + 1;
    this.mark(line, column, column + 1, 1);
    const letter = String.fromCharCode(code);
    const known = this.unusual.find((each) => each.letter === letter);
    if (known === undefined) {
      this.unusual.push({ letter, count: 1, line, column });
    } else {
      known.count++;
    }
  }

  get unusualResidues(): readonly UnusualResidue[] {
    return this.unusual;
  }

  letterCounts(): number[] {
    const letters = EMPTY_COUNTS.slice();
    for (let letter = 0; letter < letters.length; letter++) {
      letters[letter] = this.counts[CODE_A + letter] as number;
    }
    return letters;
  }

  /** The finished record; `FastaRecord` when sequences are kept. */
  build(index: number, letterCounts: readonly number[]): FastaRecordSummary | FastaRecord {
    const start = this.start as RecordStart;
    const summary: FastaRecordSummary = {
      index,
      id: this.id,
      headerText: start.headerText,
      hasHeader: start.hasHeader,
      line: start.line,
      column: start.column,
      idColumn: start.idColumn,
      idEndColumn: start.idEndColumn,
      headerEndColumn: start.headerEndColumn,
      endLine: this.endLine,
      length: this.length,
      letterCounts,
      unusual: this.unusual,
      hasErrors: this.hasErrors,
    };
    if (this.complex !== undefined) {
      Object.assign(summary, { complex: this.complex });
    }
    if (!this.options.keepSequences) {
      return summary;
    }
    const header = parseHeader(start.headerText);
    return {
      ...summary,
      header: header.id === summary.id ? header : { ...header, id: summary.id },
      sequence: decodeAscii(this.buffer.subarray(0, Math.min(this.length, this.kept))),
      lines: this.lines,
    };
  }
}
