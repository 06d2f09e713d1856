// All checks, before a deployment and of one that is there.
import { lustreSize } from '../../backend/infra/lustre.ts';
import { findingsOf } from './awsErrors.ts';
import { apiUrl, checkApi } from './checks/api.ts';
import { checkComputeEnvironments, checkJobQueues } from './checks/batch.ts';
import { checkBootstrap } from './checks/bootstrap.ts';
import { checkDatabases } from './checks/databases.ts';
import { checkDeadLetters } from './checks/deadLetters.ts';
import { checkImage } from './checks/images.ts';
import { checkLustre } from './checks/lustre.ts';
import { checkMail } from './checks/mail.ts';
import { checkOfferings } from './checks/offerings.ts';
import { checkInstanceQuotas, checkLustreQuota } from './checks/quotas.ts';
import { checkShareKey } from './checks/shareKey.ts';
import { checkStacks, describeStack } from './checks/stacks.ts';
import type { AwsClients } from './clients.ts';
import { type Finding, missing } from './findings.ts';
import { imagesOf } from './imageBuilds.ts';
import { batchQueues, bucketOf, partsOf, queueMachines, quotaNeeds, stackOf, type Target, topicArn } from './target.ts';

/** What the account and the region must allow. */
export async function examineAccount(
  aws: AwsClients,
  { config, account, region }: Target,
): Promise<readonly Finding[]> {
  const groups = await Promise.all([
    findingsOf('CDK bootstrap', () => checkBootstrap(aws, account, region)),
    findingsOf('instance types', () => checkOfferings(aws, region, queueMachines(config))),
    checkInstanceQuotas(aws, region, quotaNeeds(config)),
    config.databases.fileSystem
      ? findingsOf('quota for FSx for Lustre', () => {
          const { deploymentType, capacityGiB } = lustreSize(config);
          return checkLustreQuota(aws, region, deploymentType, capacityGiB);
        })
      : [],
  ]);
  return groups.flat();
}

async function isDeployed(aws: AwsClients, stacks: readonly string[]): Promise<boolean> {
  const found = await Promise.all(stacks.map((name) => describeStack(aws, name)));
  return found.some((stack) => stack !== undefined);
}

/** What the deployment itself lacks; one finding if there is none. */
export async function examineDeployment(aws: AwsClients, target: Target): Promise<readonly Finding[]> {
  const { config, names, region } = target;
  const stacks = partsOf(config).map((part) => stackOf(target, part));
  if (!(await isDeployed(aws, stacks))) {
    return [missing('deployment', `there is no ${config.name} in ${region}.`, 'Run: npm run deploy:backend')];
  }
  const withDatabases = config.databases.fileSystem && config.queues.some((queue) => queue !== 'cpu');
  const queues = batchQueues(target);
  // The queue of the job that brings the databases takes no predictions, but has machines as well.
  const served = partsOf(config).includes('Databases') ? [...queues, names.databaseQueue] : queues;
  const groups = await Promise.all([
    findingsOf('stacks', () => checkStacks(aws, region, stacks)),
    findingsOf('API', async () => checkApi(await apiUrl(aws, names.parameters.apiUrl))),
    findingsOf('key of the download links', () => checkShareKey(aws, names.shareKeyParameter)),
    findingsOf('mail', () => checkMail(aws, topicArn(target))),
    ...imagesOf(target).map((image) => findingsOf(`image for ${image.engine}`, () => checkImage(aws, image))),
    withDatabases
      ? findingsOf('file system of the databases', () => checkLustre(aws, names.parameters.lustreFileSystemId))
      : [],
    withDatabases
      ? findingsOf('databases', () =>
          checkDatabases(aws, {
            bucket: bucketOf(target),
            preset: config.databases.preset,
            queue: names.databaseQueue,
          }),
        )
      : [],
    findingsOf('compute environments', () => checkComputeEnvironments(aws, served)),
    findingsOf('job queues', () => checkJobQueues(aws, queues, Date.now())),
    findingsOf('work that was given up', () => checkDeadLetters(aws, region, names.deadQueue, 'work')),
    findingsOf('events that were given up', () => checkDeadLetters(aws, region, names.deadEvents, 'events')),
  ]);
  return groups.flat();
}
