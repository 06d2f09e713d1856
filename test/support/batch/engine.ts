/** What AWS Batch does with jobs: lets them wait, starts them, watches them, tries again, tells everybody. */
import { randomUUID } from 'node:crypto';
import {
  type AttemptRecord,
  BatchJobRecord,
  type EndRequest,
  isRetried,
  type JobStatus,
  type SubmitRequest,
} from './batchJob.ts';
import { ContainerProcess } from './containerProcess.ts';
import { EventStream } from './eventStream.ts';
import { LogBuffer } from './logBuffer.ts';
import { freeVcpus, nextInLine, obstacle, type QueueCondition } from './placement.ts';
import type { EventSink, LogSink } from './sinks.ts';
import type { BatchResources, JobDefinition, JobQueue } from './template.ts';

/** What stands for a container image on this machine. */
export interface LocalImage {
  /** The image whose repository ends with this: `foldpad/homology`. */
  readonly repository: string;
  /** Its entry point: a program and arguments; the job's command follows. */
  readonly entrypoint: readonly string[];
  /** Wins over what definition and job say: this machine has no `/scratch` mounted. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface EngineOptions {
  readonly resources: BatchResources;
  readonly images: readonly LocalImage[];
  /** Of every container, before that of definition, job and image. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logs: LogSink;
  readonly events: readonly EventSink[];
  /** Containers at the same time, whatever the queues' limits are. */
  readonly slots: number;
  /** What a change of state takes, in milliseconds. */
  readonly stepMs: number;
  /** How long a second of Batch's time limits is here, in milliseconds. */
  readonly secondMs: number;
  readonly graceMs: number;
}

/** Batch would answer with a ClientException. */
export class BatchClientError extends Error {
  override readonly name = 'ClientException';
}

