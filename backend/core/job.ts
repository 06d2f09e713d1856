/**
 * The life of a job as a pure function: `(job, event) → job`.
 *
 * Events may come twice, late or out of order. What makes that harmless: an event only ever adds facts (a run got
 * further, a result is there, a cancel was asked for), and the status is computed from the facts. A finished status is
 * kept whatever comes later; only a delete leads out of it.
 */
import {
  type Failure,
  isFinished,
  type Job,
  type JobRequest,
  type JobStatus,
  type Progress,
  RUN_STATUSES,
  type Run,
  STAGES,
  type TargetChain,
} from '../api/job.ts';
import { dropUndefined } from '../api/optional.ts';
import type { JobEvent } from './events.ts';
import { currentRun, decisiveRuns, isSuperseded, newRun, withRun } from './runs.ts';

type RunObserved = Extract<JobEvent, { type: 'runObserved' }>;

/** What a new job is made of; `queue` is the resolved queue, `at` ISO 8601 UTC. */
export interface NewJob {
  readonly id: string;
  readonly owner: string;
  readonly engine: Job['engine'];
  readonly queue: string;
  readonly request: JobRequest;
  readonly chains: readonly TargetChain[];
  readonly warnings: readonly string[];
  readonly featuresTarget?: string;
  readonly at: string;
}

/** A job that nobody has worked on yet: QUEUED, version 1. */
export function newJob(made: NewJob): Job {
  const { id, owner, engine, queue, request, chains, warnings, featuresTarget, at } = made;
  return dropUndefined({
    id,
    name: request.name,
    owner,
    engine,
    queue,
    comment: request.comment,
    fileName: request.source.kind === 'file' ? request.source.fileName : undefined,
    parameters: request.parameters,
    chains,
    status: 'QUEUED' as const,
    statusReason: DEFAULT_REASONS.QUEUED,
    warnings,
    runs: [],
    featuresTarget,
    createdAt: at,
    updatedAt: at,
    version: 1,
  });
}

/** A run that will never change its state again. */
export function isRunEnded(run: Run): boolean {
  return run.status === 'SUCCEEDED' || run.status === 'FAILED';
}

/**
 * The job after the event. Returns the very same object when the event says nothing new, so that callers can spare
 * the write. Never touches `version`: that is the store's.
 */
export function reduceJob(job: Job, event: JobEvent): Job {
  const facts = addFacts(job, event);
  if (facts === job) return job;
  const next = conclude(job, facts, event);
  if (sameJob(job, next)) return job;
  return { ...next, updatedAt: later(job.updatedAt, event.at) };
}

/** The later of two ISO times. */
function later(a: string, b: string): string {
  if (a < b) return b;
  return a;
}

/** Applies events in order. */
export function reduceAll(job: Job, events: readonly JobEvent[]): Job {
  return events.reduce(reduceJob, job);
}

function addFacts(job: Job, event: JobEvent): Job {
  if (job.status === 'DELETING') return job;
  const finished = isFinished(job.status);
  switch (event.type) {
    case 'runsPlanned':
      // The first plan counts: two dispatchers must not give a job two sets of runs.
      if (finished || job.cancelRequestedAt || job.runs.length > 0) return job;
      return dropUndefined({ ...job, runs: event.runs.map(newRun), knownFeatures: event.features });
    case 'runReplaced':
      return replaceRun(job, event);
    case 'runSubmitted':
      return withRun(job, event.runId, (run) =>
        run.schedulerId === undefined ? { ...run, schedulerId: event.schedulerId } : run,
      );
    case 'runObserved':
      return observe(job, event);
    case 'resultPublished':
      if (finished || job.result) return job;
      return { ...job, result: event.result, warnings: union(job.warnings, event.warnings) };
    case 'failed':
      return finished || isSuperseded(job, event.runId) ? job : { ...job, failure: event.failure };
    case 'explained':
      return finished || job.cancelRequestedAt ? job : { ...job, statusReason: event.reason };
    case 'cancelRequested':
      return finished || job.cancelRequestedAt ? job : { ...job, cancelRequestedAt: event.at };
    case 'deleteRequested':
      return finished ? { ...job, deleteRequestedAt: event.at } : job;
  }
}

