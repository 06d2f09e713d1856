/** Which jobs predict, or have predicted, a sequence: recognised by its hash, whatever it was called. */

import { sequenceHash } from '../../../backend/api/fasta/sequenceHash.ts';
import { isLive, type Job } from '../../../backend/api/job.ts';
import type { JobStore } from '../../jobs/jobStore.ts';

const MOST_HASHES = 2000;

export class KnownJobs {
  readonly #store: Pick<JobStore, 'jobs'>;
  readonly #hashes = new Map<string, Promise<string>>();

  constructor(store: Pick<JobStore, 'jobs'>) {
    this.#store = store;
  }

  /** Whether there may be jobs of a target with so many residues: asked before anything is hashed. */
  mayHave(length: number): boolean {
    return this.#store.jobs.some((job) => isOfInterest(job) && lengthOf(job) === length);
  }

  /** The best that is known of a target: its newest structure, else a job that is on its way. */
  async of(chains: readonly string[]): Promise<Job | undefined> {
    const hashes = await Promise.all(chains.map((chain) => this.#hash(chain)));
    const wanted = hashes.join();
    const jobs = this.#store.jobs.filter(
      (job) => isOfInterest(job) && job.chains.map((chain) => chain.sequenceHash).join() === wanted,
    );
    return jobs.find(({ status }) => status === 'SUCCEEDED') ?? jobs[0];
  }

  #hash(chain: string): Promise<string> {
    const known = this.#hashes.get(chain);
    if (known) return known;
    if (this.#hashes.size >= MOST_HASHES) this.#hashes.clear();
    const hash = sequenceHash(chain);
    this.#hashes.set(chain, hash);
    return hash;
  }
}

function isOfInterest(job: Job): boolean {
  return job.status === 'SUCCEEDED' || isLive(job.status);
}

function lengthOf({ chains }: Job): number {
  return chains.reduce((sum, chain) => sum + chain.length, 0);
}
