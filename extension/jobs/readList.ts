/** Reads the list of jobs: all that is wanted of it, or its newest part. */

import type { Job } from '../../backend/api/job.ts';
import type { JobPage, JobSource } from './jobSource.ts';
import { firstOlder } from './newestFirst.ts';

/** Jobs that a poll asks for. */
export const PAGE = 50;
/** Jobs that the server gives at once. */
export const LARGEST_PAGE = 1000;

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
