// The deployment that a command is about: its configuration, and what that means in one account.
import { findMachine, type InstanceType, type QueueMachine } from '../../backend/api/machines.ts';
import { type DeploymentConfig, deployedQueues } from '../../backend/infra/config.ts';
import {
  batchQueueName,
  bucketName,
  type ResourceNames,
  resourceNames,
  STACK_PARTS,
  type StackPart,
  stackName,
} from '../../backend/infra/names.ts';
import { EMULATED_PARTS } from '../../backend/infra/stacks.ts';
import type { Identity } from './checks/credentials.ts';
import type { QueueMachines } from './checks/offerings.ts';
import type { QuotaNeed } from './checks/quotas.ts';

export interface Target {
  readonly config: DeploymentConfig;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly names: ResourceNames;
}

export function targetOf(config: DeploymentConfig, identity: Identity): Target {
  const { account, partition } = identity;
  return { config, region: config.region, account, partition, names: resourceNames(config.name) };
}

export function topicArn({ partition, region, account, names }: Target): string {
  return `arn:${partition}:sns:${region}:${account}:${names.topic}`;
}

export function bucketOf({ config, account, region }: Target): string {
  return bucketName(config.name, account, region);
}

export function stackOf({ config }: Target, part: StackPart): string {
  return stackName(config.name, part);
}

/** Names of the Batch job queues. */
export function batchQueues({ config }: Pick<Target, 'config'>): readonly string[] {
  return deployedQueues(config).map((queue) => batchQueueName(config.name, queue));
}

interface DeployedQueue extends QueueMachine {
  readonly queue: string;
}

function machinesOf(config: DeploymentConfig): readonly DeployedQueue[] {
  return deployedQueues(config).flatMap((queue) => {
    const found = findMachine(queue);
    return found === undefined ? [] : [{ queue, ...found }];
  });
}

function smallest(instances: readonly InstanceType[]): InstanceType | undefined {
  return [...instances].sort((a, b) => a.vcpus - b.vcpus)[0];
}

/** What each queue needs of EC2's quotas to run one job at a time. */
export function quotaNeeds(config: DeploymentConfig): readonly QuotaNeed[] {
  return machinesOf(config).flatMap(({ queue, machine, isSpot }) => {
    const least = smallest(machine.instances);
    if (least === undefined) return [];
    return [{ queue, instanceType: least.name, vcpus: least.vcpus, spot: isSpot }];
  });
}

/** The instance types of each queue; Spot twins start the same ones. */
export function queueMachines(config: DeploymentConfig): readonly QueueMachines[] {
  return machinesOf(config)
    .filter(({ isSpot }) => !isSpot)
    .map(({ queue, machine }) => ({ queue, instanceTypes: machine.instances.map(({ name }) => name) }));
}

/** The stacks of a deployment, in the order in which they are deployed; on an emulator those that it can make. */
export function partsOf({ workstation, databases, emulator }: DeploymentConfig): readonly StackPart[] {
  const unwanted: readonly StackPart[] = [
    ...(workstation.enabled ? [] : ['Workstation' as const]),
    // There is nowhere to bring them to.
    ...(databases.fileSystem ? [] : ['Databases' as const]),
  ];
  const possible: readonly StackPart[] = emulator === undefined ? STACK_PARTS : EMULATED_PARTS;
  return STACK_PARTS.filter((part) => possible.includes(part) && !unwanted.includes(part));
}
