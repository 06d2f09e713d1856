/** Where the jobs of the list come from. */

import type { Job, JobStatus } from '../../backend/api/job.ts';

export interface ListQuery {
  readonly statuses?: readonly JobStatus[];
  readonly limit: number;
  /** Goes on where the page ended that gave it. */
  readonly cursor?: string;
}

export interface JobPage {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** There is more. */
  readonly next?: string;
}

/** Where jobs come from; the API's client is one. */
export interface JobSource {
  list(query: ListQuery): Promise<JobPage>;
  get(id: string): Promise<{ readonly job: Job }>;
}
