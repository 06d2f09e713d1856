import type { Job, LogPage } from '../api/job.ts';
import { problem } from '../api/problem.ts';
import type { CoreDeps, Principal } from './deps.ts';
import { InvalidCursor, type JobPage, type JobQuery } from './ports.ts';

/** Lines of log that come with a job. */
export const NEWEST_LOG_LINES = 100;

export function noSuchJob(id: string): Error {
  return problem('not-found', `There is no job ${id}. GET / lists the jobs there are.`);
}

export function mayTouch(principal: Principal, job: Job): boolean {
  return principal.role === 'admin' || job.owner === principal.owner;
}

/** The job, if the caller may see it. @throws ProblemError `not-found`, also for other people's jobs */
export async function getJob(deps: CoreDeps, principal: Principal, id: string): Promise<Job> {
  const job = await deps.jobs.get(id);
  if (!job || !mayTouch(principal, job)) throw noSuchJob(id);
  return job;
}

/** One page of jobs, newest first: the caller's own, or everybody's for an admin. */
export async function listJobs(deps: CoreDeps, principal: Principal, query: Omit<JobQuery, 'owner'>): Promise<JobPage> {
  const owner = principal.role === 'admin' ? {} : { owner: principal.owner };
  return refuseBadCursor(() => deps.jobs.list({ ...query, ...owner }));
}

/** Log lines after the cursor, oldest first. */
export async function readLogs(
  deps: CoreDeps,
  principal: Principal,
  id: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<LogPage> {
  const job = await getJob(deps, principal, id);
  return refuseBadCursor(() => deps.logs.read(job, after, limit));
}

/** The newest lines of the job's log. */
export function newestLogs(deps: CoreDeps, job: Job): Promise<LogPage> {
  return deps.logs.tail(job, NEWEST_LOG_LINES);
}

async function refuseBadCursor<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InvalidCursor)) throw error;
    throw problem(
      'malformed-request',
      'The cursor was not made by this backend, or it has expired. Leave it out to start again.',
    );
  }
}
