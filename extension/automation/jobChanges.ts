import type { Job } from '../../backend/api/job.ts';
import type { JobsChanged } from './foldpadApi.ts';

/** What is new, different or gone, from what was known before. */
export function toChanged(before: ReadonlyMap<string, Job>, jobs: readonly Job[]): JobsChanged {
  const now = new Set(jobs.map(({ id }) => id));
  return {
    changed: jobs.filter(({ id, version }) => before.get(id)?.version !== version),
    removed: [...before.keys()].filter((id) => !now.has(id)),
  };
}
