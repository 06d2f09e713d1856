/** Jobs in groups: which there are, which a job belongs to, in which order they stand. Pure. */

import { isLive, type Job, type JobStatus } from '../../../backend/api/job.ts';

export const GROUPINGS = ['none', 'status', 'queue', 'day', 'file'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Groups by status, in the order in which they stand. */
export const STATUS_GROUPS = ['running', 'waiting', 'ending', 'failed', 'succeeded', 'cancelled'] as const;
export type StatusGroup = (typeof STATUS_GROUPS)[number];

export interface JobGroup {
  /** What its jobs have in common: a {@link StatusGroup}, a queue, a local day `2026-11-22`, a file (`''`: none known). */
  readonly key: string;
  readonly jobs: readonly Job[];
}

/** The file that a job came from, as far as it is known. */
export type FileOf = (job: Job) => string | undefined;

export function statusGroup(status: JobStatus): StatusGroup {
  switch (status) {
    case 'RUNNING':
    case 'STARTING':
      return 'running';
    case 'QUEUED':
    case 'SUBMITTED':
    case 'PENDING':
    case 'RUNNABLE':
      return 'waiting';
    case 'CANCELLING':
    case 'DELETING':
      return 'ending';
    case 'FAILED':
      return 'failed';
    case 'SUCCEEDED':
      return 'succeeded';
    case 'CANCELLED':
      return 'cancelled';
  }
}

/** `2026-11-22`, where the user is. */
export function localDay(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The group that a job belongs to; the same for all when there are no groups. */
export function groupKey(grouping: Grouping, job: Job, fileOf: FileOf): string {
  switch (grouping) {
    case 'none':
      return '';
    case 'status':
      return statusGroup(job.status);
    case 'queue':
      return job.queue;
    case 'day':
      return localDay(job.createdAt);
    case 'file':
      return fileOf(job) ?? '';
  }
}

/** Groups that have jobs, each with its jobs in the order given. */
export function groupJobs(grouping: Grouping, jobs: readonly Job[], fileOf: FileOf): readonly JobGroup[] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = groupKey(grouping, job, fileOf);
    const group = groups.get(key);
    if (group) group.push(job);
    else groups.set(key, [job]);
  }
  const found = [...groups].map(([key, members]): JobGroup => ({ key, jobs: members }));
  return found.sort((a, b) => compareKeys(grouping, a.key, b.key));
}

const collator = new Intl.Collator(undefined, { numeric: true });

function compareKeys(grouping: Grouping, a: string, b: string): number {
  if (grouping === 'status') return rank(a) - rank(b);
  // The newest day stands first.
  if (grouping === 'day') return a < b ? 1 : a > b ? -1 : 0;
  // Jobs of which no file is known stand last.
  if ((a === '') !== (b === '')) return a === '' ? 1 : -1;
  return collator.compare(a, b);
}

function rank(key: string): number {
  return (STATUS_GROUPS as readonly string[]).indexOf(key);
}

/** How many of a group's jobs have not ended. */
export function liveCount(jobs: readonly Job[]): number {
  return jobs.reduce((count, { status }) => count + (isLive(status) ? 1 : 0), 0);
}