export class BatchEngine {
  readonly events: EventStream;
  readonly #options: EngineOptions;
  readonly #jobs = new Map<string, BatchJobRecord>();
  /** Jobs that have not ended: all that is ever gone through. */
  readonly #live = new Set<BatchJobRecord>();
  readonly #containers = new Map<BatchJobRecord, ContainerProcess>();
  readonly #conditions = new Map<string, QueueCondition>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #pumpSoon = false;
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.events = new EventStream(options.events);
  }

  get jobs(): readonly BatchJobRecord[] {
    return [...this.#jobs.values()];
  }

  find(id: string): BatchJobRecord | undefined {
    return this.#jobs.get(id);
  }

  /** @throws BatchClientError as Batch refuses */
  submit(request: SubmitRequest): BatchJobRecord {
    const queue = this.queue(request.jobQueue);
    if (queue.State !== 'ENABLED') throw new BatchClientError(`JobQueue ${queue.JobQueueName} is not enabled.`);
    if (queue.SchedulingPolicyArn !== undefined && request.shareIdentifier === undefined) {
      throw new BatchClientError('A shareIdentifier is required for a job queue with a fair share policy.');
    }
    if (queue.SchedulingPolicyArn === undefined && request.shareIdentifier !== undefined) {
      throw new BatchClientError('A shareIdentifier cannot be used with a job queue without a fair share policy.');
    }
    for (const { jobId } of request.dependsOn) {
      if (!this.#jobs.has(jobId)) throw new BatchClientError(`Job ${jobId} does not exist.`);
    }
    const job = new BatchJobRecord(request, queue, this.#definition(request.jobDefinition));
    this.#jobs.set(job.id, job);
    this.#live.add(job);
    this.#set(job, 'SUBMITTED');
    this.#pump();
    return job;
  }

  /** @throws BatchClientError */
  queue(nameOrArn: string): JobQueue {
    const found = this.#options.resources.queues.find((each) => [each.JobQueueName, each.arn].includes(nameOrArn));
    if (!found) throw new BatchClientError(`JobQueue ${nameOrArn} not found.`);
    return found;
  }

  #definition(wanted: string): JobDefinition {
    const found = this.#options.resources.definitions.find(({ JobDefinitionName: name, arn }) =>
      [name, `${name}:1`, arn].includes(wanted),
    );
    if (!found) throw new BatchClientError(`JobDefinition ${wanted} not found.`);
    return found;
  }

  /** CancelJob, which leaves jobs alone that have been started, and TerminateJob, which does not. */
  end(id: string, reason: string, how: 'cancel' | 'terminate'): void {
    const job = this.#jobs.get(id);
    if (!job || job.isEnded) return;
    const isStarted = job.status === 'STARTING' || job.status === 'RUNNING';
    if (!isStarted) {
      job.isCancelled = how === 'cancel';
      job.isTerminated = how === 'terminate';
      this.#endJob(job, 'FAILED', reason);
    } else if (how === 'terminate') {
      job.isTerminated = true;
      this.#requestEnd(job, { kind: 'terminate', reason });
    }
  }

  /** The instance under a started job goes away. */
  loseHost(id: string): void {
    const job = this.#jobs.get(id);
    if (!job || job.isEnded) return;
    const instance = `i-${randomUUID().replaceAll('-', '').slice(0, 17)}`;
    this.#requestEnd(job, { kind: 'host', reason: `Host EC2 (instance ${instance}) terminated.` });
  }

  /** Sets how a queue is doing from now on. */
  setCondition(queueName: string, condition: QueueCondition): void {
    this.#conditions.set(this.queue(queueName).JobQueueName, condition);
    this.#pump();
  }

  conditionOf({ JobQueueName }: JobQueue): QueueCondition {
    return this.#conditions.get(JobQueueName) ?? {};
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const containers = [...this.#containers.values()];
    for (const container of containers) container.kill();
    await Promise.all(containers.map(({ ended }) => ended));
    await this.events.drain();
  }

  #requestEnd(job: BatchJobRecord, request: EndRequest): void {
    job.endRequest ??= request;
    const container = this.#containers.get(job);
    if (request.kind === 'host') container?.kill();
    else container?.stop();
  }

  #later(milliseconds: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#closed) act();
    }, milliseconds);
    this.#timers.add(timer);
    return timer;
  }

  #pump(): void {
    if (this.#pumpSoon || this.#closed) return;
    this.#pumpSoon = true;
    this.#later(this.#options.stepMs, () => {
      this.#pumpSoon = false;
      for (const job of this.#live) this.#advance(job);
      this.#place();
    });
  }

  #advance(job: BatchJobRecord): void {
    if (job.status === 'SUBMITTED') this.#set(job, job.request.dependsOn.length > 0 ? 'PENDING' : 'RUNNABLE');
    if (job.status === 'PENDING') {
      const needed = job.request.dependsOn.map(({ jobId }) => this.#jobs.get(jobId)?.status);
      if (needed.includes('FAILED')) this.#endJob(job, 'FAILED', 'Dependent Job failed');
      else if (needed.every((status) => status === 'SUCCEEDED')) this.#set(job, 'RUNNABLE');
    }
    if (job.status === 'RUNNABLE') this.#explain(job, obstacle(job, this.conditionOf(job.queue)));
  }

  /** Writes down and tells why a job blocks its queue, and lets the queue's time limits end it. */
  #explain(job: BatchJobRecord, reason: string | undefined): void {
    if (reason === job.statusReason) return;
    job.statusReason = reason;
    if (reason === undefined) return;
    this.#tell(job, 'Batch Job Queue Blocked', [job.arn, job.queue.arn]);
    const limit = job.queue.JobStateTimeLimitActions.find(({ Reason }) => reason.startsWith(Reason));
    if (!limit) return;
    this.#later(limit.MaxTimeSeconds * this.#options.secondMs, () => {
      if (job.status !== 'RUNNABLE' || job.statusReason !== reason) return;
      job.isCancelled = true;
      this.#endJob(job, 'FAILED', `Canceled by JobStateTimeLimit action due to reason: ${limit.Reason}`);
    });
  }

  #place(): void {
    const active = [...this.#live].filter(({ status }) => status === 'STARTING' || status === 'RUNNING');
    const waiting = [...this.#live].filter(
      ({ status, statusReason }) => status === 'RUNNABLE' && statusReason === undefined,
    );
    while (active.length < this.#options.slots) {
      const [next] = nextInLine(waiting, active).filter(
        (job) => job.requirements.vcpus <= freeVcpus(job.queue, active),
      );
      if (!next) return;
      waiting.splice(waiting.indexOf(next), 1);
      active.push(next);
      this.#set(next, 'STARTING');
      this.#later(this.#options.stepMs, () => void this.#run(next));
    }
  }

  async #run(job: BatchJobRecord): Promise<void> {
    const task = randomUUID().replaceAll('-', '');
    const { region, account, partition } = this.#options.resources.deployed;
    const image = this.#options.images.find(({ repository }) => job.usesImageOf(repository));
    job.container = { taskArn: `arn:${partition}:ecs:${region}:${account}:task/foldpad/${task}` };
    if (job.endRequest) return this.#attemptEnded(job, undefined);
    if (!image) {
      job.container.reason = `CannotPullContainerError: ${job.definition.ContainerProperties.Image}: not found`;
      return this.#attemptEnded(job, undefined, 'Task failed to start');
    }
    const log = new LogBuffer(this.#options.logs, job.logGroup, job.logStream(task));
    job.container.logStreamName = log.stream;
    job.startedAt = Date.now();
    this.#set(job, 'RUNNING');
    const container = new ContainerProcess({
      argv: [...image.entrypoint, ...job.command],
      environment: {
        ...this.#options.environment,
        ...job.environment,
        ...image.environment,
        AWS_BATCH_JOB_ID: job.id,
        AWS_BATCH_JOB_ATTEMPT: `${job.attempts.length + 1}`,
        AWS_BATCH_JQ_NAME: job.queue.JobQueueName,
        AWS_BATCH_CE_NAME: job.queue.environments[0]?.name ?? '',
      },
      onLine: (line) => log.add(line),
      graceMs: this.#options.graceMs,
    });
    this.#containers.set(job, container);
    const limit = job.timeoutSeconds;
    const timer =
      limit === undefined
        ? undefined
        : this.#later(limit * this.#options.secondMs, () =>
            this.#requestEnd(job, { kind: 'timeout', reason: 'Job attempt duration exceeded timeout' }),
          );
    const exitCode = await container.ended;
    clearTimeout(timer);
    this.#containers.delete(job);
    await log.close();
    if (!this.#closed) this.#attemptEnded(job, exitCode);
  }

  #attemptEnded(job: BatchJobRecord, exitCode: number | undefined, why = 'Essential container in task exited'): void {
    const ending = job.endRequest;
    job.endRequest = undefined;
    if (exitCode !== undefined && ending?.kind !== 'host') job.container.exitCode = exitCode;
    const attempt: AttemptRecord = {
      ...(job.startedAt !== undefined && { startedAt: job.startedAt }),
      stoppedAt: Date.now(),
      statusReason: ending?.reason ?? why,
      container: job.container,
    };
    job.attempts.push(attempt);
    const isFinal = ending?.kind === 'terminate' || ending?.kind === 'timeout';
    if (!ending && exitCode === 0) this.#endJob(job, 'SUCCEEDED', why);
    else if (isFinal || !isRetried(job.retry, job.attempts.length, attempt)) {
      this.#endJob(job, 'FAILED', attempt.statusReason);
    } else {
      job.container = {};
      job.startedAt = undefined;
      this.#set(job, 'RUNNABLE');
      this.#pump();
    }
  }

  #endJob(job: BatchJobRecord, status: 'SUCCEEDED' | 'FAILED', reason: string): void {
    job.stoppedAt = Date.now();
    this.#live.delete(job);
    this.#set(job, status, reason);
    this.#pump();
  }

  #set(job: BatchJobRecord, status: JobStatus, reason?: string): void {
    job.status = status;
    job.statusReason = reason;
    this.#tell(job, 'Batch Job State Change', [job.arn]);
  }

  #tell(job: BatchJobRecord, detailType: string, resources: readonly string[]): void {
    const time = `${new Date().toISOString().slice(0, 19)}Z`;
    const detail = JSON.parse(JSON.stringify(job.detail()));
    this.events.emit({ source: 'aws.batch', 'detail-type': detailType, time, resources, detail });
  }
}
