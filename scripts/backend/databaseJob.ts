// The one-time job that downloads AlphaFold's databases: whether it is needed, and how to start it.
import { ListJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { GetObjectCommand } from '@aws-sdk/client-s3';
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
  /** There are databases, of the preset that has too few of them. */
  | { readonly kind: 'other'; readonly preset: string }
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

/** What the job says is there; see `container/databases/record.ts`. */
const MANIFEST_KEY = `${BUCKET_FOLDERS.databases}manifest.json`;

/** Which databases are there, all of them, verified; `undefined` while some are missing. */
async function stagedPreset(
  { s3 }: Pick<AwsClients, 's3'>,
  bucket: string,
): Promise<{ readonly preset: string; readonly at: Date | undefined } | undefined> {
  try {
    const { Body: body, LastModified: at } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: MANIFEST_KEY }));
    const manifest = JSON.parse((await body?.transformToString()) ?? '{}') as { preset?: string; complete?: boolean };
    return manifest.complete && manifest.preset !== undefined ? { preset: manifest.preset, at } : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether the databases are there; else what the newest job is about. */
export async function databaseState(
  aws: Pick<AwsClients, 'batch' | 's3'>,
  { bucket, preset, queue }: DatabasePlace,
): Promise<DatabaseState> {
  const staged = await stagedPreset(aws, bucket);
  // The full set holds all of the reduced one.
  if (staged && (staged.preset === preset || staged.preset === 'full')) return { kind: 'staged', at: staged.at };
  const newest = await newestJob(aws, queue);
  return staged && newest.kind === 'absent' ? { kind: 'other', preset: staged.preset } : newest;
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
