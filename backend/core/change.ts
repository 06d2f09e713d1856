import { isFinished, type Job } from '../api/job.ts';
import { problem } from '../api/problem.ts';
import { costOfJob } from './cost.ts';
import type { CoreDeps } from './deps.ts';
import type { JobEvent } from './events.ts';
import { isRunEnded, reduceAll } from './job.ts';
import { VersionConflict } from './ports.ts';

/** A job as it was read and as it stands now; the same object where nothing changed. */
export interface Change {
  readonly before: Job;
  readonly after: Job;
}

export interface ChangeOptions {
  /** The job as the caller has just read or written it: spares a read, and costs nothing if it is out of date. */
  readonly known?: Job;
}

/** Two writers that meet eight times in a row are a bug, not bad luck. */
const MAX_TRIES = 8;

/**
 * Reads the job, lets the events follow from it, stores what the reducer makes of them; again when somebody else was
 * faster. The one whose write ends the job tells the notifier and stops runs that are still going.
 *
 * @param events the events, or how to find them from the job as it is now (may throw, to refuse)
 * @returns `undefined` if there is no such job
 * @throws ProblemError `conflict` if the job kept changing
 */
export async function changeJob(
  deps: CoreDeps,
  id: string,
  events: readonly JobEvent[] | ((job: Job) => readonly JobEvent[]),
  { known }: ChangeOptions = {},
): Promise<Change | undefined> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const before = attempt === 1 && known ? known : await deps.jobs.get(id);
    if (!before) return undefined;
    const after = reduceAll(before, typeof events === 'function' ? events(before) : events);
    if (after === before) return { before, after };
    try {
      const change = { before, after: await deps.jobs.update(after) };
      await settle(deps, change);
      return change;
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }
  throw problem('conflict', `Job ${id} is being changed by others all the time. Try again in a moment.`);
}

/** What has to happen once, when a job ends. */
async function settle(deps: CoreDeps, { before, after }: Change): Promise<void> {
  if (isFinished(before.status) || !isFinished(after.status)) return;
  const cost = costOfJob(deps.policy, after);
  deps.log.info('job ended', {
    jobId: after.id,
    status: after.status,
    failure: after.failure?.code,
    owner: after.owner,
    queue: after.queue,
    // Of what every user has cost, a dashboard makes a table.
    ...(cost && { cost: Number(cost.amount.toFixed(4)), currency: cost.currency }),
  });
  await deps.notifier.jobEnded(after);
  const leftovers = after.runs.flatMap((run) => (isRunEnded(run) ? [] : (run.schedulerId ?? [])));
  for (const schedulerId of leftovers) {
    try {
      await deps.scheduler.terminate(schedulerId, `the job has ended (${after.status})`);
    } catch (error) {
      // The job has ended all the same; the run ends by itself or at its time limit.
      deps.log.error('a run of an ended job could not be stopped', { jobId: after.id, schedulerId, error: `${error}` });
    }
  }
}
