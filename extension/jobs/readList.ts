/** Reads the list of jobs: all that is wanted of it, or its newest part. */

import { type Job, LIVE_STATUSES } from '../../backend/api/job.ts';
import { isProblem } from '../base/errors.ts';
import type { JobPage, JobSource } from './jobSource.ts';
import { firstOlder } from './newestFirst.ts';

/** Jobs that a poll asks for. */
export const PAGE = 50;
/** Jobs that the server gives at once. */
const LARGEST_PAGE = 1000;
/** Jobs beyond the page that are asked for one by one in a poll. */
const MOST_SINGLE_QUESTIONS = 20;

/** What is known before the question. */
export interface KnownList {
  /** Newest first. */
  readonly jobs: readonly Job[];
  readonly hasMore: boolean;
  /** How many jobs there should be in the list. */
  readonly wanted: number;
  /** The whole list is read anew. */
  readonly all: boolean;
}

/** What one question brought. */
export interface ListRead {
  readonly asked: readonly Job[];
  /** Older jobs that were known before and not asked for. */
  readonly kept: readonly Job[];
  readonly hasMore: boolean;
}

/**
 * The list as far as it is wanted. A poll asks for its newest part; what is older than that stays as it is known, since
 * jobs that have ended do not change (those that have not are asked for besides).
 */
export async function readList(source: JobSource, known: KnownList): Promise<ListRead> {
  const head = await source.list({ limit: known.all ? Math.min(known.wanted, LARGEST_PAGE) : PAGE });
  const last = head.jobs.at(-1);
  if (head.next === undefined || !last) return { asked: head.jobs, kept: [], hasMore: false };
  if (known.all) return readOn(source, head, known.wanted);
  // Without a job that is known already there may be unknown ones between the page and the rest.
  const ids = new Set(head.jobs.map(({ id }) => id));
  const newest = known.jobs.slice(0, PAGE);
  if (!newest.some(({ id }) => ids.has(id))) return readOn(source, head, known.wanted);
  return { asked: head.jobs, kept: known.jobs.slice(firstOlder(known.jobs, last)), hasMore: known.hasMore };
}

/** Jobs that have not ended, wherever they are in the list. */
async function readLive(source: JobSource, most: number): Promise<readonly Job[]> {
  const query = { statuses: LIVE_STATUSES, limit: LARGEST_PAGE };
  const jobs: Job[] = [];
  for (let page = await source.list(query); ; page = await source.list({ ...query, cursor: page.next })) {
    jobs.push(...page.jobs);
    if (page.next === undefined || jobs.length >= most) return jobs;
  }
}

/** The pages that follow, until there are as many jobs as are wanted. */
async function readOn(source: JobSource, head: JobPage, wanted: number): Promise<ListRead> {
  const asked = [...head.jobs];
  let { next } = head;
  while (next !== undefined && asked.length < wanted) {
    const page = await source.list({ limit: Math.min(wanted - asked.length, LARGEST_PAGE), cursor: next });
    asked.push(...page.jobs);
    next = page.next;
  }
  return { asked, kept: [], hasMore: next !== undefined };
}

/** Older jobs that must be known all the same. */
export interface Followed {
  readonly ids: readonly string[];
  /** Every live job, also those that others submitted. */
  readonly all: boolean;
  /** Live jobs at most. */
  readonly most: number;
}

/**
 * The page, and of those that are older the live jobs and the followed ones.
 * @returns also which of the followed ones were not asked for, because they are too many for one time
 */
export async function readFollowed(
  source: JobSource,
  page: readonly Job[],
  { ids, all, most }: Followed,
): Promise<{ readonly jobs: readonly Job[]; readonly unasked: readonly string[] }> {
  const known = new Map(page.map((job) => [job.id, job]));
  const missing = () => [...new Set(ids)].filter((id) => !known.has(id));
  if (!all && missing().length === 0) return { jobs: page, unasked: [] };
  for (const job of await readLive(source, most)) known.set(job.id, job);
  const rest = missing();
  const single = await Promise.all(rest.slice(0, MOST_SINGLE_QUESTIONS).map((id) => readOne(source, id)));
  for (const job of single) if (job) known.set(job.id, job);
  return { jobs: [...known.values()], unasked: rest.slice(MOST_SINGLE_QUESTIONS) };
}

/** @returns undefined when there is no such job any more */
async function readOne(source: JobSource, id: string): Promise<Job | undefined> {
  try {
    return (await source.get(id)).job;
  } catch (error) {
    if (isProblem(error) && error.kind === 'not-found') return undefined;
    throw error;
  }
}
