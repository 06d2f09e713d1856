/** The whole AWS backend but for Lambda and API Gateway, in this process: real ports on an emulator and the stand-in. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Job } from '../../../backend/api/job.ts';
import { parseJobRequests } from '../../../backend/api/requests.ts';
import { createBatchClient } from '../../../backend/aws/batchClient.ts';
import { observationOfEvent } from '../../../backend/aws/batchEvents.ts';
import { BatchScheduler } from '../../../backend/aws/batchScheduler.ts';
import { CloudWatchLogSource } from '../../../backend/aws/cloudWatchLogSource.ts';
import { DynamoJobStore } from '../../../backend/aws/dynamoJobStore.ts';
import { removeLogStreams } from '../../../backend/aws/logStream.ts';
import { DynamoRunClaims } from '../../../backend/aws/runClaims.ts';
import { S3ObjectStore } from '../../../backend/aws/s3ObjectStore.ts';
import { SqsWorkQueue } from '../../../backend/aws/sqsWorkQueue.ts';
import type { CoreDeps, Principal } from '../../../backend/core/deps.ts';
import { reconcile } from '../../../backend/core/reconcile.ts';
import { submitJobs } from '../../../backend/core/submit.ts';
import { trackRun } from '../../../backend/core/track.ts';
import { processWork } from '../../../backend/core/work.ts';
import { AwsWorld } from '../awsWorld.ts';
import type { MiniStack } from '../miniStack.ts';
import { MYOGLOBIN } from '../runnerJob.ts';
import { silentLog } from '../silentLog.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { CloudWatchSink } from './sinks.ts';
import { type BatchStandIn, startBatchStandIn } from './standIn.ts';

const PREFIX = 'foldpad';
const LOG_GROUP = '/foldpad/batch';
const RUNNER = path.join(import.meta.dirname, 'twoStageRunner.ts');
export const ADA: Principal = { owner: 'ada', role: 'user' };

export interface AwsBackend {
  readonly deps: CoreDeps;
  readonly standIn: BatchStandIn;
  /** Jobs that the notifier was told of. */
  readonly notified: readonly Job[];
  /** Submits jobs, each told by words of its FASTA header what the test engine shall do. */
  submit(
    jobs: readonly { readonly told?: string; readonly que?: string; readonly name?: string }[],
  ): Promise<readonly Job[]>;
  job(id: string): Promise<Job>;
  /** Works, lets time pass and reconciles (unless told not to), round after round, until it is so. */
  goOnUntil(isSo: () => Promise<boolean>, options?: { readonly reconciling: boolean }): Promise<void>;
  /** Moves the clock of everything but SQS and the containers. */
  pass(seconds: number): void;
  close(): Promise<void>;
}

/** Virtual seconds in one round of `goOnUntil`: three of them, and what is stale is asked for again. */
const ROUND_SECONDS = 25;

export async function startAwsBackend(stack: MiniStack, template: unknown): Promise<AwsBackend> {
  const world = new AwsWorld(stack);
  const table = await world.table();
  const queues = await world.queues(100);
  const bucket = await world.bucket();
  const logsClient = new CloudWatchLogsClient(stack.clientConfig);
  const notified: Job[] = [];
  const scratch = temporaryFolder();
  let passed = 0;
  const now = (): number => Date.now() + passed;

  const track = async (event: unknown): Promise<void> => {
    const observation = observationOfEvent(event, PREFIX);
    if (observation) await trackRun(deps, observation);
  };
  const standIn = await startBatchStandIn({
    templates: [template],
    images: ['foldpad/alphafold', 'foldpad/homology'].map((repository) => ({
      repository,
      entrypoint: [process.execPath, RUNNER],
      environment: { TMPDIR: scratch.folder, FOLDPAD_EVENTS: '' },
    })),
    environment: { ...stack.environment, PATH: process.env.PATH ?? '' },
    logs: new CloudWatchSink(stack.clientConfig),
    events: [{ deliver: track, close: () => {} }],
    slots: 3,
  });
  const batch = createBatchClient({ ...stack.clientConfig, endpoint: standIn.endpoint });
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 20)));
  const group = { client: logsClient, name: LOG_GROUP };
  const logs = new CloudWatchLogSource(group, now);
  const deps: CoreDeps = {
    jobs: new DynamoJobStore(table),
    objects: new S3ObjectStore(bucket),
    work: new SqsWorkQueue(queues),
    scheduler: new BatchScheduler({
      client: batch,
      claims: new DynamoRunClaims(table, now),
      removeLogs: (streams) => removeLogStreams(group, streams),
      log: silentLog,
      prefix: PREFIX,
      queues: ['low', 'p4', 'cpu', 'cpu-spot'],
      alphafold: true,
      submitsPerSecond: 1000,
      now,
      sleep,
    }),
    logs,
    notifier: {
      jobEnded: async (job) => {
        notified.push(job);
      },
    },
    clock: { now: () => new Date(now()).toISOString() },
    newId: randomUUID,
    log: silentLog,
    policy: {
      backend: 'aws',
      version: 'test',
      maxAttempts: 3,
      timeoutSeconds: 3600,
      featuresQueue: 'cpu',
      region: stack.region,
    },
  };
  const job = async (id: string): Promise<Job> => {
    const found = await deps.jobs.get(id);
    if (!found) throw new Error(`no job ${id}`);
    return found;
  };
  const pass = (seconds: number): void => {
    passed += seconds * 1000;
  };
  return {
    deps,
    standIn,
    notified,
    job,
    pass,
    submit: async (jobs) => {
      const requests = jobs.map(({ told = '', que = 'cpu', name = 'Myoglobin' }) => ({
        fasta: name,
        que,
        sequence: `>target ${told}\n${MYOGLOBIN}\n`,
      }));
      return (await submitJobs(deps, ADA, parseJobRequests(requests))).jobs;
    },
    goOnUntil: async (isSo, { reconciling } = { reconciling: true }) => {
      while (!(await isSo())) {
        while ((await processWork(deps, { max: 10, waitSeconds: 0, visibilitySeconds: 60 })) > 0);
        await new Promise((resolve) => setTimeout(resolve, 200));
        pass(ROUND_SECONDS);
        if (reconciling) await reconcile(deps);
      }
    },
    close: async () => {
      await standIn.stop();
      batch.destroy();
      logsClient.destroy();
      await table.remove();
      await queues.remove();
      world.close();
      scratch.remove();
    },
  };
}
