import { Aws } from 'aws-cdk-lib';
import { CfnInstanceProfile, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { allow } from '../allow.ts';
import type { FoldpadStack } from '../foldpadStack.ts';
import type { ImageName } from '../names.ts';

/** Of the metrics that instances report; see boot.sh. */
export const METRIC_NAMESPACE = 'Foldpad';

/** The source that a job's own events must have; the bus refuses its role any other. */
export const RUNNER_EVENT_SOURCE = 'foldpad.runner';
export const DATABASES_EVENT_SOURCE = 'foldpad.databases';

/**
 * What an EC2 instance of Batch may do: be an ECS container instance, pull our images, write the jobs' logs, report
 * metrics. It is what AmazonEC2ContainerServiceforEC2Role allows, less what it allows on other people's resources.
 *
 * @returns the instance profile
 */
export function instanceProfile(stack: FoldpadStack, images: readonly ImageName[]): CfnInstanceProfile {
  const role = new Role(stack, 'InstanceRole', {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    description: 'Foldpad: EC2 instances of AWS Batch',
  });
  // Batch makes the clusters and names them; that a machine speaks only for the cluster it is in, ECS sees to itself.
  const clusters = {
    resources: [stack.arn('ecs', 'cluster/*'), stack.arn('ecs', 'container-instance/*')],
    why: 'AWS Batch makes the clusters and chooses their names.',
  };
  const beContainerInstance = [
    'RegisterContainerInstance',
    'DeregisterContainerInstance',
    'UpdateContainerInstancesState',
  ];
  const report = ['SubmitAttachmentStateChanges', 'SubmitContainerStateChange', 'SubmitTaskStateChange'];
  const actions = [...beContainerInstance, 'Poll', 'StartTelemetrySession', ...report].map((action) => `ecs:${action}`);
  allow(role, { ...clusters, actions });
  allow(role, {
    ...clusters,
    actions: ['ecs:TagResource'],
    conditions: { StringEquals: { 'ecs:CreateAction': ['RegisterContainerInstance'] } },
  });
  allow(role, {
    actions: ['ecs:DiscoverPollEndpoint', 'ec2:DescribeTags', 'ecr:GetAuthorizationToken'],
    resources: ['*'],
    why: 'These actions know no resources.',
  });
  allow(role, {
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    why: 'Metrics are no resources; the namespace is our own.',
    conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
  });
  const repositories = images.map((image) => imageRepositoryArn(stack, image)).filter((arn) => arn !== undefined);
  if (repositories.length > 0) {
    allow(role, {
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: repositories,
    });
  }
  allow(role, {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [stack.arn('logs', `log-group:${stack.names.batchLogGroup}:*`)],
    why: 'A log stream is named after the task that writes it.',
  });
  return new CfnInstanceProfile(stack, 'InstanceProfile', { roles: [role.roleName] });
}

const ECR_IMAGE = /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<name>[^:@]+)/;

/** Of our repository, or of that of an image of the user's own; `undefined` where the image lies in no ECR. */
function imageRepositoryArn(stack: FoldpadStack, image: ImageName): string | undefined {
  const own = image === 'databases' ? undefined : stack.config.images[image];
  if (own === undefined) return stack.arn('ecr', `repository/${stack.names.repositories[image]}`);
  const { account, region, name } = ECR_IMAGE.exec(own)?.groups ?? {};
  return name === undefined ? undefined : `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${name}`;
}

/** What the container of a job may do. */
export interface JobRights {
  /** Folders of the bucket, with a slash at the end. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly eventSource: string;
}

/** The role of a job definition's containers. None may delete: a job that goes wrong cannot harm others' results. */
export function jobRole(stack: FoldpadStack, id: string, description: string, rights: JobRights): Role {
  const role = new Role(stack, id, {
    // Batch runs jobs as ECS tasks; another account's tasks must not take this role.
    assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
    description: `Foldpad: ${description}`,
  });
  const objects = (folders: readonly string[]): string[] => folders.map((folder) => `${stack.bucketArn}/${folder}*`);
  const why = 'A job is told by its parameters which folder of the bucket is its own; keys are not known beforehand.';
  if (rights.read.length > 0) allow(role, { actions: ['s3:GetObject'], resources: objects(rights.read), why });
  if (rights.write.length > 0)
    allow(role, { actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: objects(rights.write), why });
  if (rights.read.length > 0) {
    allow(role, {
      actions: ['s3:ListBucket'],
      resources: [stack.bucketArn],
      // S3 answers 404 for a missing object only to who may list; such a request has no prefix.
      conditions: { StringLikeIfExists: { 's3:prefix': rights.read.map((folder) => `${folder}*`) } },
    });
  }
  allow(role, {
    actions: ['events:PutEvents'],
    resources: [stack.arn('events', 'event-bus/default')],
    conditions: { StringEquals: { 'events:source': rights.eventSource } },
  });
  return role;
}
