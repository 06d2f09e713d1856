import { nucleotideKind } from './alphabet.ts';
import { FastaDecoder, FastaRefusal } from './decode.ts';
import * as explain from './explain.ts';
import { headerId } from './header.ts';
import { IdTable } from './idTable.ts';
import { RecordBuilder } from './recordBuilder.ts';
import { FastaScanner } from './scanner.ts';
import type { ScannerEvents } from './scannerEvents.ts';
import type {
  FastaEvent,
  FastaParseOptions,
  FastaProblem,
  FastaRecordSummary,
  FastaSeverity,
  FastaTotals,
} from './types.ts';

/** Longer than any known protein (titin: 35,991 residues; the longest predicted ones: about 86,000). */
export const DEFAULT_MAX_RECORD_LENGTH = 100_000;
const DEFAULT_MAX_PROBLEMS = 100;
/** Text may expand this often: FASTA compresses 2 to 5 times, low-complexity repeats 50 times, bombs 1,000 times. */
const DEFAULT_MAX_EXPANSION = 200;
/** Names that are remembered to find repeated ones: 6 MB. */
export const MAX_TRACKED_IDS = 250_000;
/** Bytes of a file that are decoded at a time. */
const INPUT_SLICE = 65_536;
/** Bytes of text that are scanned at a time: the events that wait to be yielded stay few, and die young. */
const TEXT_SLICE = 2048;

type Batch = readonly FastaEvent<FastaRecordSummary>[];

/**
 * The parser behind parseFasta, scanFasta and parseFastaText: bytes in, events out. Synchronous; memory is bounded
 * by one record (or by nothing but a header when sequences are not kept), 250,000 names and the capped problems.
 */
export class FastaParser {
  private readonly options: FastaParseOptions;
  private readonly maxRecordLength: number;
  private readonly decoder: FastaDecoder;
  private readonly record: RecordBuilder;
  private readonly scanner: FastaScanner;
  private queue: FastaEvent<FastaRecordSummary>[] = [];
  private readonly ids = new IdTable();
  private readonly found: Record<FastaSeverity, number> = { error: 0, warning: 0, info: 0 };
  private omitted = 0;
  private records = 0;
  private residues = 0;
  private longest = 0;
  private lastSeparator: { readonly line: number; readonly column: number } | undefined;
  private refused = false;

  /** @throws RangeError when an option is not a positive number */
  constructor(options: FastaParseOptions, keepSequences: boolean) {
    this.options = options;
    this.maxRecordLength = positive(options, 'maxRecordLength', keepSequences ? DEFAULT_MAX_RECORD_LENGTH : Infinity);
    this.decoder = new FastaDecoder({
      maxBytes: positive(options, 'maxBytes', Infinity),
      maxExpansion: positive(options, 'maxExpansion', DEFAULT_MAX_EXPANSION),
      isPart: options.part !== undefined,
    });
    this.records = options.part?.before ?? 0;
    this.record = new RecordBuilder({
      keepSequences,
      keepLines: keepSequences && options.keepLines === true,
      maxRecordLength: this.maxRecordLength,
    });
    this.scanner = new FastaScanner(this.record, this.scannerEvents());
  }

  /** True when the rest of the input need not be read. */
  get done(): boolean {
    return this.refused;
  }

