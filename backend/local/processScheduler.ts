import { rm } from 'node:fs/promises';
import type { QueueInfo } from '../api/job.ts';
import { type Logger, type RunObservation, RunRefused, type RunSpec, type Scheduler } from '../core/ports.ts';
import {
  exitCodeOf,
  type GatedProcess,
  hasOutput,
  type RunCommand,
  readStatusFile,
  startGated,
} from './attemptProcess.ts';
import { LiveAttempt } from './liveAttempt.ts';
import { isAlive, signalGroup } from './processes.ts';
import { RunBook } from './runBook.ts';
import type { AttemptPaths, RunFolders } from './runFolders.ts';
import {
  type AttemptEnd,
  afterAttempt,
  attemptMark,
  type Ending,
  hasEnded,
  isWaiting,
  type RunRecord,
} from './runRecord.ts';
import type { RunTable } from './runTable.ts';
import { nextToStart } from './waitingLine.ts';

export interface ProcessSchedulerOptions {
  readonly table: RunTable;
  readonly folders: RunFolders;
  /** Runs that may go on at the same time. */
  readonly slots: number;
  readonly commandFor: (run: RunSpec, attempt: AttemptPaths) => RunCommand;
  /** Told of every change, after it was stored. */
  readonly onObservation: (observation: RunObservation) => void;
  /** The queue without the numbers that the scheduler knows itself. */
  readonly describeQueue: () => Promise<Omit<QueueInfo, 'running' | 'waiting' | 'slots'>>;
  readonly queueName: string;
  readonly log: Logger;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  /** How often living attempts are looked at. Nothing is looked at while there are none. */
  readonly tickMs?: number;
  readonly now?: () => number;
}

const DEFAULT_GRACE_MS = 10_000;
const DEFAULT_TICK_MS = 250;
const FORGET_NAP_MS = 20;

/**
 * Runs predictions as processes of this machine, a few at a time. Everything is stored before it is done, so that a
 * server that starts after `kill -9` finds each run waiting, alive, or ended: it takes over the living, reads the
 * status files of the ended, and starts a new attempt only when no process of the one before is left.
 */
