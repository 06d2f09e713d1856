/** What the tests of features that are in the cache do with a world whose jobs may skip their features run. */
import { featuresHandoverSchema } from '../../backend/api/featuresIndex.ts';
import type { Job } from '../../backend/api/job.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import type { CoreDeps } from '../../backend/core/deps.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import type { ObjectStore, RunSpec } from '../../backend/core/ports.ts';
import { submitOne } from './coreJobs.ts';
import { type CoreWorld, coreWorld } from './coreWorld.ts';
import { GPU_QUEUES } from './manualScheduler.ts';

export const WEEK = 7 * 24 * 3600;
const POLICY = { backend: 'aws', featuresQueue: 'cpu', featuresTrustSeconds: WEEK } as const;

export function featuresWorld(stores: { readonly objects?: ObjectStore } = {}): CoreWorld {
  const queues = [...GPU_QUEUES, { ...GPU_QUEUES[0], name: 'cpu', aliases: [] } as (typeof GPU_QUEUES)[number]];
  const world = coreWorld({ queues, policy: POLICY });
  return { ...world, deps: { ...world.deps, ...stores } };
}

/** A job of an engine that needs features. */
export function submit(world: CoreWorld, fields: object = {}): Promise<Job> {
  return submitOne(world, { que: 'p4', ...fields });
}

/** A job that was handed over on the way that its features allow. */
export async function dispatched(world: CoreWorld, fields: object = {}): Promise<Job> {
  const job = await submit(world, fields);
  await world.work();
  return world.job(job.id);
}

export function dispatch(deps: CoreDeps, { id }: Job): Promise<void> {
  return handleWork(deps, { kind: 'dispatch', jobId: id });
}

/** What the scheduler was given of a job. */
export function specsOf({ scheduler }: CoreWorld, { id }: Job): RunSpec[] {
  return [...scheduler.specs.values()].filter(({ jobId }) => jobId === id);
}

export function stages(job: Job): string[] {
  return job.runs.map(({ stage }) => stage);
}

/** What a job's predict run is told of its features; nothing while they are still to be made. */
export async function handover({ deps }: CoreWorld, { id }: Job): Promise<unknown> {
  const bytes = await deps.objects.read(jobKeys.prepared(id));
  return bytes && featuresHandoverSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
}
