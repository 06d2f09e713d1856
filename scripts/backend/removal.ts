// Takes a deployment apart: what must be empty or idle before CloudFormation can remove it.
import { type JobStatus, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { BatchDeleteImageCommand, type ImageIdentifier, ListImagesCommand } from '@aws-sdk/client-ecr';
import { DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { isNotFound } from './awsErrors.ts';
import { describeStack } from './checks/stacks.ts';
import type { AwsClients } from './clients.ts';

/** Removing Batch's environments and a file system takes longest. */
const STACK_SECONDS = 45 * 60;

const LIVE: readonly JobStatus[] = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'];

async function nothingIfGone(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (isNotFound(error) || /does not exist/.test(String(error))) return 0;
    throw error;
  }
}

/** Ends every job of a Batch queue: a queue with jobs cannot be removed. @returns how many */
export async function endJobs({ batch }: Pick<AwsClients, 'batch'>, queue: string): Promise<number> {
  return nothingIfGone(async () => {
    let count = 0;
    for (const jobStatus of LIVE) {
      let next: string | undefined;
      do {
        const page = await batch.send(
          new ListJobsCommand({ jobQueue: queue, jobStatus, ...(next === undefined ? {} : { nextToken: next }) }),
        );
        for (const { jobId } of page.jobSummaryList ?? []) {
          await batch.send(new TerminateJobCommand({ jobId, reason: 'the deployment is being removed' }));
          count++;
        }
        next = page.nextToken;
      } while (next !== undefined);
    }
    return count;
  });
}

/** Removes every object of a bucket, older versions too. @returns how many */
export async function emptyBucket(
  { s3 }: Pick<AwsClients, 's3'>,
  bucket: string,
  tell: (removed: number) => void = () => {},
): Promise<number> {
  return nothingIfGone(async () => {
    let count = 0;
    for (;;) {
      // Always from the start: what was listed is gone by the time of the next page.
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
      const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(
        ({ Key: key, VersionId: version }) => ({
          Key: key,
          VersionId: version,
        }),
      );
      if (objects.length === 0) return count;
      const { Errors: errors = [] } = await s3.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
      );
      if (errors.length > 0) {
        throw new Error(
          `${errors.length} objects of ${bucket} could not be removed: ${errors[0]?.Key}: ${errors[0]?.Message}`,
        );
      }
      count += objects.length;
      tell(count);
    }
  });
}

/** Removes every image of a repository. @returns how many */
export async function emptyRepository({ ecr }: Pick<AwsClients, 'ecr'>, repository: string): Promise<number> {
  return nothingIfGone(async () => {
    let count = 0;
    for (;;) {
      const { imageIds = [] } = await ecr.send(new ListImagesCommand({ repositoryName: repository, maxResults: 100 }));
      if (imageIds.length === 0) return count;
      // An image goes with its last tag; asked for by digest it goes at once.
      const digests = [...new Set(imageIds.map(({ imageDigest }) => imageDigest))];
      const ids: ImageIdentifier[] = digests.map((imageDigest) => ({ imageDigest }));
      const { failures = [] } = await ecr.send(
        new BatchDeleteImageCommand({ repositoryName: repository, imageIds: ids }),
      );
      // An index must go before what it lists; the next round takes the rest.
      if (failures.length === ids.length) {
        throw new Error(`images of ${repository} could not be removed: ${failures[0]?.failureReason}`);
      }
      count += ids.length - failures.length;
    }
  });
}

/** The first resource that would not go, and why. */
async function whyNotRemoved({ cloudFormation }: Pick<AwsClients, 'cloudFormation'>, stackId: string): Promise<string> {
  const { StackEvents: events = [] } = await cloudFormation.send(
    new DescribeStackEventsCommand({ StackName: stackId }),
  );
  const failed = events.filter(({ ResourceStatus: status }) => status === 'DELETE_FAILED');
  const first = failed.at(-1);
  return first === undefined ? '' : `${first.LogicalResourceId}: ${first.ResourceStatusReason ?? 'no reason is given'}`;
}

/** Removes a stack and waits. @returns false if there was none @throws Error with CloudFormation's reason */
export async function removeStack(
  aws: Pick<AwsClients, 'cloudFormation'>,
  name: string,
  pollSeconds = 10,
): Promise<boolean> {
  const stack = await describeStack(aws, name);
  if (stack === undefined) return false;
  await aws.cloudFormation.send(new DeleteStackCommand({ StackName: name }));
  try {
    await waitUntilStackDeleteComplete(
      { client: aws.cloudFormation, maxWaitTime: STACK_SECONDS, minDelay: pollSeconds, maxDelay: pollSeconds },
      { StackName: stack.StackId ?? name },
    );
    return true;
  } catch (error) {
    const why = await whyNotRemoved(aws, stack.StackId ?? name).catch(() => '');
    throw new Error(`${name} could not be removed. ${why || String(error)}`, { cause: error });
  }
}
