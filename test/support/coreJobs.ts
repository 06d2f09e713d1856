/** What the tests of the use cases do with a world: jobs in it, handed over, and objects. */
import assert from 'node:assert/strict';
import type { Job } from '../../backend/api/job.ts';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { submitJobs } from '../../backend/core/submit.ts';
import { ADA, type CoreWorld, CRAMBIN } from './coreWorld.ts';

/** A job submitted by ada, and the scheduler's id of its run once it was dispatched. */
export async function submitOne(world: CoreWorld, fields: object = {}): Promise<Job> {
  const requests = parseJobRequests({ fasta: 'crambin', sequence: CRAMBIN, ...fields });
  const [job] = (await submitJobs(world.deps, ADA, requests)).jobs;
  assert.ok(job);
  return job;
}

export async function dispatched(world: CoreWorld, fields: object = {}): Promise<{ job: Job; runIds: string[] }> {
  const { id } = await submitOne(world, fields);
  await world.work();
  const job = await world.job(id);
  return { job, runIds: job.runs.map((run) => run.schedulerId ?? assert.fail('not handed over')) };
}

export async function writeText(world: CoreWorld, key: string, text: string): Promise<void> {
  await world.deps.objects.write(key, new TextEncoder().encode(text));
}
