/** A scheduler in front of a stand-in whose containers are small shell scripts: for tests of the scheduler. */
import { randomUUID } from 'node:crypto';
import type { BatchClient } from '@aws-sdk/client-batch';
import { createBatchClient } from '../../../backend/aws/batchClient.ts';
import { observationOfEvent } from '../../../backend/aws/batchEvents.ts';
import { BatchScheduler, type BatchSchedulerOptions } from '../../../backend/aws/batchScheduler.ts';
import type { RunClaims } from '../../../backend/aws/runClaims.ts';
import type { RunObservation, RunSpec } from '../../../backend/core/ports.ts';
import { silentLog } from '../silentLog.ts';
import { type BatchStandIn, type BatchStandInOptions, startBatchStandIn } from './standIn.ts';

export const PREFIX = 'foldpad';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** What a run does stands in the address of its job: the words before `/input/`. */
const SCRIPT = `
case "$3" in
  */succeeds/*) echo '{"progress":{"stage":"predict","step":"search","fraction":0.5}}'; echo done; sleep 0.1 ;;
  */fails/*) echo no luck; exit 1 ;;
  */cannot-predict/*) echo nothing alike; exit 3 ;;
  */lost*/*|*/endless/*) sleep 600 ;;
  *) echo "no such behaviour: $3"; exit 2 ;;
esac
`;

export interface ScheduledWorld {
  readonly scheduler: BatchScheduler;
  readonly standIn: BatchStandIn;
  readonly client: BatchClient;
  /** What the events so far told. */
  readonly reported: readonly RunObservation[];
  close(): Promise<void>;
}

/** Queues that the tests use; the stand-in has whatever the template has. */
export const QUEUES = ['low', 'mid', 'p4', 'cpu', 'cpu-spot'] as const;

export async function scheduledWorld(
  template: unknown,
  claims: RunClaims,
  options: Partial<BatchSchedulerOptions> & { readonly standIn?: Partial<BatchStandInOptions> } = {},
): Promise<ScheduledWorld> {
  const reported: RunObservation[] = [];
  const entrypoint = ['/bin/sh', '-c', SCRIPT, 'runner'];
  const standIn = await startBatchStandIn({
    templates: [template],
    images: ['foldpad/alphafold', 'foldpad/homology'].map((repository) => ({ repository, entrypoint })),
    environment: { PATH: '/usr/bin:/bin' },
    events: [
      {
        deliver: async (event) => {
          const observation = observationOfEvent(event, PREFIX);
          if (observation) reported.push(observation);
        },
        close: () => {},
      },
    ],
    // Batch's shortest time limit, a minute, becomes three tenths of a second.
    secondMs: 5,
    stepMs: 2,
    graceMs: 1_000,
    ...options.standIn,
  });
  const client = createBatchClient({ endpoint: standIn.endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  const scheduler = new BatchScheduler({
    client,
    claims,
    removeLogs: async () => {},
    log: silentLog,
    prefix: PREFIX,
    queues: QUEUES,
    alphafold: true,
    submitsPerSecond: 1000,
    ...options,
  });
  return {
    scheduler,
    standIn,
    client,
    reported,
    close: async () => {
      client.destroy();
      await standIn.stop();
    },
  };
}

/** A run that does what `behaviour` says. */
export function runThat(behaviour: string, changes: Partial<RunSpec> = {}): RunSpec {
  const jobId = changes.jobId ?? randomUUID();
  return {
    jobId,
    runId: randomUUID(),
    jobName: 'HBB_HUMAN',
    owner: 'ada',
    engine: 'homology',
    stage: 'predict',
    queue: 'cpu',
    jobUri: `s3://bucket/${behaviour}/input/${jobId}/`,
    dependsOn: [],
    gpu: 1,
    maxAttempts: 3,
    timeoutSeconds: 36_000,
    ...changes,
  };
}
