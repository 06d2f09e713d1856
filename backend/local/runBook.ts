import type { Progress } from '../api/job.ts';
import type { RunObservation, RunSpec } from '../core/ports.ts';
import { hasEnded, isWaiting, observationOf, type RunRecord } from './runRecord.ts';
import type { RunTable } from './runTable.ts';
import { isWorthTelling, type Place, placesInLine } from './waitingLine.ts';

/**
 * The runs that have not ended, in memory as in the table, and what others were told of them. Every change is stored
 * first and told after.
 */
export class RunBook {
  readonly #table: RunTable;
  readonly #onObservation: (observation: RunObservation) => void;
  readonly #now: () => number;
  readonly #live = new Map<string, RunRecord>();
  readonly #told = new Map<string, Place>();

  constructor(table: RunTable, onObservation: (observation: RunObservation) => void, now: () => number) {
    this.#table = table;
    this.#onObservation = onObservation;
    this.#now = now;
  }

  /** Reads what an earlier server stored. @returns the live runs, in order of submission */
  load(): readonly RunRecord[] {
    for (const record of this.#table.live()) this.#live.set(record.spec.runId, record);
    return this.live;
  }

  get live(): readonly RunRecord[] {
    return [...this.#live.values()];
  }

  get size(): number {
    return this.#live.size;
  }

  /** A run that has not ended. */
  getLive(runId: string): RunRecord | undefined {
    return this.#live.get(runId);
  }

  /** Any run. */
  find(runId: string): RunRecord | undefined {
    return this.#live.get(runId) ?? this.#table.find(runId);
  }

  add(spec: RunSpec): void {
    const status = spec.dependsOn.length > 0 ? 'PENDING' : 'RUNNABLE';
    this.#live.set(spec.runId, this.#table.add({ spec, status, attempt: 1 }));
  }

  save(record: RunRecord): void {
    const { runId } = record.spec;
    this.#table.save(record);
    if (hasEnded(record)) this.#live.delete(runId);
    else this.#live.set(runId, record);
    if (!isWaiting(record)) this.#told.delete(runId);
  }

  /** Ends a run that has no processes. */
  failWithoutAttempt(record: RunRecord, reason: string): void {
    const failed: RunRecord = { ...record, status: 'FAILED', reason, endedAt: new Date(this.#now()).toISOString() };
    this.save(failed);
    this.tell(failed);
  }

  /** Puts a run back in line whose attempt never did anything: it does not count. */
  waitAgain(record: RunRecord): void {
    const { process: _none, startedAt: _never, ...rest } = record;
    if (record.ending) this.failWithoutAttempt(rest, record.ending.reason);
    else this.save({ ...rest, status: 'RUNNABLE' });
  }

  /** Lets those begin whose earlier runs have succeeded, and fails those whose earlier runs did not. */
  resolveDependencies(): void {
    for (const record of this.live) {
      if (record.status !== 'PENDING') continue;
      const needed = record.spec.dependsOn.map((id) => this.find(id));
      if (needed.some((other) => other === undefined || other.status === 'FAILED')) {
        this.failWithoutAttempt(record, 'an earlier run of this job did not succeed');
      } else if (needed.every((other) => other?.status === 'SUCCEEDED')) {
        this.save({ ...record, status: 'RUNNABLE' });
      }
    }
  }

  observe(record: RunRecord, progress?: Progress, reason?: string): RunObservation {
    return observationOf(record, new Date(this.#now()).toISOString(), progress, reason);
  }

  tell(record: RunRecord, progress?: Progress): void {
    this.#onObservation(this.observe(record, progress));
  }

  places(busy: number, slots: number): readonly Place[] {
    return placesInLine(this.live, busy, slots, this.#now());
  }

  /** Tells those that wait where they stand, if it has changed enough. */
  tellPlaces(busy: number, slots: number): void {
    for (const place of this.places(busy, slots)) {
      const { runId } = place.record.spec;
      if (!isWorthTelling(this.#told.get(runId), place)) continue;
      this.#told.set(runId, place);
      this.#onObservation(this.observe(place.record, undefined, place.reason));
    }
  }

  /** Forgets an ended run. */
  remove(runId: string): void {
    this.#table.remove(runId);
  }
}
