import { type CfnComputeEnvironment, CfnJobQueue, type CfnSchedulingPolicy } from 'aws-cdk-lib/aws-batch';
import type { FoldpadStack } from '../foldpadStack.ts';
import { logicalName } from './environments.ts';

const HOUR = 3600;

/**
 * What ends a job that stands at the head of its queue and can never, or not for a day, be started: Batch's own reasons,
 * as the tracker shows them. A request that no machine fulfils ends within minutes; one that waits for capacity may be
 * lucky tomorrow morning.
 */
const TIME_LIMITS: readonly CfnJobQueue.JobStateTimeLimitActionProperty[] = [
  { reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', maxTimeSeconds: HOUR / 6 },
  { reason: 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', maxTimeSeconds: HOUR },
  { reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', maxTimeSeconds: 24 * HOUR },
].map((limit) => ({ ...limit, state: 'RUNNABLE', action: 'CANCEL' }));

/**
 * @param queue name in the catalogue, with `-spot` for the twin
 * @param policy shares the queue between users; without it, first come, first served
 */
export function jobQueue(
  stack: FoldpadStack,
  queue: string,
  jobQueueName: string,
  environment: CfnComputeEnvironment,
  policy: CfnSchedulingPolicy | undefined,
): CfnJobQueue {
  return new CfnJobQueue(stack, `${logicalName(queue)}Queue`, {
    jobQueueName,
    state: 'ENABLED',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: environment.attrComputeEnvironmentArn }],
    jobStateTimeLimitActions: [...TIME_LIMITS],
    ...(policy && { schedulingPolicyArn: policy.attrArn }),
  });
}