/**
 * Whether the run may be replaced because the features that it started from cannot be used. That happens once to a job at
 * most, for then it has a features run of its own.
 */
export function mayReplace(job: Job, runId: string): boolean {
  if (isFinished(job.status) || job.status === 'DELETING' || job.cancelRequestedAt || job.result) return false;
  if (!job.knownFeatures || job.runs.some(({ stage }) => stage === 'features')) return false;
  const run = job.runs.find(({ id }) => id === runId);
  return run?.stage === 'predict' && run.status !== 'SUCCEEDED';
}

/** Keeps the run that is replaced: it has a log, and has cost money. */
function replaceRun(job: Job, event: Extract<JobEvent, { type: 'runReplaced' }>): Job {
  if (!mayReplace(job, event.runId)) return job;
  const marked = withRun(job, event.runId, (run) => ({ ...run, superseded: true }));
  return dropUndefined({
    ...marked,
    runs: [...marked.runs, ...event.runs.map(newRun)],
    warnings: union(job.warnings, [event.reason]),
    statusReason: event.reason,
    // What is done from now on starts at the first stage again, and from no features.
    progress: undefined,
    knownFeatures: undefined,
  });
}

/** Also after the job's end: cleaning up needs to know which runs still hold something. */
function observe(job: Job, event: RunObserved): Job {
  const before = job.runs.find((run) => run.id === event.runId);
  if (!before || !isNews(before, event)) return job;
  const next = withRun(job, event.runId, (run) => observedRun(run, event));
  if (isFinished(job.status)) return next;
  const started = next.runs.flatMap((run) => run.startedAt ?? []).sort()[0];
  const startedAt = started ?? job.startedAt;
  if (before.superseded) return dropUndefined({ ...next, startedAt });

  const retried = event.attempt > before.attempt && job.progress?.stage === before.stage;
  const known = retried ? undefined : job.progress;
  const progress = event.progress && isFurther(known, event.progress) ? event.progress : known;
  return dropUndefined({ ...next, progress, startedAt });
}

function observedRun(run: Run, event: RunObserved): Run {
  const retried = event.attempt > run.attempt;
  const sameAttempt = retried ? undefined : run;
  return dropUndefined({
    id: run.id,
    stage: run.stage,
    status: event.status,
    schedulerId: run.schedulerId,
    attempt: Math.max(run.attempt, event.attempt),
    statusReason: event.reason ?? (event.status === run.status ? sameAttempt?.statusReason : undefined),
    exitCode: event.exitCode ?? sameAttempt?.exitCode,
    startedAt: event.startedAt ?? sameAttempt?.startedAt,
    endedAt: event.endedAt ?? sameAttempt?.endedAt,
    logStreams: event.logStreams ? union(run.logStreams ?? [], event.logStreams) : run.logStreams,
    superseded: run.superseded,
  });
}

/** Whether the report is at least as new as what is known: a later attempt, or a later state of the same attempt. */
function isNews(run: Run, event: RunObserved): boolean {
  if (isRunEnded(run)) return false;
  if (event.status === 'SUCCEEDED' || event.status === 'FAILED') return true;
  if (event.attempt !== run.attempt) return event.attempt > run.attempt;
  return RUN_STATUSES.indexOf(event.status) >= RUN_STATUSES.indexOf(run.status);
}

function isFurther(known: Progress | undefined, reported: Progress): boolean {
  if (!known) return true;
  const stages = STAGES.indexOf(reported.stage) - STAGES.indexOf(known.stage);
  return stages > 0 || (stages === 0 && reported.fraction >= known.fraction);
}

