/** What the process scheduler keeps of a run, and what follows from the end of an attempt. Pure. */
import type { Progress, RunStatus } from '../api/job.ts';
import { dropUndefined } from '../api/optional.ts';
import { EXIT } from '../api/runner.ts';
import type { RunObservation, RunSpec } from '../core/ports.ts';
import type { ProcessIdentity } from './processes.ts';

/** Why a living attempt was told to end. */
export interface Ending {
  readonly kind: 'terminated' | 'timeout';
  readonly reason: string;
  /** Milliseconds since 1970 */
  readonly at: number;
}

/** Times are ISO 8601 UTC unless said otherwise. */
export interface RunRecord {
  readonly spec: RunSpec;
  /** Order of submission. */
  readonly sequence: number;
  readonly status: RunStatus;
  /** The attempt that runs now or comes next; 1 for the first. */
  readonly attempt: number;
  readonly reason?: string;
  readonly exitCode?: number;
  /** As in `RunObservation`. */
  readonly failureCode?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Milliseconds since 1970 before which a retry is not started. */
  readonly notBefore?: number;
  /** Leader of the attempt's process group, from the moment on when it may begin. */
  readonly process?: ProcessIdentity;
  readonly ending?: Ending;
}

/** How an attempt's processes ended. */
export interface AttemptEnd {
  /** `undefined` when nobody can say: the process is gone and left no status file. */
  readonly exitCode?: number;
  /** The runner's own sentence, from its status file. */
  readonly reason?: string;
}

/** First wait before a retry; doubles with each. */
const BACKOFF_MS = 1000;

export function hasEnded(record: RunRecord): boolean {
  return record.status === 'SUCCEEDED' || record.status === 'FAILED';
}

export function isWaiting(record: RunRecord): boolean {
  return record.status === 'PENDING' || record.status === 'RUNNABLE';
}

/** Value of the mark that all processes of the record's current attempt carry. */
export function attemptMark(record: RunRecord): string {
  return `${record.spec.runId}/${record.attempt}`;
}

/**
 * The record after its attempt has ended, all its processes being dead: succeeded, failed for good, or waiting for the
 * next attempt. Not tried again: an honest "cannot predict this", what was ended on request, and what ran into the time
 * limit (it would again; AWS Batch has the same rule).
 */
export function afterAttempt(record: RunRecord, end: AttemptEnd, now: number): RunRecord {
  const { process: _gone, ending, notBefore: _past, reason: _old, ...rest } = record;
  const ended = dropUndefined({ ...rest, exitCode: end.exitCode, endedAt: new Date(now).toISOString() });
  const failed = (reason: string): RunRecord => ({ ...ended, status: 'FAILED', reason });
  if (end.exitCode === EXIT.done) return { ...ended, status: 'SUCCEEDED' };
  if (ending?.kind === 'timeout') return { ...failed(ending.reason), failureCode: 'timeout' };
  if (ending) return failed(ending.reason);
  const reason = end.reason ?? describeExit(end.exitCode);
  if (end.exitCode === EXIT.cannotPredict) return failed(reason);
  const { attempt, spec } = record;
  if (attempt >= spec.maxAttempts) {
    return failed(spec.maxAttempts === 1 ? reason : `${reason} (attempt ${attempt} of ${spec.maxAttempts})`);
  }
  const { exitCode: _code, startedAt: _started, endedAt: _ended, ...waiting } = ended;
  const wait = BACKOFF_MS * 2 ** (attempt - 1);
  return {
    ...waiting,
    status: 'RUNNABLE',
    attempt: attempt + 1,
    notBefore: now + wait,
    reason: `attempt ${attempt} of ${spec.maxAttempts} failed (${reason}); trying again`,
  };
}

function describeExit(exitCode: number | undefined): string {
  if (exitCode === undefined) return 'the process ended without saying how';
  const signal = SIGNALS.get(exitCode);
  return signal ? `the process was ended by ${signal}` : `the process ended with exit code ${exitCode}`;
}

/** Exit codes that stand for a signal (128 + its number), as shells write them. */
const SIGNALS = new Map([
  [129, 'a hang-up (SIGHUP)'],
  [130, 'an interrupt (SIGINT)'],
  [134, 'its own abort (SIGABRT)'],
  [135, 'a bus error (SIGBUS)'],
  [137, 'a kill (SIGKILL); if nobody killed it, the system ran out of memory'],
  [139, 'a crash (SIGSEGV)'],
  [143, 'a request from outside (SIGTERM)'],
]);

/** What others are told of a record. */
export function observationOf(
  record: RunRecord,
  now: string,
  progress?: Progress,
  reason: string | undefined = record.reason,
): RunObservation {
  return dropUndefined({
    jobId: record.spec.jobId,
    runId: record.spec.runId,
    schedulerId: record.spec.runId,
    status: record.status,
    attempt: record.attempt,
    reason,
    exitCode: record.exitCode,
    failureCode: record.failureCode,
    progress,
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    at: now,
  });
}
