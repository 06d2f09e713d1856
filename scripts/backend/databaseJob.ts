// The one-time job that downloads AlphaFold's databases: whether it is needed, and how to start it.
import { ListJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET_FOLDERS } from '../../backend/infra/names.ts';
import { isNotFound } from './awsErrors.ts';
import type { AwsClients } from './clients.ts';

/** Where the databases are to be, and the Batch queue that brings them. */
export interface DatabasePlace {
  readonly bucket: string;
  readonly preset: 'reduced' | 'full';
  readonly queue: string;
}

export type DatabaseState =
  | { readonly kind: 'staged'; readonly at: Date | undefined }
  | { readonly kind: 'running'; readonly jobId: string; readonly status: string }
  | { readonly kind: 'failed'; readonly jobId: string; readonly reason: string }
  | { readonly kind: 'absent' };

const LIVE = ['RUNNING', 'STARTING', 'RUNNABLE', 'PENDING', 'SUBMITTED'] as const;

async function newestJob({ batch }: Pick<AwsClients, 'batch'>, queue: string): Promise<DatabaseState> {
  for (const status of [...LIVE, 'FAILED'] as const) {
    const { jobSummaryList: jobs = [] } = await batch.send(new ListJobsCommand({ jobQueue: queue, jobStatus: status }));
    const newest = jobs.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))[0];
    if (newest === undefined) continue;
    const jobId = newest.jobId ?? '';
    if (status !== 'FAILED') return { kind: 'running', jobId, status };
    return { kind: 'failed', jobId, reason: newest.statusReason ?? newest.container?.reason ?? 'no reason is given' };
  }
  return { kind: 'absent' };
}

/** Written last by the job, with the versions of what it has verified. */
function markerKey(): string {
  return `${BUCKET_FOLDERS.databases}databases.json`;
}

/** Whether the databases are there; else what the newest job is about. */
export async function databaseState(
  aws: Pick<AwsClients, 'batch' | 's3'>,
  { bucket, queue }: DatabasePlace,
): Promise<DatabaseState> {
  try {
    const { LastModified: at } = await aws.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: markerKey() }));
    return { kind: 'staged', at };
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return newestJob(aws, queue);
}

/** @returns the Batch job's id */
export async function startStaging(
  { batch }: Pick<AwsClients, 'batch'>,
  { queue, definition, preset }: DatabasePlace & { readonly definition: string },
): Promise<string> {
  const { jobId = '' } = await batch.send(
    new SubmitJobCommand({ jobName: `stage-${preset}-databases`, jobQueue: queue, jobDefinition: definition }),
  );
  return jobId;
}