export class ProcessScheduler implements Scheduler {
  readonly #options: ProcessSchedulerOptions;
  readonly #graceMs: number;
  readonly #now: () => number;
  readonly #book: RunBook;
  /** Attempts whose processes may be alive, by run id. Each holds a slot. */
  readonly #attempts = new Map<string, LiveAttempt>();
  /**
   * Runs that were withdrawn before they were submitted. Not stored: whoever might still submit one is part of this
   * process, and ends with it; the next server finds their job cancelled.
   */
  readonly #withdrawn = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #fillSoon: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(options: ProcessSchedulerOptions) {
    this.#options = options;
    this.#graceMs = options.graceMs ?? DEFAULT_GRACE_MS;
    this.#now = options.now ?? Date.now;
    this.#book = new RunBook(options.table, options.onObservation, this.#now);
  }

  /** Takes over what an earlier server left, and begins to start runs. Once, before anything else. */
  start(): void {
    for (const record of this.#book.load()) {
      if (isWaiting(record)) continue;
      // Without a process it never passed the gate: the server died before it had stored who it was.
      if (record.process) this.#takeOver(record);
      else this.#book.waitAgain(record);
    }
    this.#requestFill();
  }

  #takeOver(record: RunRecord): void {
    this.#options.log.info('run taken over', { runId: record.spec.runId, attempt: record.attempt });
    const attempt = this.#watch(record, false);
    if (!isAlive(attempt.leader)) void this.#endOfAdopted(record, attempt);
  }

  async queues(): Promise<readonly QueueInfo[]> {
    const queue = await this.#options.describeQueue();
    const running = this.#attempts.size;
    return [{ ...queue, running, waiting: this.#book.size - running, slots: this.#options.slots }];
  }

  async submit(spec: RunSpec): Promise<{ readonly schedulerId: string }> {
    const schedulerId = spec.runId;
    if (this.#book.find(schedulerId)) return { schedulerId };
    if (this.#withdrawn.has(schedulerId)) throw new RunRefused('the run was withdrawn before it was handed over');
    if (spec.queue !== this.#options.queueName) {
      throw new RunRefused(`there is no queue ${spec.queue} here, only ${this.#options.queueName}`);
    }
    if (!this.#options.folders.accepts(schedulerId)) {
      throw new RunRefused(`${JSON.stringify(schedulerId)} cannot be the id of a local run`);
    }
    this.#book.add(spec);
    this.#requestFill();
    return { schedulerId };
  }

  async withdraw({ runId }: RunSpec): Promise<{ readonly schedulerId: string } | undefined> {
    if (this.#book.find(runId)) return { schedulerId: runId };
    this.#withdrawn.add(runId);
    return undefined;
  }

  async terminate(schedulerId: string, reason: string): Promise<void> {
    const record = this.#book.getLive(schedulerId);
    if (record) this.#end(record, { kind: 'terminated', reason, at: this.#now() });
  }

  async describe(schedulerIds: readonly string[]): Promise<readonly RunObservation[]> {
    const places = this.#book.places(this.#attempts.size, this.#options.slots);
    const reasons = new Map(places.map(({ record, reason }) => [record.spec.runId, reason]));
    return schedulerIds.flatMap((id) => {
      const record = this.#book.find(id);
      return record ? this.#book.observe(record, this.#attempts.get(id)?.progress, reasons.get(id)) : [];
    });
  }

  async forget(schedulerId: string): Promise<void> {
    const record = this.#book.getLive(schedulerId);
    if (record) {
      this.#end(record, { kind: 'terminated', reason: 'the run is being deleted', at: this.#now() });
      await this.#attempts.get(schedulerId)?.killUntilGone(() => !this.#closed);
      while (this.#book.getLive(schedulerId) && !this.#closed) {
        await new Promise((resolve) => setTimeout(resolve, FORGET_NAP_MS));
      }
    }
    if (this.#closed || !this.#book.find(schedulerId)) return;
    await rm(this.#options.folders.folder(schedulerId), { recursive: true, force: true, maxRetries: 3 });
    this.#book.remove(schedulerId);
  }

  /** Stops looking after runs without touching them: they go on, and the next server takes them over. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    clearImmediate(this.#fillSoon);
    for (const attempt of this.#attempts.values()) attempt.close();
  }

  /** Whether no run waits or goes on. */
  get isIdle(): boolean {
    return this.#book.size === 0;
  }

  /** Soon, not now: whoever submits or reports has work of its own to finish first. */
  #requestFill(): void {
    if (this.#closed || this.#fillSoon) return;
    this.#fillSoon = setImmediate(() => {
      this.#fillSoon = undefined;
      this.#fill();
    });
  }

  /** Starts as many runs as there are free slots, and tells the rest where they stand. */
  #fill(): void {
    if (this.#closed) return;
    try {
      this.#book.resolveDependencies();
      while (this.#attempts.size < this.#options.slots) {
        const now = this.#now();
        const ready = this.#book.live.filter((r) => r.status === 'RUNNABLE' && (r.notBefore ?? 0) <= now);
        const active = [...this.#attempts.keys()].flatMap((id) => this.#book.getLive(id) ?? []);
        const next = nextToStart(ready, active);
        if (!next) break;
        this.#startAttempt(next);
      }
      this.#book.tellPlaces(this.#attempts.size, this.#options.slots);
    } catch (error) {
      // The disk is full, most likely. Tried again at the next tick, with what is stored as the truth.
      this.#options.log.error('runs could not be started', { error: String(error) });
    }
    this.#adjustTimer();
  }

  #startAttempt(record: RunRecord): void {
    const { spec, attempt } = record;
    const { reason: _waiting, notBefore: _past, ...rest } = record;
    const starting: RunRecord = { ...rest, status: 'STARTING', startedAt: new Date(this.#now()).toISOString() };
    const paths = this.#options.folders.attempt(spec.runId, attempt);
    this.#book.save(starting);
    this.#book.tell(starting);
    let gated: GatedProcess;
    try {
      gated = startGated(this.#options.commandFor(spec, paths), paths, attemptMark(record));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log.error('run not started', { runId: spec.runId, attempt, why });
      this.#conclude(starting, { reason: `the process could not be started: ${why}` });
      return;
    }
    const running: RunRecord = { ...starting, status: 'RUNNING', process: gated.identity };
    try {
      this.#book.save(running);
    } catch (error) {
      gated.abort();
      throw error;
    }
    const live = this.#watch(running, true);
    gated.child.once('exit', (code, signal) => {
      const exitCode = exitCodeOf(code, signal);
      const said = readStatusFile(paths)?.reason;
      const end = { ...(exitCode === undefined ? {} : { exitCode }), ...(said === undefined ? {} : { reason: said }) };
      void this.#attemptEnded(spec.runId, live, end);
    });
    gated.open();
    this.#book.tell(running);
  }

  #watch(record: RunRecord, isOwnChild: boolean): LiveAttempt {
    const attempt = new LiveAttempt(
      record,
      isOwnChild,
      this.#options.folders.attempt(record.spec.runId, record.attempt),
    );
    this.#attempts.set(record.spec.runId, attempt);
    return attempt;
  }

  /** Asks a run to end; one that has no processes ends at once. */
  #end(record: RunRecord, ending: Ending): void {
    if (record.ending) return;
    const attempt = this.#attempts.get(record.spec.runId);
    if (attempt) {
      this.#book.save({ ...record, ending });
      signalGroup(attempt.leader, 'SIGTERM');
    } else {
      this.#book.failWithoutAttempt(record, ending.reason);
      this.#requestFill();
    }
  }

  #adjustTimer(): void {
    const isNeeded = this.#attempts.size > 0 || this.#book.live.some((r) => r.status !== 'PENDING');
    if (isNeeded) this.#timer ??= setInterval(() => this.#tick(), this.#options.tickMs ?? DEFAULT_TICK_MS);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #tick(): void {
    for (const record of this.#book.live) {
      if (isWaiting(record)) continue;
      const attempt = this.#attempts.get(record.spec.runId);
      try {
        // Without an attempt: starting it went wrong half-way.
        if (!attempt) this.#book.waitAgain(record);
        else if (!attempt.isEnding) this.#look(record, attempt);
      } catch (error) {
        this.#options.log.error('run could not be looked at', { runId: record.spec.runId, error: String(error) });
      }
    }
    if (this.#attempts.size < this.#options.slots) this.#fill();
  }

  #look(record: RunRecord, attempt: LiveAttempt): void {
    const now = this.#now();
    if (attempt.lookForProgress()) this.#book.tell(record, attempt.progress);
    if (attempt.end !== undefined) void this.#attemptEnded(record.spec.runId, attempt, attempt.end);
    else if (!attempt.isOwnChild && !isAlive(attempt.leader)) void this.#endOfAdopted(record, attempt);
    else if (record.ending) {
      if (now >= record.ending.at + this.#graceMs) attempt.kill();
    } else if (now >= attempt.deadline) {
      const reason = `time limit: the run was ended after ${record.spec.timeoutSeconds} seconds`;
      this.#end(record, { kind: 'timeout', reason, at: now });
    }
  }

  async #endOfAdopted({ spec, attempt: number }: RunRecord, attempt: LiveAttempt): Promise<void> {
    const paths = this.#options.folders.attempt(spec.runId, number);
    const said = readStatusFile(paths);
    // Ended at the gate: the server died between storing the process and letting it begin.
    const neverBegan = !said && !hasOutput(paths);
    await this.#attemptEnded(spec.runId, attempt, neverBegan ? 'never began' : (said ?? {}));
  }

  async #attemptEnded(runId: string, attempt: LiveAttempt, end: AttemptEnd | 'never began'): Promise<void> {
    if (attempt.isEnding) return;
    attempt.isEnding = true;
    attempt.end = end;
    try {
      if (!(await attempt.killUntilGone(() => !this.#closed)) || this.#closed) return;
      const record = this.#book.getLive(runId);
      if (!record) return;
      attempt.lookForProgress();
      if (end === 'never began') this.#book.waitAgain(record);
      else this.#conclude(record, end);
      this.#attempts.delete(runId);
      attempt.close();
      this.#requestFill();
    } catch (error) {
      // Looked at again at the next tick.
      attempt.isEnding = false;
      this.#options.log.error('end of a run could not be recorded', { runId, error: String(error) });
    }
  }

  #conclude(record: RunRecord, end: AttemptEnd): void {
    const next = afterAttempt(record, end, this.#now());
    this.#book.save(next);
    this.#book.tell(next, hasEnded(next) ? this.#attempts.get(record.spec.runId)?.progress : undefined);
    if (hasEnded(next)) void this.#removeScratch(record);
    this.#requestFill();
  }

  async #removeScratch({ spec, attempt }: RunRecord): Promise<void> {
    try {
      await rm(this.#options.folders.attempt(spec.runId, attempt).work, { recursive: true, force: true });
    } catch (error) {
      this.#options.log.warn('scratch files stay', { runId: spec.runId, error: String(error) });
    }
  }
}
