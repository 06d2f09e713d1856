/** What an engine says of the records of a document, while they are being written. By `checkTarget`, never by own rules. */

import { checkTarget, suggestMode, TARGET_LIMITS, type TargetRecord } from '../../../backend/api/fasta/checkTarget.ts';
import type { FastaEngine, FastaProblem } from '../../../backend/api/fasta/types.ts';
import { memoryVerdict } from '../../../backend/api/gpuMemory.ts';
import type { QueueInfo } from '../../../backend/api/job.ts';
import type { CheckedRecord } from './recordCheck.ts';

/** Where the records would be predicted. */
export interface TargetRules {
  readonly engine: FastaEngine;
  /** The queue, where one is known: its GPU holds targets up to a length. */
  readonly queue?: QueueInfo;
}

/** What the rules look at; the columns are only those of the problem's place. */
export interface Place {
  /** Line of the header, from 1. */
  readonly line: number;
  readonly column: number;
  readonly headerEndColumn: number;
}

/** Whether a plain record of this length has nothing to be said about. */
export function isInReach(length: number, { engine, queue }: TargetRules): boolean {
  const { minLength, maxLength } = TARGET_LIMITS[engine];
  return length >= minLength && length <= maxLength && !isOverMemory(length, queue);
}

/** Judges the records of one chunk; those that must be mended first are passed over. */
export function judgeRecords(
  records: readonly (TargetRecord & { readonly hasErrors: boolean })[],
  alone: boolean,
  rules: TargetRules,
): FastaProblem[] {
  if (records.length === 0 || records.some(({ hasErrors }) => hasErrors)) return [];
  // The homology engine models a complex chain by chain, and so it is offered.
  const mode = alone && rules.engine === 'alphafold2' ? suggestMode(records) : 'monomer';
  const problems = checkTarget(records, { engine: rules.engine, mode });
  if (problems.some(({ severity }) => severity === 'error')) return problems;
  const targets = mode === 'multimer' ? [records] : records.map((record) => [record]);
  return [...problems, ...targets.flatMap((target) => judgeMemory(target, rules.queue))];
}

function judgeMemory(target: readonly TargetRecord[], queue: QueueInfo | undefined): FastaProblem[] {
  const [record] = target;
  const length = target.reduce((sum, chain) => sum + chain.length, 0);
  if (!record || !queue || !isOverMemory(length, queue)) return [];
  const { reason, remedy } = memoryVerdict(length, 1, queue);
  const { line, column, headerEndColumn, id } = record;
  return [
    {
      code: 'target-too-long',
      severity: 'warning',
      message: reason,
      remedy: remedy ?? '',
      line,
      column,
      ...(headerEndColumn > column ? { endColumn: headerEndColumn } : {}),
      recordId: id,
    },
  ];
}

function isOverMemory(length: number, queue: QueueInfo | undefined): boolean {
  return queue?.engine === 'alphafold2' && memoryVerdict(length, 1, queue).verdict === 'too-large';
}

const NO_LETTERS: readonly number[] = new Array<number>(26).fill(0);

/** A plain record as the rules see it: it has standard letters only, so that their counts decide nothing. */
export function plainTarget(id: string, length: number, place: Place): TargetRecord & { readonly hasErrors: false } {
  return { index: 0, id, sequence: '', length, letterCounts: NO_LETTERS, ...place, hasErrors: false };
}

/** The sentence about more records than can be submitted at once, at the first that is too many. */
export function judgeCount(count: number, engine: FastaEngine, place: () => Place): FastaProblem[] {
  const { maxJobs } = TARGET_LIMITS[engine];
  if (count <= maxJobs) return [];
  const nothing = plainTarget('', 0, { line: 1, column: 1, headerEndColumn: 1 });
  const records: TargetRecord[] = new Array<TargetRecord>(count).fill(nothing);
  records[maxJobs] = plainTarget('', 0, place());
  return checkTarget(records, { engine, mode: 'monomer' }).map(({ recordId: _id, ...problem }) => problem);
}

/** A checked record, moved to its lines in the document. */
export function movedTarget(record: CheckedRecord, by: number): CheckedRecord {
  return { ...record, line: record.line + by, endLine: record.endLine + by };
}