  /** Takes the next bytes of the file and yields what they complete, in batches. */
  *write(chunk: Uint8Array): Generator<Batch, void, undefined> {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError('The FASTA parser reads bytes (Uint8Array): open the file without an encoding.');
    }
    // A plain view: cutting pieces off a Node Buffer costs several times more.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let start = 0; start < bytes.length && !this.refused; start += INPUT_SLICE) {
      yield* this.run(this.decoder.write(bytes.subarray(start, start + INPUT_SLICE)));
    }
  }

  /** Ends the file: yields the last record and the totals. */
  *end(): Generator<Batch, void, undefined> {
    if (!this.refused) {
      yield* this.run(this.decoder.end());
    }
    if (!this.refused) {
      yield this.guarded(() => {
        this.scanner.end();
        this.finishRecord();
        if (this.records === 0 && this.found.error === 0 && this.options.part === undefined) {
          this.report(explain.emptyFile(), 1, 1);
        }
      });
    }
    yield [{ type: 'end', totals: this.totals() }];
  }

  private *run(pieces: Generator<Uint8Array>): Generator<Batch, void, undefined> {
    for (let piece: Uint8Array | undefined; !this.refused; ) {
      yield this.guarded(() => {
        piece = pieces.next().value ?? undefined;
      });
      if (piece === undefined) return;
      for (let start = 0; start < piece.length && !this.refused; start += TEXT_SLICE) {
        const text = piece.subarray(start, start + TEXT_SLICE);
        yield this.guarded(() => this.scanner.write(text));
      }
    }
  }

  /** Runs a step and returns its events. A refusal becomes the last problem, and the record in hand is dropped. */
  private guarded(step: () => void): Batch {
    try {
      step();
    } catch (error) {
      if (!(error instanceof FastaRefusal)) {
        throw error;
      }
      this.refused = true;
      this.record.close();
      const place = error.place ?? { line: this.scanner.line, column: this.scanner.column };
      this.report(error.explanation, place.line, place.column);
    }
    const events = this.queue;
    this.queue = [];
    return events;
  }

  private scannerEvents(): ScannerEvents {
    return {
      header: (text, line, column, cut) => {
        this.finishRecord();
        this.openRecord(text, line, column);
        if (cut) {
          this.report(explain.headerTooLong(text.length), line, column);
        }
      },
      headerless: (line, column) => {
        const id = this.options.defaultName || 'sequence';
        this.admitRecord(line, column);
        const place = { line, column, idColumn: column, idEndColumn: column, headerEndColumn: column };
        this.record.open({ id, headerText: '', hasHeader: false, ...place });
        this.report(explain.noHeader(id), line, column);
        this.trackId(id, line, column, column);
      },
      separator: (line, column) => this.separate(line, column),
      problem: (explanation, line, column, endColumn) => this.report(explanation, line, column, endColumn),
    };
  }

  private openRecord(header: string, line: number, column: number): void {
    this.admitRecord(line, column);
    const headerText = header.trim();
    const named = headerId(headerText);
    const id = named === '' ? `sequence_${this.records + 1}` : named;
    const idColumn = column + 1 + (named === '' ? 0 : header.length - header.trimStart().length);
    const idEndColumn = idColumn + named.length;
    const headerEndColumn = column + 1 + header.trimEnd().length;
    this.record.open({ id, headerText, hasHeader: true, line, column, idColumn, idEndColumn, headerEndColumn });
    if (named === '') {
      this.report(explain.noId(id), line, column, column + 1);
    }
    this.trackId(id, line, idColumn, idEndColumn);
  }

  private admitRecord(line: number, column: number): void {
    const { maxRecords } = this.options;
    if (maxRecords !== undefined && this.records >= maxRecords) {
      throw new FastaRefusal(explain.tooManyRecords(maxRecords), { line, column });
    }
  }

  private trackId(id: string, line: number, column: number, endColumn: number): void {
    const before = this.ids.size;
    const first = this.ids.add(id, line, MAX_TRACKED_IDS);
    if (first !== undefined) {
      this.report(explain.duplicateId(id, first), line, column, endColumn);
    } else if (this.ids.size === MAX_TRACKED_IDS && before < MAX_TRACKED_IDS) {
      this.report(explain.duplicateCheckLimited(MAX_TRACKED_IDS), line, column, endColumn);
    }
  }

  private separate(line: number, column: number): void {
    const { record } = this;
    const chain = record.complex?.chain ?? 1;
    if (record.complex === undefined) {
      const id = record.id;
      record.complex = { id, chain };
      this.report(explain.chainSeparator(id), line, column, column + 1);
    }
    if (record.length === 0) {
      this.report(explain.emptyChain(), line, column, column + 1);
    }
    this.lastSeparator = { line, column };
    this.emitRecord();
    this.admitRecord(line, column);
    record.openChain(chain + 1);
  }

  private finishRecord(): void {
    const { record } = this;
    const start = record.place;
    if (start === undefined) {
      return;
    }
    if (record.length === 0) {
      const { line, column } = this.lastSeparator ?? start;
      if (record.complex === undefined) {
        this.report(explain.emptyRecord(record.id), start.line, start.column, start.headerEndColumn);
      } else {
        this.report(explain.emptyChain(), line, column, column + 1);
      }
    }
    this.emitRecord();
    record.close();
  }

  private emitRecord(): void {
    const { record } = this;
    const start = record.place;
    if (start === undefined) {
      return;
    }
    if (record.complex !== undefined) {
      this.trackId(record.id, start.line, start.idColumn, start.idEndColumn);
    }
    if (record.length > this.maxRecordLength) {
      this.report(
        explain.recordTooLong(record.id, this.maxRecordLength),
        start.line,
        start.column,
        start.headerEndColumn,
      );
    }
    const letterCounts = record.letterCounts();
    const kind = nucleotideKind(letterCounts, record.length);
    if (kind !== undefined) {
      this.report(explain.nucleotideSequence(record.id, kind), start.line, start.column, start.headerEndColumn);
    } else {
      for (const { letter, count, line, column } of record.unusualResidues) {
        this.report(explain.unusualResidue(letter, count), line, column, column + 1);
      }
    }
    this.queue.push({ type: 'record', record: record.build(this.records, letterCounts) });
    this.records++;
    this.residues += record.length;
    this.longest = Math.max(this.longest, record.length);
  }

  private report(explanation: explain.Explanation, line: number, column: number, endColumn?: number): void {
    const { severity } = explanation;
    const { record } = this;
    if (severity === 'error' && record.isOpen) {
      record.hasErrors = true;
    }
    this.found[severity]++;
    if (this.found[severity] > (this.options.maxProblems ?? DEFAULT_MAX_PROBLEMS)) {
      this.omitted++;
      return;
    }
    const problem: FastaProblem = {
      ...explanation,
      line,
      column,
      ...(endColumn === undefined || endColumn <= column ? {} : { endColumn }),
      ...(record.isOpen ? { recordId: record.id, recordIndex: this.records } : {}),
    };
    this.queue.push({ type: 'problem', problem });
  }

  private totals(): FastaTotals {
    return {
      records: this.records,
      residues: this.residues,
      longest: this.longest,
      lines: this.scanner.lineCount,
      bytes: this.decoder.textBytes,
      compressed: this.decoder.compressed,
      errors: this.found.error,
      warnings: this.found.warning,
      infos: this.found.info,
      omittedProblems: this.omitted,
    };
  }
}

type NumberOption = 'maxRecordLength' | 'maxBytes' | 'maxExpansion';

function positive(options: FastaParseOptions, name: NumberOption, fallback: number): number {
  const value = options[name] ?? fallback;
  if (!(value > 0)) {
    throw new RangeError(`${name} must be a positive number, not ${value}.`);
  }
  return value;
}