/** Status, reason, failure and end time that follow from the facts. */
function conclude(before: Job, facts: Job, event: JobEvent): Job {
  const status = statusOf(before, facts);
  const ended = isFinished(status) && !isFinished(before.status);
  const failure = status === 'FAILED' ? (facts.failure ?? failureOfRuns(facts.runs)) : facts.failure;
  return dropUndefined({
    ...facts,
    status,
    statusReason: reasonOf(status, before, { ...facts, ...(failure && { failure }) }, event),
    // A cancelled job did not fail, and a finished one makes no progress any more.
    failure: ended && status !== 'FAILED' ? undefined : failure,
    result: ended && status !== 'SUCCEEDED' ? undefined : facts.result,
    progress: ended && status === 'SUCCEEDED' ? undefined : facts.progress,
    endedAt: ended ? event.at : facts.endedAt,
  });
}

function statusOf(before: Job, facts: Job): JobStatus {
  if (before.status === 'DELETING') return 'DELETING';
  if (isFinished(before.status)) return facts.deleteRequestedAt ? 'DELETING' : before.status;

  const predicted = facts.runs.some((run) => run.stage === 'predict' && run.status === 'SUCCEEDED');
  const runs = decisiveRuns(facts.runs);
  const failed = facts.failure !== undefined || runs.some((run) => run.status === 'FAILED');
  if (facts.result && predicted) return 'SUCCEEDED';
  if (facts.cancelRequestedAt) {
    const over = facts.runs.every(isRunEnded);
    // Runs that all succeeded decide nothing before somebody has looked for their result.
    return over && (failed || facts.runs.length === 0) ? 'CANCELLED' : 'CANCELLING';
  }
  if (failed) return 'FAILED';
  return liveStatus(runs);
}

/** The status of the run that the job stands at: the first that has not succeeded. */
function liveStatus(runs: readonly Run[]): JobStatus {
  const current = currentRun(runs);
  if (!current) return runs.length === 0 ? 'QUEUED' : 'RUNNING';
  const untouched = runs.every((run) => run.schedulerId === undefined && run.status === 'SUBMITTED');
  return untouched ? 'QUEUED' : current.status;
}

const DEFAULT_REASONS: Readonly<Record<JobStatus, string | undefined>> = {
  QUEUED: 'Waiting to be handed to the scheduler.',
  SUBMITTED: 'Handed to the scheduler.',
  PENDING: 'Waiting for an earlier step.',
  RUNNABLE: 'Waiting for a free machine.',
  STARTING: 'The machine is being made ready.',
  RUNNING: undefined,
  CANCELLING: 'Waiting for the running step to stop.',
  SUCCEEDED: undefined,
  FAILED: undefined,
  CANCELLED: 'Cancelled on request.',
  DELETING: 'The job and its files are being removed.',
};

function reasonOf(status: JobStatus, before: Job, facts: Job, event: JobEvent): string | undefined {
  if (status === 'FAILED') return facts.failure?.message;
  if (event.type === 'explained' && status === before.status) return facts.statusReason;
  if (event.type === 'runReplaced' && status === 'QUEUED') return facts.statusReason;
  const current = currentRun(facts.runs);
  if (status === current?.status && current.statusReason !== undefined) return current.statusReason;
  if (status === 'RUNNING' && !current) return 'The run has ended; its result is being checked.';
  const sameRun = current?.id === currentRun(before.runs)?.id && current?.attempt === currentRun(before.runs)?.attempt;
  return status === before.status && sameRun ? before.statusReason : DEFAULT_REASONS[status];
}

function failureOfRuns(runs: readonly Run[]): Failure {
  const run = decisiveRuns(runs).find((candidate) => candidate.status === 'FAILED');
  const step = run?.stage === 'features' ? 'sequence and template search' : 'prediction';
  const how = run?.statusReason ?? (run?.exitCode === undefined ? 'no reason was given' : `exit code ${run.exitCode}`);
  return {
    code: 'engine-failed',
    message: `The ${step} ended without a result: ${how.replace(/\.$/, '')}.`,
    remedy: 'Read the end of the job’s log for the cause, then submit the job again.',
  };
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}

/** Jobs are plain JSON, and the reducer keeps the order of properties. */
function sameJob(a: Job, b: Job): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
