/**
 * From AWS Batch's words about a job (an answer of DescribeJobs, or an event) to a {@link RunObservation}. Pure: both
 * ways lead through here, so that a job is seen the same whichever brings the news.
 */
import * as z from 'zod';
import { RUN_STATUSES, type RunStatus, STAGES } from '../api/job.ts';
import { findMachine } from '../api/machines.ts';
import { dropUndefined } from '../api/optional.ts';
import type { RunObservation } from '../core/ports.ts';
import { failureReason, waitingReason } from './batchReasons.ts';

const containerSchema = z.object({
  exitCode: z.number().int().optional(),
  reason: z.string().optional(),
  logStreamName: z.string().optional(),
});

/** What we read of a Batch job; DescribeJobs and events have it alike. Times in milliseconds since 1970. */
export const batchJobSchema = z.object({
  jobId: z.string(),
  jobName: z.string(),
  /** ARN of the job queue. */
  jobQueue: z.string(),
  status: z.enum(RUN_STATUSES),
  statusReason: z.string().optional(),
  attempts: z
    .array(
      z.object({
        container: containerSchema.optional(),
        startedAt: z.number().optional(),
        stoppedAt: z.number().optional(),
        statusReason: z.string().optional(),
      }),
    )
    .optional(),
  container: containerSchema.optional(),
  parameters: z.record(z.string(), z.string()).optional(),
  startedAt: z.number().optional(),
  stoppedAt: z.number().optional(),
  timeout: z.object({ attemptDurationSeconds: z.number().optional() }).optional(),
  isCancelled: z.boolean().optional(),
  isTerminated: z.boolean().optional(),
});
export type BatchJob = z.infer<typeof batchJobSchema>;

/** Parameters that every job of ours carries; `job` is the URI of the job's folder. */
export const JOB_PARAMETERS = { job: 'job', stage: 'stage', run: 'run' } as const;

/** Name of a run's Batch job; by it a submission whose answer was lost is found again. */
export function batchJobName(prefix: string, runId: string): string {
  return `${prefix}-${runId}`;
}

/**
 * What Batch knows of a run; `undefined` for jobs that are not of this deployment.
 *
 * @param prefix of the deployment
 * @param at ISO 8601 UTC: when Batch said so
 */
export function observationOfJob(job: BatchJob, prefix: string, at: string): RunObservation | undefined {
  const runId = job.parameters?.[JOB_PARAMETERS.run];
  const jobId = /\/input\/([^/]+)\/?$/.exec(job.parameters?.[JOB_PARAMETERS.job] ?? '')?.[1];
  if (!runId || !jobId || job.jobName !== batchJobName(prefix, runId)) return undefined;
  const ended = isEnded(job.status);
  const past = (job.attempts ?? []).filter(({ stoppedAt }) => stoppedAt !== undefined);
  const last = ended ? past.at(-1) : undefined;
  const startedAt = last?.startedAt ?? (ended || job.status === 'RUNNING' ? job.startedAt : undefined);
  return dropUndefined({
    jobId,
    runId,
    schedulerId: job.jobId,
    status: job.status,
    // Attempts that have ended are listed; one that waits or goes on comes on top.
    attempt: Math.max(1, ended ? past.length : past.length + 1),
    ...verdictOf(job, prefix, past.length),
    startedAt: isoTime(startedAt),
    endedAt: ended ? isoTime(last?.stoppedAt ?? job.stoppedAt) : undefined,
    logStreams: streamsOf(job),
    at,
  });
}

type Verdict = Pick<RunObservation, 'reason' | 'failureCode' | 'exitCode'>;

function verdictOf(job: BatchJob, prefix: string, lost: number): Verdict {
  const queue = queueName(job.jobQueue, prefix);
  const machines =
    findMachine(queue)
      ?.machine.instances.map(({ name }) => name)
      .join(' or ') ?? 'machines';
  const container = job.attempts?.at(-1)?.container ?? job.container;
  switch (job.status) {
    case 'RUNNABLE':
      return { reason: waitingReason(job.statusReason, queue, machines, lost) };
    case 'SUCCEEDED':
      return { exitCode: container?.exitCode ?? 0 };
    case 'FAILED': {
      const { reason, code } = failureReason(
        {
          statusReason: job.statusReason,
          containerReason: container?.reason ?? job.container?.reason,
          exitCode: container?.exitCode,
          isEndedOnRequest: (job.isCancelled ?? false) || (job.isTerminated ?? false),
          timeoutSeconds: job.timeout?.attemptDurationSeconds,
        },
        queue,
        machines,
      );
      return dropUndefined({ reason, failureCode: code, exitCode: container?.exitCode });
    }
    default:
      return {};
  }
}

function isEnded(status: RunStatus): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/** `p4-spot` from `arn:aws:batch:us-east-1:123456789012:job-queue/foldpad-p4-spot`. */
function queueName(arn: string, prefix: string): string {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name;
}

function streamsOf({ attempts = [], container }: BatchJob): readonly string[] | undefined {
  const names = [...attempts.map((attempt) => attempt.container?.logStreamName), container?.logStreamName];
  const streams = [...new Set(names.filter((name): name is string => !!name))];
  return streams.length > 0 ? streams : undefined;
}

function isoTime(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}

/** Where events come from, and what they are called; the rules that hand them to the tracker match these. */
export const BATCH_EVENTS = {
  source: 'aws.batch',
  stateChange: 'Batch Job State Change',
  queueBlocked: 'Batch Job Queue Blocked',
} as const;
export const RUNNER_EVENTS = { source: 'foldpad.runner', progress: 'Foldpad Progress' } as const;

const batchEventSchema = z.object({
  source: z.literal(BATCH_EVENTS.source),
  'detail-type': z.enum([BATCH_EVENTS.stateChange, BATCH_EVENTS.queueBlocked]),
  time: z.string(),
  detail: batchJobSchema,
});

const progressEventSchema = z.object({
  source: z.literal(RUNNER_EVENTS.source),
  'detail-type': z.literal(RUNNER_EVENTS.progress),
  time: z.string(),
  detail: z.object({
    job_id: z.string(),
    run_id: z.string(),
    attempt: z.number().int().min(1),
    progress: z.object({
      stage: z.enum(STAGES),
      step: z.string(),
      fraction: z.number().min(0).max(1),
      message: z.string().optional(),
    }),
  }),
});

/**
 * What an event of EventBridge tells of a run: a Batch job's change of state, why it blocks its queue, or the progress
 * that the runner reports itself. `undefined` for events that are not about this deployment, or not understood.
 */
export function observationOfEvent(event: unknown, prefix: string): RunObservation | undefined {
  const batch = batchEventSchema.safeParse(event);
  if (batch.success) return observationOfJob(batch.data.detail, prefix, eventTime(batch.data.time));
  const runner = progressEventSchema.safeParse(event);
  if (!runner.success) return undefined;
  const { job_id, run_id, attempt, progress } = runner.data.detail;
  return {
    jobId: job_id,
    runId: run_id,
    schedulerId: '',
    status: 'RUNNING',
    attempt,
    progress: dropUndefined(progress),
    at: eventTime(runner.data.time),
  };
}

/** EventBridge's times have whole seconds; ours are told apart to the millisecond and compared as text. */
function eventTime(time: string): string {
  return new Date(time).toISOString();
}
