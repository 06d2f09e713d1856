/** The order in which the store keeps its jobs. Pure. */

import type { Job } from '../../backend/api/job.ts';

/** Index of the first job in the list that stands behind this one. */
export function firstOlder(jobs: readonly Job[], job: Job): number {
  let [low, high] = [0, jobs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (newestFirst(jobs[middle] as Job, job) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function newestFirst(a: Job, b: Job): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
