/** The order in which jobs stand. Pure. */

import type { Job } from '../../../backend/api/job.ts';
import { STATUS_GROUPS, statusGroup } from './groups.ts';

export const ORDERS = ['newest', 'oldest', 'name', 'status', 'duration', 'confidence'] as const;
export type Order = (typeof ORDERS)[number];

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** @param jobs newest first, as the store keeps them @returns the same array where nothing has to be moved */
export function orderJobs(order: Order, jobs: readonly Job[]): readonly Job[] {
  if (order === 'newest') return jobs;
  if (order === 'oldest') return [...jobs].reverse();
  // Sorting keeps the order of equals: the newest of them stands first.
  return [...jobs].sort(comparison(order));
}

function comparison(order: Exclude<Order, 'newest' | 'oldest'>): (a: Job, b: Job) => number {
  switch (order) {
    case 'name':
      return (a, b) => collator.compare(a.name, b.name);
    case 'status':
      return (a, b) => statusRank(a) - statusRank(b);
    case 'duration':
      return (a, b) => duration(b) - duration(a);
    case 'confidence':
      return (a, b) => confidence(b) - confidence(a);
  }
}

/** Jobs with the same text need not change places. */
export function orderKey(order: Order, job: Job): string {
  switch (order) {
    case 'status':
      return String(statusRank(job));
    case 'duration':
      return `${job.startedAt ?? ''} ${job.endedAt ?? ''}`;
    case 'confidence':
      return String(confidence(job));
    case 'newest':
    case 'oldest':
    case 'name':
      // None of these ever changes for a job.
      return '';
  }
}

function statusRank({ status }: Job): number {
  return STATUS_GROUPS.indexOf(statusGroup(status));
}

/** Milliseconds; jobs that have not ended are compared by how long they run by now. */
function duration({ startedAt, endedAt }: Job): number {
  if (startedAt === undefined) return -1;
  return (endedAt === undefined ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
}

function confidence({ result }: Job): number {
  return result?.meanConfidence ?? -1;
}
