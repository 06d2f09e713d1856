import { type BulkOutcome, isFinished, type Job, LIVE_STATUSES } from '../api/job.ts';
import { ProblemError, problem } from '../api/problem.ts';
import { type Change, changeJob } from './change.ts';
import type { CoreDeps, Principal } from './deps.ts';
import { mapConcurrently, pagesOfJobs } from './pages.ts';
import { mayTouch, noSuchJob } from './read.ts';

/** Writes at the same time in a bulk call. */
const WIDTH = 16;

/**
 * Asks for the end of a live job, in whatever live state it is. A job that nobody has begun with is CANCELLED at once,
 * any other is CANCELLING until its runs have stopped. Asking again changes nothing.
 *
 * @throws ProblemError `not-found`, `job-is-finished`
 */
export async function cancelJob(deps: CoreDeps, principal: Principal, id: string): Promise<Job> {
  const { after } = await requestCancel(deps, principal, id);
  if (after.status === 'CANCELLING') await deps.work.send([{ kind: 'cancel', jobId: id }]);
  return after;
}

/** Cancels every live job of the caller; one outcome for each. */
export async function cancelAll(deps: CoreDeps, principal: Principal): Promise<readonly BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for await (const jobs of pagesOfJobs(deps.jobs, { owner: principal.owner, statuses: LIVE_STATUSES })) {
    const page = await mapConcurrently(jobs, WIDTH, (job) => cancelForBulk(deps, principal, job));
    await deps.work.send(
      page.flatMap(({ id, outcome }) => (outcome === 'cancelling' ? [{ kind: 'cancel', jobId: id } as const] : [])),
    );
    outcomes.push(...page);
  }
  return outcomes;
}

async function cancelForBulk(deps: CoreDeps, principal: Principal, { id }: Job): Promise<BulkOutcome> {
  try {
    const { before, after } = await requestCancel(deps, principal, id);
    if (before.status === 'CANCELLING') return { id, outcome: 'unchanged', reason: 'It is being cancelled already.' };
    return { id, outcome: after.status === 'CANCELLED' ? 'cancelled' : 'cancelling' };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { id, outcome: 'refused', reason: error.problem.detail };
  }
}

async function requestCancel(deps: CoreDeps, principal: Principal, id: string): Promise<Change> {
  const change = await changeJob(deps, id, (job) => {
    if (!mayTouch(principal, job)) throw noSuchJob(id);
    if (isFinished(job.status) || job.status === 'DELETING') {
      throw problem(
        'job-is-finished',
        `Job ${id} has already ended (${job.status}), so there is nothing to cancel. DELETE /${id} removes it.`,
      );
    }
    return [{ type: 'cancelRequested', at: deps.clock.now() }];
  });
  if (!change) throw noSuchJob(id);
  return change;
}
