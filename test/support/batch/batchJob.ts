/** One job of the stand-in, and what the Batch API tells of it. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { JobDefinition, JobQueue } from './template.ts';

export type JobStatus = 'SUBMITTED' | 'PENDING' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

const keyValue = z.object({ name: z.string(), value: z.string() });

export const retrySchema = z.object({
  attempts: z.number().int().min(1).max(10).default(1),
  evaluateOnExit: z
    .array(
      z.object({
        action: z.enum(['RETRY', 'EXIT', 'retry', 'exit']),
        onExitCode: z.string().optional(),
        onReason: z.string().optional(),
        onStatusReason: z.string().optional(),
      }),
    )
    .max(5)
    .default([]),
});
export type RetryStrategy = z.infer<typeof retrySchema>;

/** SubmitJob's body, held to the limits of the API reference. Fields that we do not use are refused: they would do nothing here. */
export const submitSchema = z.strictObject({
  jobName: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/),
  jobQueue: z.string(),
  jobDefinition: z.string(),
  shareIdentifier: z
    .string()
    .regex(/^[A-Za-z0-9]{1,255}$/)
    .optional(),
  dependsOn: z
    .array(z.strictObject({ jobId: z.string(), type: z.string().optional() }))
    .max(20)
    .default([]),
  parameters: z.record(z.string(), z.string()).default({}),
  containerOverrides: z
    .strictObject({
      resourceRequirements: z
        .array(z.strictObject({ type: z.enum(['VCPU', 'MEMORY', 'GPU']), value: z.string().regex(/^[1-9]\d*$/) }))
        .default([]),
      environment: z.array(keyValue).default([]),
    })
    .default({ resourceRequirements: [], environment: [] }),
  timeout: z.strictObject({ attemptDurationSeconds: z.number().int().min(60) }).optional(),
  retryStrategy: retrySchema.optional(),
  propagateTags: z.boolean().default(false),
  tags: z
    .record(z.string().max(128), z.string().max(256))
    .refine((tags) => Object.keys(tags).length <= 50)
    .default({}),
});
export type SubmitRequest = z.infer<typeof submitSchema>;

export interface AttemptRecord {
  readonly startedAt?: number;
  readonly stoppedAt: number;
  readonly statusReason: string;
  readonly container: ContainerState;
}

export interface ContainerState {
  exitCode?: number;
  reason?: string;
  logStreamName?: string;
  taskArn?: string;
}

/** Why an attempt is being ended from outside. */
export interface EndRequest {
  readonly kind: 'terminate' | 'timeout' | 'host';
  readonly reason: string;
}

/** vCPUs, MiB and GPUs that a job asks for. */
export interface Requirements {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

/** A job as the stand-in keeps it. */
export class BatchJobRecord {
  readonly id = randomUUID();
  readonly arn: string;
  readonly request: SubmitRequest;
  readonly queue: JobQueue;
  readonly definition: JobDefinition;
  readonly createdAt = Date.now();
  readonly attempts: AttemptRecord[] = [];
  status: JobStatus = 'SUBMITTED';
  statusReason: string | undefined;
  startedAt: number | undefined;
  stoppedAt: number | undefined;
  container: ContainerState = {};
  isCancelled = false;
  isTerminated = false;
  endRequest: EndRequest | undefined;

  constructor(request: SubmitRequest, queue: JobQueue, definition: JobDefinition) {
    this.request = request;
    this.queue = queue;
    this.definition = definition;
    this.arn = queue.arn.replace(/:job-queue\/.*$/, `:job/${this.id}`);
  }

  get isEnded(): boolean {
    return this.status === 'SUCCEEDED' || this.status === 'FAILED';
  }

  /** What SubmitJob says wins over what the definition says. */
  get requirements(): Requirements {
    const value = (type: 'VCPU' | 'MEMORY' | 'GPU'): number => {
      const asked = this.request.containerOverrides.resourceRequirements.find((each) => each.type === type)?.value;
      const usual = this.definition.ContainerProperties.ResourceRequirements.find(({ Type }) => Type === type)?.Value;
      return Number(asked ?? usual ?? 0);
    };
    return { vcpus: value('VCPU'), memoryMiB: value('MEMORY'), gpus: value('GPU') };
  }

  get timeoutSeconds(): number | undefined {
    return this.request.timeout?.attemptDurationSeconds ?? this.definition.Timeout?.AttemptDurationSeconds;
  }

  get retry(): RetryStrategy {
    if (this.request.retryStrategy) return this.request.retryStrategy;
    const { Attempts = 1, EvaluateOnExit = [] } = this.definition.RetryStrategy ?? {};
    return retrySchema.parse({
      attempts: Attempts,
      evaluateOnExit: EvaluateOnExit.map((rule) => ({
        action: rule.Action,
        onExitCode: rule.OnExitCode,
        onReason: rule.OnReason,
        onStatusReason: rule.OnStatusReason,
      })),
    });
  }

