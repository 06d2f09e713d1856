/** Where jobs go: which fit on a machine of their queue, and whose turn it is. */
import { usableMemoryMiB } from '../../../backend/api/machines.ts';
import type { BatchJobRecord, Requirements } from './batchJob.ts';
import type { ComputeEnvironment, JobQueue } from './template.ts';

/** Batch's words (user guide, "Jobs stuck in a RUNNABLE status"). */
export const BLOCKED = {
  capacity: (instance: string) =>
    `CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [${instance}]`,
  requirement:
    'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
  maxResource:
    'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
  invalid: 'ACTION_REQUIRED - CE(s) associated with the job queue are invalid.',
} as const;

/** What operators and AWS may do to a queue while it is in use. */
export interface QueueCondition {
  readonly noCapacity?: boolean;
  readonly invalid?: boolean;
}

/** Why the job can never, or not now, be placed; `undefined` when a machine could be started for it. */
export function obstacle(job: BatchJobRecord, condition: QueueCondition): string | undefined {
  const { environments } = job.queue;
  const enabled = environments.filter(({ state }) => state === 'ENABLED');
  if (condition.invalid || enabled.length === 0) return BLOCKED.invalid;
  if (!enabled.some((environment) => fits(environment, job.requirements))) return BLOCKED.requirement;
  const { vcpus } = job.requirements;
  if (!enabled.some(({ maxvCpus }) => vcpus <= maxvCpus)) return BLOCKED.maxResource;
  if (condition.noCapacity) return BLOCKED.capacity(enabled[0]?.instanceTypes[0] ?? 'none');
  return undefined;
}

function fits({ instances }: ComputeEnvironment, { vcpus, memoryMiB, gpus }: Requirements): boolean {
  return instances.some(
    (each) => vcpus <= each.vcpus && gpus <= each.gpus && memoryMiB <= usableMemoryMiB(each) && vcpus > 0,
  );
}

/** vCPUs that a queue's environments may still start. */
export function freeVcpus(queue: JobQueue, active: readonly BatchJobRecord[]): number {
  const most = queue.environments.reduce((sum, { maxvCpus }) => sum + maxvCpus, 0);
  const used = active.filter((job) => job.queue === queue).reduce((sum, job) => sum + job.requirements.vcpus, 0);
  return most - used;
}

/** Fair share: whoever uses least goes first; then first come, first served. */
export function nextInLine(
  waiting: readonly BatchJobRecord[],
  active: readonly BatchJobRecord[],
): readonly BatchJobRecord[] {
  const used = (job: BatchJobRecord): number =>
    active.filter((other) => other.queue === job.queue && other.request.shareIdentifier === job.request.shareIdentifier)
      .length;
  return waiting.toSorted((a, b) => used(a) - used(b) || a.createdAt - b.createdAt);
}
