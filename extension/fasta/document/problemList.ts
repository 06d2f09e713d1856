/** Puts the problems of a whole document together from what is known of its chunks. */

import { TARGET_LIMITS } from '../../../backend/api/fasta/checkTarget.ts';
import * as explain from '../../../backend/api/fasta/explain.ts';
import { MAX_TRACKED_IDS } from '../../../backend/api/fasta/parser.ts';
import { sortProblems } from '../../../backend/api/fasta/problems.ts';
import { SNIFF_BYTES, sniff } from '../../../backend/api/fasta/sniff.ts';
import type { FastaProblem } from '../../../backend/api/fasta/types.ts';
import type { Lines } from './lines.ts';
import type { NameCheck, RepeatedName } from './names.ts';
import { type Checked, type Findings, findings, headerName } from './recordCheck.ts';
import type { RecordIndex } from './recordIndex.ts';
import { isInReach, judgeCount, judgeRecords, movedTarget, plainTarget, type TargetRules } from './targetRules.ts';

export interface ProblemList {
  /** In the order of the text; no more than were asked for. */
  readonly problems: readonly FastaProblem[];
  /** Problems that are not listed. */
  readonly omitted: number;
  /** Chunks that have not been looked at yet: their problems are missing. */
  readonly unchecked: number;
  /** Records, the chains of a complex counted one by one. */
  readonly records: number;
}

export interface ListOptions {
  readonly defaultName: string;
  readonly rules: TargetRules | undefined;
  /** How many problems are listed. */
  readonly most: number;
}

/** Chunks between two chances to stop. */
const STEP = 8192;
/** Told once a file, at the first place. */
const ONCE: ReadonlySet<string> = new Set(['lower-case', 'position-numbers']);

/** Lists the problems, as the parser would for the whole text; those of an engine come after those of their record. */
export function* listProblems(
  lines: Lines,
  index: RecordIndex<Checked>,
  names: NameCheck,
  options: ListOptions,
): Generator<void, ProblemList> {
  const refused = sniffHead(lines);
  if (refused) return { problems: [refused], omitted: 0, unchecked: 0, records: 0 };
  const list = new Lister(lines, index, names, options);
  for (let chunk = 0; chunk < index.count; chunk++) {
    yield* list.add(chunk);
    if (chunk % STEP === STEP - 1) yield;
  }
  return list.end();
}

/** What the first bytes say against FASTA, as the parser judges them. */
function sniffHead(lines: Lines): FastaProblem | undefined {
  let text = '';
  for (let line = 0; line < lines.lineCount && text.length < SNIFF_BYTES; line++) {
    text += `${lines.lineAt(line)}${line + 1 < lines.lineCount ? '\n' : ''}`;
  }
  const found = sniff(new TextEncoder().encode(text.slice(0, SNIFF_BYTES + 1)).subarray(0, SNIFF_BYTES));
  return found && { ...found.explanation, line: found.line, column: found.column };
}

class Lister {
  readonly #lines: Lines;
  readonly #index: RecordIndex<Checked>;
  readonly #options: ListOptions;
  readonly #repeated: ReadonlyMap<number, readonly RepeatedName[]>;
  readonly #limitedAt: number | undefined;
  readonly #told = new Set<string>();
  readonly #problems: FastaProblem[] = [];
  #omitted = 0;
  #unchecked = 0;
  #records = 0;
  #errors = 0;
  readonly #mostJobs: number;
  /** The chunk with the first record that is one too many to be submitted at once. */
  #tooManyAt: number | undefined;

  constructor(lines: Lines, index: RecordIndex<Checked>, names: NameCheck, options: ListOptions) {
    this.#lines = lines;
    this.#index = index;
    this.#options = options;
    this.#repeated = Map.groupBy(names.repeated, ({ chunk }) => chunk);
    this.#limitedAt = names.limitedAt;
    this.#mostJobs = options.rules ? TARGET_LIMITS[options.rules.engine].maxJobs : Infinity;
  }

