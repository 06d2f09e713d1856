import { isFinished, type Job, LIVE_STATUSES, type Run } from '../api/job.ts';
import { changeJob } from './change.ts';
import type { CoreDeps } from './deps.ts';
import { failDispatch } from './dispatch.ts';
import { isRunEnded } from './job.ts';
import { mapConcurrently, pagesOfJobs } from './pages.ts';
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
type Reports = ReadonlyMap<string, RunObservation>;

const DEFAULT_STALE_SECONDS = 60;
/** Jobs of a page seen to at the same time. */
const WIDTH = 16;

/**
 * Repairs what events and messages missed: dispatches that were lost, runs that were planned but never handed over,
 * runs whose end nobody reported, runs that the scheduler forgot, cancels and deletes that stopped half-way. Goes
 * through live and DELETING jobs only, page by page. Safe to run at any time, also twice at once.
 *
 * @throws at the end, if a job could not be repaired
 */
export async function reconcile(deps: CoreDeps, options: ReconcileOptions = {}): Promise<ReconcileReport> {
  const stale = 1000 * (options.staleSeconds ?? DEFAULT_STALE_SECONDS);
  const counts: Counts = { jobs: 0, resent: 0, observed: 0, lost: 0 };
  await deps.jobs.removeAbandoned?.();
  await failDeadLetters(deps);
  const failures: unknown[] = [];
  for await (const jobs of pagesOfJobs(deps.jobs, { statuses: [...LIVE_STATUSES, 'DELETING'] })) {
    counts.jobs += jobs.length;
    const reports = await reportsOf(deps, jobs);
    await mapConcurrently(jobs, WIDTH, async (job) => {
      try {
        await repair(deps, job, reports, stale, counts);
      } catch (error) {
        // Jobs that come after it must not wait for ever because of this one.
        deps.log.error('a job could not be repaired', { jobId: job.id, error: `${error}` });
        failures.push(error);
      }
    });
  }
  if (failures.length > 0) throw failures[0];
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

function waitingRuns(job: Job): readonly Run[] {
  if (job.status === 'DELETING') return [];
  return job.runs.filter((run) => !isRunEnded(run) && run.schedulerId !== undefined);
}

/** What the scheduler knows of the runs that have not ended, by their ids. */
async function reportsOf(deps: CoreDeps, jobs: readonly Job[]): Promise<Reports> {
  const ids = jobs.flatMap((job) => waitingRuns(job).flatMap(({ schedulerId }) => schedulerId ?? []));
  const reports = ids.length === 0 ? [] : await deps.scheduler.describe(ids);
  return new Map(reports.map((report) => [report.runId, report]));
}

/**
 * Thousands of jobs have no news for hours: nothing is read for them. As they were listed they tell whether anything may
 * be missing, and only then they are read once more, for others may have seen to it since.
 */
async function repair(deps: CoreDeps, listed: Job, reports: Reports, stale: number, counts: Counts): Promise<void> {
  const job = await observeRuns(deps, listed, reports, stale, counts);
  if (!isStale(deps, job, stale) || !(awaitsVerdict(job) || missingWork(job))) return;
  const now = await deps.jobs.get(job.id);
  if (!now || !isStale(deps, now, stale)) return;
  if (awaitsVerdict(now)) await judge(deps, now);
  else await resend(deps, now, counts);
}

/** @returns the job as it is now, as far as is known */
async function observeRuns(deps: CoreDeps, listed: Job, reports: Reports, stale: number, counts: Counts): Promise<Job> {
  let job = listed;
  for (const run of waitingRuns(listed)) {
    const report = reports.get(run.id);
    counts.observed += 1;
    if (report) job = (await trackRun(deps, report, { known: job }))?.after ?? job;
    // A scheduler may take a moment to show what it has just taken.
    else if (isStale(deps, listed, stale)) {
      counts.lost += 1;
      // Not from the list: its end may have been told, and forgotten, since.
      job = (await trackRun(deps, lostRun(deps, listed, run)))?.after ?? job;
    }
  }
  return job;
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
  const report = {
    jobId: job.id,
    runId: last.id,
    schedulerId: last.schedulerId ?? '',
    status: last.status,
    attempt: last.attempt,
    at: deps.clock.now(),
  };
  await trackRun(deps, report, { known: job });
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
  await changeJob(deps, job.id, [{ type: 'explained', reason, at }], { known: job });
}

function missingWork(job: Job): WorkMessage['kind'] | undefined {
  if (job.status === 'DELETING') return 'delete';
  if (isFinished(job.status)) return undefined;
  if (job.status === 'CANCELLING') return 'cancel';
  const handedOver = job.runs.length > 0 && decisiveRuns(job.runs).every((run) => run.schedulerId !== undefined);
  return handedOver ? undefined : 'dispatch';
}
