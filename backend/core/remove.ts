import { type BulkOutcome, FINISHED_STATUSES, isLive, type Job } from '../api/job.ts';
import { ProblemError, problem } from '../api/problem.ts';
import { jobKeys } from '../api/runner.ts';
import { changeJob } from './change.ts';
import type { CoreDeps, Principal } from './deps.ts';
import { isRunEnded } from './job.ts';
import { mapConcurrently, pagesOfJobs } from './pages.ts';
import { VersionConflict } from './ports.ts';
import { mayTouch, noSuchJob } from './read.ts';

/** Writes at the same time in a bulk call. */
const WIDTH = 16;

/**
 * Marks a finished job as DELETING and has it removed with all its objects.
 * @throws ProblemError `not-found`, `job-is-live`
 */
export async function deleteJob(deps: CoreDeps, principal: Principal, id: string): Promise<BulkOutcome> {
  await requestDelete(deps, principal, id);
  await deps.work.send([{ kind: 'delete', jobId: id }]);
  return { id, outcome: 'deleting' };
}

/** Deletes every finished job of the caller; one outcome for each. Live jobs are left alone and not named. */
export async function deleteFinished(deps: CoreDeps, principal: Principal): Promise<readonly BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for await (const jobs of pagesOfJobs(deps.jobs, { owner: principal.owner, statuses: FINISHED_STATUSES })) {
    const page = await mapConcurrently(jobs, WIDTH, (job) => deleteForBulk(deps, principal, job));
    await deps.work.send(
      page.flatMap(({ id, outcome }) => (outcome === 'deleting' ? [{ kind: 'delete', jobId: id } as const] : [])),
    );
    outcomes.push(...page);
  }
  return outcomes;
}

async function deleteForBulk(deps: CoreDeps, principal: Principal, { id }: Job): Promise<BulkOutcome> {
  try {
    await requestDelete(deps, principal, id);
    return { id, outcome: 'deleting' };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { id, outcome: 'refused', reason: error.problem.detail };
  }
}

async function requestDelete(deps: CoreDeps, principal: Principal, id: string): Promise<void> {
  const change = await changeJob(deps, id, (job) => {
    if (!mayTouch(principal, job)) throw noSuchJob(id);
    if (isLive(job.status)) {
      throw problem(
        'job-is-live',
        `Job ${id} has not ended yet (${job.status}). Cancel it first (POST /${id}/cancel), then delete it.`,
      );
    }
    return [{ type: 'deleteRequested', at: deps.clock.now() }];
  });
  if (!change) throw noSuchJob(id);
}

/**
 * Removes what a DELETING job left: its runs, its objects, at last itself. Safe to repeat after a crash at any point.
 * A file that the user had put under `input/` is not the job's own and stays.
 */
export async function removeJob(deps: CoreDeps, id: string): Promise<void> {
  const job = await deps.jobs.get(id);
  if (job?.status !== 'DELETING') return;
  for (const run of job.runs) {
    if (run.schedulerId === undefined) continue;
    if (!isRunEnded(run)) await deps.scheduler.terminate(run.schedulerId, 'the job is being deleted');
    await deps.scheduler.forget(run.schedulerId, run);
  }
  await deps.objects.removeAll(jobKeys.outputFolder(id));
  await deps.objects.removeAll(jobKeys.inputFolder(id));
  try {
    await deps.jobs.remove(id, job.version);
  } catch (error) {
    if (!(error instanceof VersionConflict)) throw error;
    await removeJob(deps, id);
  }
}
