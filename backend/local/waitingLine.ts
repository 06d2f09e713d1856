/** Who comes next, and what those who wait are told. Pure. */
import { isWaiting, type RunRecord } from './runRecord.ts';

/**
 * The run to start next among those that may start now: of the owner with the fewest running, the one that was
 * submitted first. So one person's hundred jobs do not hold up another's one.
 */
export function nextToStart(waiting: readonly RunRecord[], active: readonly RunRecord[]): RunRecord | undefined {
  const running = new Map<string, number>();
  for (const { spec } of active) running.set(spec.owner, (running.get(spec.owner) ?? 0) + 1);
  const load = (record: RunRecord): number => running.get(record.spec.owner) ?? 0;
  return waiting.reduce<RunRecord | undefined>((best, record) => {
    if (!best || load(record) < load(best)) return record;
    return load(record) === load(best) && record.sequence < best.sequence ? record : best;
  }, undefined);
}

export interface Place {
  readonly record: RunRecord;
  /** Runs that wait for a slot and were submitted earlier. */
  readonly ahead: number;
  readonly reason: string;
}

/** What to tell each waiting run, in order of submission. */
export function placesInLine(records: readonly RunRecord[], busy: number, slots: number, now: number): Place[] {
  let ahead = 0;
  return records.filter(isWaiting).map((record) => {
    const place = { record, ahead, reason: waitingReason(record, ahead, busy, slots, now) };
    if (record.status === 'RUNNABLE') ahead++;
    return place;
  });
}

function waitingReason(record: RunRecord, ahead: number, busy: number, slots: number, now: number): string {
  if (record.status === 'PENDING') return 'waiting for an earlier run of this job';
  // Why it must be tried again matters more than the line, as long as it waits for that alone.
  if (record.notBefore !== undefined && record.notBefore > now && record.reason) return record.reason;
  const line = ahead === 0 ? 'next in line' : `${ahead} ${ahead === 1 ? 'job' : 'jobs'} ahead`;
  return busy < slots && ahead === 0 ? 'starting soon' : `waiting for a free slot: ${busy} of ${slots} busy, ${line}`;
}

/** Places at the front of the line are told of every step. */
const FRONT = 20;

/**
 * Whether a run that was told one place is to be told another. Further back only steps of a tenth count, so that a long
 * line does not cost a store update for each run in it whenever one ends.
 */
export function isWorthTelling(told: Place | undefined, place: Place): boolean {
  if (!told || told.record.status !== place.record.status) return true;
  if (told.reason === place.reason) return false;
  return place.ahead < FRONT || place.ahead <= told.ahead * 0.9;
}
