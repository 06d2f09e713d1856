import { Fn } from 'aws-cdk-lib';
import { CfnComputeEnvironment } from 'aws-cdk-lib/aws-batch';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import type { CfnInstanceProfile } from 'aws-cdk-lib/aws-iam';
import { type InstanceType, needsNamedImage } from '../../api/machines.ts';
import type { FoldpadStack } from '../foldpadStack.ts';
import { TAGS } from '../names.ts';
import { bootUserData, type LustreMount } from './userData.ts';

/** One compute environment: which instances it may start, where, and what they mount. */
export interface EnvironmentOptions {
  /** Name of the queue in the catalogue, with `-spot` for the twin. */
  readonly queue: string;
  readonly instances: readonly InstanceType[];
  readonly isSpot: boolean;
  readonly maxVcpus: number;
  readonly profile: CfnInstanceProfile;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly lustre: LustreMount | undefined;
}

/** GiB of the root volume: a CUDA image unpacked twice, logs, and scratch where the instance has no disks of its own. */
const ROOT_VOLUME_GIB = 200;

/** A running job may finish before its instance is replaced by one of a changed template: Batch's longest, in minutes. */
const UPDATE_GRACE_MINUTES = 360;

/**
 * A compute environment that is empty while nobody asks for it. It has no fixed name: CloudFormation can then make a
 * new one before it removes the old one when a change needs that.
 */
export function computeEnvironment(stack: FoldpadStack, options: EnvironmentOptions): CfnComputeEnvironment {
  const { queue, instances, isSpot, maxVcpus, profile, subnetIds, securityGroupId } = options;
  const id = logicalName(queue);
  const template = launchTemplate(stack, id, options);
  return new CfnComputeEnvironment(stack, `${id}Environment`, {
    type: 'MANAGED',
    state: 'ENABLED',
    // Without a service role Batch uses its service-linked one, which may also look up why capacity is missing.
    replaceComputeEnvironment: false,
    updatePolicy: { jobExecutionTimeoutMinutes: UPDATE_GRACE_MINUTES, terminateJobsOnUpdate: false },
    computeResources: {
      type: isSpot ? 'SPOT' : 'EC2',
      allocationStrategy: isSpot ? 'SPOT_PRICE_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
      minvCpus: 0,
      // Less than one instance would mean none at all.
      maxvCpus: Math.max(maxVcpus, ...instances.map(({ vcpus }) => vcpus)),
      instanceTypes: instances.map(({ name }) => name),
      instanceRole: profile.attrArn,
      ec2Configuration: [machineImage(stack, instances)],
      launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
      updateToLatestImageVersion: true,
      subnets: [...subnetIds],
      securityGroupIds: [securityGroupId],
      tags: {
        Name: `${stack.config.name}-${queue}`,
        [TAGS.deployment]: stack.config.name,
        [TAGS.part]: 'Compute',
      },
    },
  });
}

/** What the instances boot from. The type is said outright: Batch's default has been another one before. */
function machineImage(
  { config }: FoldpadStack,
  instances: readonly InstanceType[],
): CfnComputeEnvironment.Ec2ConfigurationObjectProperty {
  const imageType = instances.some(({ gpus }) => gpus > 0) ? 'ECS_AL2023_NVIDIA' : 'ECS_AL2023';
  const { p3Machine } = config.images;
  // The configuration refuses such instances without it. Batch never replaces an AMI that is named by a newer one.
  return { imageType, ...(needsNamedImage({ instances }) && p3Machine && { imageIdOverride: p3Machine }) };
}

function launchTemplate(stack: FoldpadStack, id: string, options: EnvironmentOptions): CfnLaunchTemplate {
  const { config } = stack;
  const userData = bootUserData({
    prefix: config.name,
    region: config.region,
    queue: options.queue,
    hasGpu: options.instances.some(({ gpus }) => gpus > 0),
    ...(options.lustre && { lustre: options.lustre }),
  });
  return new CfnLaunchTemplate(stack, `${id}LaunchTemplate`, {
    launchTemplateData: {
      userData: Fn.base64(userData),
      // What cannot be made ready shuts itself down (boot.sh), and is then gone.
      instanceInitiatedShutdownBehavior: 'terminate',
      // Two hops would let containers take the instance's role.
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
      monitoring: { enabled: false },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            volumeType: 'gp3',
            volumeSize: ROOT_VOLUME_GIB,
            throughput: 250,
            encrypted: true,
            deleteOnTermination: true,
          },
        },
      ],
      tagSpecifications: [{ resourceType: 'volume', tags: [{ key: TAGS.deployment, value: config.name }] }],
    },
  });
}

/** `P4Spot` for `p4-spot`. */
export function logicalName(queue: string): string {
  return queue
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}