  get parameters(): Readonly<Record<string, string>> {
    return { ...this.definition.Parameters, ...this.request.parameters };
  }

  /** The definition's command with its `Ref::name` filled in. */
  get command(): readonly string[] {
    const { parameters } = this;
    return this.definition.ContainerProperties.Command.map((word) => {
      const name = /^Ref::(\w+)$/.exec(word)?.[1];
      return name === undefined ? word : (parameters[name] ?? word);
    });
  }

  get environment(): Readonly<Record<string, string>> {
    const usual = this.definition.ContainerProperties.Environment.map(({ Name, Value }) => [Name, Value]);
    const asked = this.request.containerOverrides.environment.map(({ name, value }) => [name, value]);
    return Object.fromEntries([...usual, ...asked]);
  }

  /** `123456789012.dkr.ecr.us-east-1.amazonaws.com/foldpad/homology:latest` is of `foldpad/homology`. */
  usesImageOf(repository: string): boolean {
    const name = this.definition.ContainerProperties.Image.replace(/[@:][^/]*$/, '');
    return name === repository || name.endsWith(`/${repository}`);
  }

  get logGroup(): string {
    return this.definition.ContainerProperties.LogConfiguration?.Options['awslogs-group'] ?? '/aws/batch/job';
  }

  /** Name of an attempt's log stream, as the awslogs driver of ECS makes it. */
  logStream(task: string): string {
    const prefix = this.definition.ContainerProperties.LogConfiguration?.Options['awslogs-stream-prefix'];
    return `${prefix ?? this.definition.JobDefinitionName}/default/${task}`;
  }

  /** As DescribeJobs and events tell it. */
  detail(): Record<string, unknown> {
    const { vcpus, memoryMiB, gpus } = this.requirements;
    return {
      jobArn: this.arn,
      jobName: this.request.jobName,
      jobId: this.id,
      jobQueue: this.queue.arn,
      status: this.status,
      statusReason: this.statusReason,
      shareIdentifier: this.request.shareIdentifier,
      attempts: this.attempts.map((attempt) => ({ ...attempt, container: { ...attempt.container } })),
      createdAt: this.createdAt,
      startedAt: this.startedAt,
      stoppedAt: this.stoppedAt,
      retryStrategy: this.retry,
      dependsOn: this.request.dependsOn,
      jobDefinition: this.definition.arn,
      parameters: this.parameters,
      container: {
        ...this.container,
        image: this.definition.ContainerProperties.Image,
        command: this.definition.ContainerProperties.Command,
        environment: Object.entries(this.environment).map(([name, value]) => ({ name, value })),
        resourceRequirements: [
          { type: 'VCPU', value: `${vcpus}` },
          { type: 'MEMORY', value: `${memoryMiB}` },
          ...(gpus > 0 ? [{ type: 'GPU', value: `${gpus}` }] : []),
        ],
      },
      timeout: this.timeoutSeconds === undefined ? undefined : { attemptDurationSeconds: this.timeoutSeconds },
      tags: this.request.tags,
      propagateTags: this.request.propagateTags,
      platformCapabilities: ['EC2'],
      isCancelled: this.isCancelled,
      isTerminated: this.isTerminated,
    };
  }

  summary(): Record<string, unknown> {
    const { id, arn, createdAt, status, statusReason, startedAt, stoppedAt, container } = this;
    const { jobName } = this.request;
    const ended = { exitCode: container.exitCode, reason: container.reason };
    const times = { createdAt, startedAt, stoppedAt };
    return { jobId: id, jobArn: arn, jobName, status, statusReason, ...times, container: ended };
  }
}

/** Whether Batch tries again after an attempt that failed: the first rule that matches decides; no match means yes. */
export function isRetried(retry: RetryStrategy, attempts: number, failed: AttemptRecord): boolean {
  if (attempts >= retry.attempts) return false;
  const rule = retry.evaluateOnExit.find(
    ({ onExitCode, onReason, onStatusReason }) =>
      matches(onExitCode, failed.container.exitCode?.toString() ?? '') &&
      matches(onReason, failed.container.reason ?? '') &&
      matches(onStatusReason, failed.statusReason),
  );
  return rule?.action.toUpperCase() !== 'EXIT';
}

/** Patterns may end with a star; letter case does not matter. */
function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  const wanted = pattern.toLowerCase();
  return wanted.endsWith('*') ? text.toLowerCase().startsWith(wanted.slice(0, -1)) : text.toLowerCase() === wanted;
}