  *add(chunk: number): Generator<void, void> {
    const checked = this.#index.value(chunk);
    if (checked === undefined) {
      this.#unchecked++;
      this.#count(chunk, 1);
      return;
    }
    const ofNames = this.#ofNames(chunk);
    if (typeof checked === 'number') {
      const { rules } = this.#options;
      const isQuiet = (checked > 0 || this.#told.has('lower-case')) && (!rules || isInReach(Math.abs(checked), rules));
      if (!isQuiet) yield* this.#plain(chunk, checked, ofNames);
      else this.#take(ofNames);
      this.#count(chunk, 1);
      return;
    }
    this.#found(chunk, yield* this.#renamed(chunk, checked), ofNames);
    this.#count(chunk, checked.records.length);
  }

  end(): ProblemList {
    const { rules } = this.#options;
    if (this.#records === 0 && this.#errors === 0) this.#take([{ ...explain.emptyFile(), line: 1, column: 1 }]);
    const tooMany = rules ? judgeCount(this.#records, rules.engine, () => this.#placeOf(this.#tooManyAt)) : [];
    // It stands in the middle of the list.
    const problems = tooMany.length === 0 ? this.#problems : sortProblems([...this.#problems, ...tooMany]);
    return { problems, omitted: this.#omitted, unchecked: this.#unchecked, records: this.#records };
  }

  /** Nameless records are called by their number, which others may have changed. */
  *#renamed(chunk: number, checked: Findings): Generator<void, Findings> {
    if (!checked.isNameless || this.#records === 0) return checked;
    const from = this.#index.startOf(chunk);
    return yield* findings(this.#lines, from, this.#index.endOf(chunk), this.#options, this.#records);
  }

  /** A plain record with lower-case letters or a length that an engine does not take. */
  *#plain(chunk: number, checked: number, ofNames: readonly FastaProblem[]): Generator<void, void> {
    const from = this.#index.startOf(chunk);
    let own: readonly FastaProblem[] = [];
    if (checked < 0 && !this.#told.has('lower-case')) {
      own = this.#moved(yield* findings(this.#lines, from, this.#index.endOf(chunk), this.#options, 0), from, true);
    }
    const { rules } = this.#options;
    if (!rules) return this.#take([...ofNames, ...own]);
    const place = this.#placeOf(chunk);
    const target = plainTarget(headerName(this.#lines.lineAt(from)).id, Math.abs(checked), place);
    this.#take([...ofNames, ...own, ...judgeRecords([target], this.#isAlone(), rules)]);
  }

  #found(chunk: number, checked: Findings, ofNames: readonly FastaProblem[]): void {
    const from = this.#index.startOf(chunk);
    const own = this.#moved(checked, from, !checked.isNameless);
    const { rules } = this.#options;
    const targets = rules ? checked.records.map((record) => movedTarget(record, from)) : [];
    const ofTarget = rules ? judgeRecords(targets, this.#isAlone(), rules) : [];
    this.#take([...ofNames, ...own, ...ofTarget]);
  }

  /** Whether the file has this record alone: then `:` may make a complex of it. */
  #isAlone(): boolean {
    const preamble = this.#index.value(0);
    const isEmpty = typeof preamble === 'object' && preamble.records.length === 0;
    return this.#index.count === 1 || (this.#index.count === 2 && isEmpty);
  }

  /** @param count whether the records of the problems are still numbered from the start of the chunk */
  #moved({ problems }: Findings, by: number, count: boolean): FastaProblem[] {
    const kept = problems.filter(({ code }) => !ONCE.has(code) || !this.#told.has(code));
    for (const { code } of kept) if (ONCE.has(code)) this.#told.add(code);
    const before = count ? this.#records : 0;
    return kept.map((problem) => ({
      ...problem,
      line: problem.line + by,
      ...(problem.recordIndex === undefined ? {} : { recordIndex: problem.recordIndex + before }),
    }));
  }

  #ofNames(chunk: number): FastaProblem[] {
    const repeated = this.#repeated.get(chunk) ?? [];
    if (repeated.length === 0 && chunk !== this.#limitedAt) return [];
    const line = this.#index.startOf(chunk);
    const { column, endColumn } = headerName(this.#lines.lineAt(line));
    const place = { line: line + 1, column, ...(endColumn > column ? { endColumn } : {}) };
    const problems: FastaProblem[] = repeated.map(({ id, firstChunk, record }) => {
      const explanation = explain.duplicateId(id, this.#firstLine(firstChunk) + 1);
      return { ...explanation, ...place, recordId: id, recordIndex: this.#records + record };
    });
    if (chunk === this.#limitedAt) problems.push({ ...explain.duplicateCheckLimited(MAX_TRACKED_IDS), ...place });
    return problems;
  }

  /** Line (from 0) of a chunk's header; of a sequence without one, its first. */
  #firstLine(chunk: number): number {
    const checked = this.#index.value(chunk);
    const [record] = typeof checked === 'object' ? checked.records : [];
    return this.#index.startOf(chunk) + (chunk === 0 && record ? record.line - 1 : 0);
  }

  #placeOf(chunk = 0): { readonly line: number; readonly column: number; readonly headerEndColumn: number } {
    const line = this.#index.startOf(chunk);
    const { markColumn, lineEndColumn } = headerName(this.#lines.lineAt(line));
    return { line: line + 1, column: markColumn, headerEndColumn: lineEndColumn };
  }

  /** Remembers where the first record stands that is one too many. */
  #count(chunk: number, records: number): void {
    this.#records += records;
    if (this.#tooManyAt === undefined && this.#records > this.#mostJobs) this.#tooManyAt = chunk;
  }

  #take(problems: readonly FastaProblem[]): void {
    for (const problem of sortProblems(problems)) {
      if (problem.severity === 'error') this.#errors++;
      if (this.#problems.length < this.#options.most) this.#problems.push(problem);
      else this.#omitted++;
    }
  }
}
