import { isFinished, type Job, LIVE_STATUSES, type Run } from '../api/job.ts';
import { changeJob } from './change.ts';
import type { CoreDeps } from './deps.ts';
import { failDispatch } from './dispatch.ts';
import { isRunEnded } from './job.ts';
import { pagesOfJobs } from './pages.ts';
import type { RunObservation, WorkMessage } from './ports.ts';
import { decisiveRuns } from './runs.ts';
import { awaitsVerdict, trackRun } from './track.ts';

export interface ReconcileOptions {
  /**
   * Seconds without a change after which work that should long have been done is asked for again. Default 60; a server
   * that has just started, and is the only one, may say 0.
   */
  readonly staleSeconds?: number;
}

/** What a reconciliation found and did. */
export interface ReconcileReport {
  /** Jobs looked at. */
  readonly jobs: number;
  /** Messages sent again. */
  readonly resent: number;
  /** Runs whose state was asked for, because their job still waits for them. */
  readonly observed: number;
  /** Runs that the scheduler does not know any more. */
  readonly lost: number;
}

type Counts = { -readonly [K in keyof ReconcileReport]: ReconcileReport[K] };

const DEFAULT_STALE_SECONDS = 60;

/**
 * Repairs what events and messages missed: dispatches that were lost, runs that were planned but never handed over,
 * runs whose end nobody reported, runs that the scheduler forgot, cancels and deletes that stopped half-way. Goes
 * through live and DELETING jobs only, page by page. Safe to run at any time, also twice at once.
 */
export async function reconcile(deps: CoreDeps, options: ReconcileOptions = {}): Promise<ReconcileReport> {
  const stale = 1000 * (options.staleSeconds ?? DEFAULT_STALE_SECONDS);
  const counts: Counts = { jobs: 0, resent: 0, observed: 0, lost: 0 };
  await deps.jobs.removeAbandoned?.();
  await failDeadLetters(deps);
  for await (const jobs of pagesOfJobs(deps.jobs, { statuses: [...LIVE_STATUSES, 'DELETING'] })) {
    counts.jobs += jobs.length;
    await observeRuns(deps, jobs, stale, counts);
    for (const { id } of jobs) {
      // Observing may have moved the job on.
      const job = await deps.jobs.get(id);
      if (!job || !isStale(deps, job, stale)) continue;
      if (awaitsVerdict(job)) await judge(deps, job);
      else await resend(deps, job, counts);
    }
  }
  return counts;
}

/** A dispatch that was given back too often: the job must not wait for ever. */
async function failDeadLetters(deps: CoreDeps): Promise<void> {
  for (const { kind, jobId } of await deps.work.deadLetters()) {
    if (kind !== 'dispatch') continue;
    const job = await deps.jobs.get(jobId);
    if (job?.status === 'QUEUED') await failDispatch(deps, jobId, job.statusReason ?? 'it was tried too often');
  }
}

async function observeRuns(deps: CoreDeps, jobs: readonly Job[], stale: number, counts: Counts): Promise<void> {
  const waiting = jobs
    .filter((job) => job.status !== 'DELETING')
    .flatMap((job) => job.runs.flatMap((run) => (isRunEnded(run) || !run.schedulerId ? [] : [{ job, run }])));
  if (waiting.length === 0) return;
  const known = await deps.scheduler.describe(waiting.flatMap(({ run }) => run.schedulerId ?? []));
  const byId = new Map(known.map((observation) => [observation.runId, observation]));
  for (const { job, run } of waiting) {
    const observation = byId.get(run.id);
    counts.observed += 1;
    if (observation) await trackRun(deps, observation);
    // A scheduler may take a moment to show what it has just taken.
    else if (isStale(deps, job, stale)) {
      counts.lost += 1;
      await trackRun(deps, lostRun(deps, job, run));
    }
  }
}

function isStale({ clock }: CoreDeps, { updatedAt }: Job, stale: number): boolean {
  return Date.parse(clock.now()) - Date.parse(updatedAt) >= stale;
}

/** If it left a result, tracking finds it; otherwise the job fails with this reason. */
function lostRun(deps: CoreDeps, job: Job, run: Run): RunObservation {
  return {
    jobId: job.id,
    runId: run.id,
    schedulerId: run.schedulerId ?? '',
    status: 'FAILED',
    failureCode: 'lost',
    attempt: run.attempt,
    reason: 'the scheduler does not know this run any more',
    at: deps.clock.now(),
  };
}

/** All runs ended, but nobody has looked for the result since: do as if the last report had just come. */
async function judge(deps: CoreDeps, job: Job): Promise<void> {
  const last = job.runs.at(-1);
  if (!last) return;
  await trackRun(deps, {
    jobId: job.id,
    runId: last.id,
    schedulerId: last.schedulerId ?? '',
    status: last.status,
    attempt: last.attempt,
    at: deps.clock.now(),
  });
}

async function resend(deps: CoreDeps, job: Job, counts: Counts): Promise<void> {
  const kind = missingWork(job);
  if (!kind) return;
  await deps.work.send([{ kind, jobId: job.id }]);
  counts.resent += 1;
  if (kind !== 'dispatch') return;
  // Marks the time, so that the next round does not send it once more while it still waits in the queue.
  const at = deps.clock.now();
  const reason = `Waiting to be handed to the scheduler; asked for again at ${at.slice(11, 19)} UTC.`;
  await changeJob(deps, job.id, [{ type: 'explained', reason, at }]);
}

function missingWork(job: Job): WorkMessage['kind'] | undefined {
  if (job.status === 'DELETING') return 'delete';
  if (isFinished(job.status)) return undefined;
  if (job.status === 'CANCELLING') return 'cancel';
  const handedOver = job.runs.length > 0 && decisiveRuns(job.runs).every((run) => run.schedulerId !== undefined);
  return handedOver ? undefined : 'dispatch';
}
