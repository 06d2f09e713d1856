/** What is asked of AWS Batch for a run. Pure. */
import { createHash } from 'node:crypto';
import type { SubmitJobCommandInput } from '@aws-sdk/client-batch';
import { findMachine, machineRequest, maxGpus } from '../api/machines.ts';
import { RunRefused, type RunSpec } from '../core/ports.ts';
import { batchJobName, JOB_PARAMETERS } from './batchEvents.ts';

/** Batch takes no shorter time limit, in seconds. */
const SHORTEST_TIMEOUT = 60;
/** Batch takes no more attempts. */
const MOST_ATTEMPTS = 10;
/** A share's name may be so long; letters and digits only. */
const SHARE_NAME_LENGTH = 40;

export interface SubmissionOptions {
  readonly prefix: string;
  /** Names of the queues that were deployed. */
  readonly queues: readonly string[];
}

/** Where a run's Batch job is found, whether or not the queue is still there. */
export interface BatchPlace {
  readonly jobName: string;
  readonly jobQueue: string;
}

export function placeOf(run: Pick<RunSpec, 'runId' | 'queue'>, prefix: string): BatchPlace {
  return { jobName: batchJobName(prefix, run.runId), jobQueue: `${prefix}-${run.queue}` };
}

/**
 * The call that hands the run over.
 * @throws RunRefused when no queue of this deployment could ever take it
 */
export function submissionOf(run: RunSpec, { prefix, queues }: SubmissionOptions): SubmitJobCommandInput {
  const found = queues.includes(run.queue) ? findMachine(run.queue) : undefined;
  if (!found) throw new RunRefused(`there is no queue ${run.queue} in this deployment, only ${queues.join(', ')}`);
  const { machine } = found;
  if (machine.gpuModel !== undefined && run.gpu > maxGpus(machine)) {
    throw new RunRefused(`queue ${run.queue} has ${maxGpus(machine)} GPUs on one machine, ${run.gpu} were asked for`);
  }
  const { vcpus, memoryMiB, gpus } = machineRequest(machine, run.stage, run.gpu);
  return {
    ...placeOf(run, prefix),
    jobDefinition: `${prefix}-${definitionOf(run)}`,
    shareIdentifier: shareOf(run.owner),
    dependsOn: run.dependsOn.map((jobId) => ({ jobId })),
    parameters: {
      [JOB_PARAMETERS.job]: run.jobUri,
      [JOB_PARAMETERS.stage]: run.stage,
      [JOB_PARAMETERS.run]: run.runId,
    },
    containerOverrides: {
      resourceRequirements: [
        { type: 'VCPU', value: `${vcpus}` },
        { type: 'MEMORY', value: `${memoryMiB}` },
        ...(gpus > 0 ? [{ type: 'GPU' as const, value: `${gpus}` }] : []),
      ],
      // A container sees all CPUs of its machine, also those of its neighbours.
      environment: [{ name: 'FOLDPAD_THREADS', value: `${vcpus}` }],
    },
    timeout: { attemptDurationSeconds: Math.max(SHORTEST_TIMEOUT, run.timeoutSeconds) },
    retryStrategy: {
      attempts: Math.min(MOST_ATTEMPTS, Math.max(1, run.maxAttempts)),
      // Only the loss of a machine is bad luck. Without the second rule everything that the first does not match is
      // tried again.
      evaluateOnExit: [
        { onStatusReason: 'Host EC2*', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
    },
    propagateTags: true,
    tags: { 'foldpad:owner': tagValue(run.owner), 'foldpad:job': run.jobId, 'foldpad:run': run.runId },
  };
}

/** Job definitions by what they run. */
function definitionOf({ engine, stage }: RunSpec): 'features' | 'predict' | 'homology' {
  return engine === 'homology' ? 'homology' : stage;
}

/** Fair share goes by user. Names of shares hold letters and digits only; the digest keeps `a.b` and `ab` apart. */
export function shareOf(owner: string): string {
  const plain = owner.replace(/[^A-Za-z0-9]/g, '').slice(0, SHARE_NAME_LENGTH);
  return `${plain}${createHash('sha256').update(owner).digest('hex').slice(0, 8)}`;
}

/** Tags hold letters, digits, spaces and `_ . : / = + - @`, at most 256. */
function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256);
}
