/** Which targets of a plan have been predicted already. */

import type { FastaRecord } from '../../backend/api/fasta/types.ts';
import type { Engine, Job } from '../../backend/api/job.ts';
import { isCancellation } from '../base/errors.ts';
import type { Services } from '../commands/services.ts';
import { KnownJobs } from '../fasta/editor/knownJobs.ts';
import type { JobStore } from '../jobs/jobStore.ts';

type KnownList = Pick<JobStore, 'jobs'>;

/** More targets than one request may bring are not looked up. */
const MOST_TARGETS = 1000;
/** Jobs that are looked through, as many as the API gives at once. */
const MOST_HISTORY = 1000;

/**
 * What was predicted before: the list of the Jobs view where it is whole, else the newest jobs of the backend, of which
 * the view may show few.
 */
export async function history({ connection, store }: Pick<Services, 'connection' | 'store'>): Promise<KnownList> {
  // The view may never have been open. A list that cannot be had stops no prediction.
  if (store.state.kind === 'unknown') await store.refresh();
  if (!store.hasMore) return store;
  try {
    return await connection.use((client) => client.list({ limit: MOST_HISTORY }));
  } catch (error) {
    if (isCancellation(error)) throw error;
    return store;
  }
}

/**
 * The jobs of targets that have a structure, or will have one, by one of the engines that could
 * predict them now.
 *
 * @param targets the chains of each
 * @returns the job for each target; undefined where there is none
 */
export async function knownJobs(
  list: KnownList,
  targets: readonly (readonly FastaRecord[])[],
  engines: ReadonlySet<Engine>,
): Promise<readonly (Job | undefined)[]> {
  if (targets.length > MOST_TARGETS) return targets.map(() => undefined);
  const jobs = list.jobs.filter(({ engine }) => engines.has(engine));
  if (jobs.length === 0) return targets.map(() => undefined);
  const known = new KnownJobs({ jobs });
  const found: (Job | undefined)[] = [];
  for (const records of targets) {
    const length = records.reduce((sum, record) => sum + record.length, 0);
    found.push(known.mayHave(length) ? await known.of(records.map(({ sequence }) => sequence)) : undefined);
  }
  return found;
}
