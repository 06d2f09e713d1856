/** Which names of a document are used twice. Told by chunk and not by line, because lines move while one types. */

import { IdTable } from '../../../backend/api/fasta/idTable.ts';
import { MAX_TRACKED_IDS } from '../../../backend/api/fasta/parser.ts';
import type { Lines } from './lines.ts';
import { type Checked, checkedRecords, headerName } from './recordCheck.ts';
import type { RecordIndex } from './recordIndex.ts';

/** A name that was used before. */
export interface RepeatedName {
  readonly chunk: number;
  readonly id: string;
  /** The chunk that used it first. */
  readonly firstChunk: number;
  /** Which record of the chunk has it: 0, or that of a complex's chain. */
  readonly record: number;
}

export interface NameCheck {
  readonly repeated: readonly RepeatedName[];
  /** The chunk at which so many names were known that the later ones are not remembered. */
  readonly limitedAt?: number;
}

const STEP = 512;
/** Nobody reads more; the parser's own list is shorter. */
const MOST_REPEATED = 10_000;

/** Compares all names, as the parser does: a header's own, then those that it gives to the chains of a complex. */
export function* checkNames(
  index: RecordIndex<Checked>,
  lines: Lines,
  defaultName: string,
): Generator<void, NameCheck> {
  const table = new IdTable(Math.min(index.count, MAX_TRACKED_IDS));
  const repeated: RepeatedName[] = [];
  let limitedAt: number | undefined;
  let records = 0;
  for (let chunk = 0; chunk < index.count; chunk++) {
    const checked = index.value(chunk);
    for (const { id, record } of namesOf(index, lines, chunk, checked, records, defaultName)) {
      const before = table.size;
      // Of a table that answers with a line: lines count from 1.
      const first = table.add(id, chunk + 1, MAX_TRACKED_IDS);
      if (first !== undefined) {
        if (repeated.length < MOST_REPEATED) repeated.push({ chunk, id, firstChunk: first - 1, record });
      } else if (table.size === MAX_TRACKED_IDS && before < MAX_TRACKED_IDS) limitedAt = chunk;
    }
    records += checked === undefined ? 1 : checkedRecords(checked);
    if (chunk % STEP === 0) yield;
  }
  return { repeated, ...(limitedAt === undefined ? {} : { limitedAt }) };
}

function namesOf(
  index: RecordIndex<Checked>,
  lines: Lines,
  chunk: number,
  checked: Checked | undefined,
  records: number,
  defaultName: string,
): readonly { readonly id: string; readonly record: number }[] {
  const named = chunk === 0 ? defaultName || 'sequence' : headerName(lines.lineAt(index.startOf(chunk))).id;
  const own = named === '' ? `sequence_${records + 1}` : named;
  if (checked === undefined || typeof checked === 'number') return [{ id: own, record: 0 }];
  if (chunk === 0 && checked.records.length === 0) return [];
  const chains = checked.records.flatMap(({ complex }, record) =>
    complex ? [{ id: `${own}_${complex.chain}`, record }] : [],
  );
  return [{ id: own, record: 0 }, ...chains];
}
