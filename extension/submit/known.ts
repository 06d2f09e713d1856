/** Which targets of a plan have been predicted already. */

import type { FastaRecord } from '../../backend/api/fasta/types.ts';
import type { Engine, Job } from '../../backend/api/job.ts';
import { KnownJobs } from '../fasta/editor/knownJobs.ts';
import type { JobStore } from '../jobs/jobStore.ts';

/** More targets than one request may bring are not looked up. */
const MOST_TARGETS = 1000;

/**
 * The jobs of targets that have a structure, or will have one, by one of the engines that could
 * predict them now.
 *
 * @param targets the chains of each
 * @returns the job for each target; undefined where there is none
 */
export async function knownJobs(
  store: Pick<JobStore, 'jobs'>,
  targets: readonly (readonly FastaRecord[])[],
  engines: ReadonlySet<Engine>,
): Promise<readonly (Job | undefined)[]> {
  if (targets.length > MOST_TARGETS) return targets.map(() => undefined);
  const jobs = store.jobs.filter(({ engine }) => engines.has(engine));
  if (jobs.length === 0) return targets.map(() => undefined);
  const known = new KnownJobs({ jobs });
  const found: (Job | undefined)[] = [];
  for (const records of targets) {
    const length = records.reduce((sum, record) => sum + record.length, 0);
    found.push(known.mayHave(length) ? await known.of(records.map(({ sequence }) => sequence)) : undefined);
  }
  return found;
}
