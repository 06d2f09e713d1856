/** From parsed files to requests. Pure. */

import { formatFasta } from '../../backend/api/fasta/format.ts';
import { parseHeader } from '../../backend/api/fasta/header.ts';
import type { FastaMode, FastaRecord } from '../../backend/api/fasta/types.ts';
import type { WireJobRequest } from '../../backend/api/wireRequest.ts';

export interface RequestInput {
  /** The file's name without folder and extensions. */
  readonly stem: string;
  readonly records: readonly FastaRecord[];
}

/** One request and the record (or first record) that it came from. */
export interface PlannedRequest<T extends RequestInput> {
  readonly request: WireJobRequest;
  readonly input: T;
  readonly record: FastaRecord;
}

/** What people call a record: `HBA_HUMAN` rather than `sp|P69905|HBA_HUMAN`. */
export function recordName(record: Pick<FastaRecord, 'id' | 'headerText' | 'complex'>): string {
  // The chains of a complex that stood in one record share its header; their ids are numbered.
  return record.complex ? record.id : (parseHeader(record.headerText).entryName ?? record.id);
}

/** Longest name that the API takes, in UTF-16 units. */
const MAX_NAME = 200;

/**
 * `monomer`: one request for each record. `multimer`: one request for each file, with all its records as chains.
 * @param queue the name of the queue; absent: the backend chooses
 */
export function planRequests<T extends RequestInput>(
  inputs: readonly T[],
  mode: FastaMode,
  queue: string | undefined,
): PlannedRequest<T>[] {
  return inputs.flatMap((input) => {
    const groups = mode === 'multimer' ? [input.records] : input.records.map((record) => [record]);
    return groups.flatMap((records) => {
      const [record] = records;
      if (!record) return [];
      const alone = groups.length === 1;
      const request: WireJobRequest = {
        // A file with one protein is known by its name; the records of a longer one by their own.
        fasta: (alone ? input.stem : recordName(record)).slice(0, MAX_NAME),
        sequence: records.map((chain) => formatFasta(chain)).join(''),
        ...(queue === undefined ? {} : { que: queue }),
        ...(mode === 'multimer' ? { model_preset: 'multimer' as const } : {}),
      };
      return [{ request, input, record }];
    });
  });
}
