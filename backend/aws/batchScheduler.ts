import {
  type BatchClient,
  DescribeJobsCommand,
  ListJobsCommand,
  SubmitJobCommand,
  type SubmitJobCommandInput,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import type { QueueInfo, Run } from '../api/job.ts';
import { mapConcurrently } from '../core/pages.ts';
import { type Logger, type RunObservation, RunRefused, type RunSpec, type Scheduler } from '../core/ports.ts';
import { isDeclined, isRefusal, Pace, pause, retryBatch } from './batchClient.ts';
import { type BatchJob, batchJobSchema, observationOfJob } from './batchEvents.ts';
import { type BatchQueueOptions, catalogueQueues, inspectBatchQueues } from './batchQueues.ts';
import { type BatchPlace, placeOf, submissionOf } from './batchSubmission.ts';
import type { Claim, RunClaims } from './runClaims.ts';

export interface BatchSchedulerOptions extends BatchQueueOptions {
  /** Made by `createBatchClient`: it must not repeat calls by itself. */
  readonly client: BatchClient;
  readonly claims: RunClaims;
  /** Removes log streams; those that are gone are no error. */
  readonly removeLogs: (streams: readonly string[]) => Promise<void>;
  readonly log: Logger;
  /** SubmitJob calls in a second by this process. Batch takes 50 from an account. Default 10. */
  readonly submitsPerSecond?: number;
  readonly now?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** DescribeJobs takes no more ids in one call. */
const IDS_PER_CALL = 100;
const WIDTH = 4;
const DEFAULT_SUBMITS_PER_SECOND = 10;
/** After this time a claim without a Batch job is not being worked on any more, and ListJobs would show its job. */
const ABANDONED_MS = 60_000;
/** How long to wait for somebody else who is just handing the run over. */
const PATIENCE_MS = 2_000;
const LOOK_AGAIN_MS = 200;
/** What GET /queues shows may be so old. */
const FACTS_FRESH_MS = 30_000;
const LONGEST_REASON = 1_000;

/**
 * Runs as AWS Batch jobs. A run is claimed in the table before it is submitted, so that it becomes one Batch job however
 * often, and by how many at once, it is handed over, and whichever answer is lost.
 */
export class BatchScheduler implements Scheduler {
  readonly #options: BatchSchedulerOptions;
  readonly #now: () => number;
  readonly #sleep: (milliseconds: number) => Promise<void>;
  readonly #pace: Pace;
  readonly #queues: readonly QueueInfo[];
  #inspected: { readonly at: number; readonly queues: readonly QueueInfo[] } | undefined;

  constructor(options: BatchSchedulerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#sleep = options.sleep ?? pause;
    this.#pace = new Pace(options.submitsPerSecond ?? DEFAULT_SUBMITS_PER_SECOND, this.#now, this.#sleep);
    this.#queues = catalogueQueues(options);
  }

  async queues(): Promise<readonly QueueInfo[]> {
    return this.#queues;
  }

  async inspectQueues(): Promise<readonly QueueInfo[]> {
    const now = this.#now();
    if (this.#inspected && now - this.#inspected.at < FACTS_FRESH_MS) return this.#inspected.queues;
    try {
      this.#inspected = { at: now, queues: await inspectBatchQueues(this.#options.client, this.#options) };
      return this.#inspected.queues;
    } catch (error) {
      // What the queues are is known without Batch; only how they are doing is not.
      this.#options.log.warn('queues could not be inspected', { error: `${error}` });
      return this.#queues;
    }
  }

  async submit(run: RunSpec): Promise<{ readonly schedulerId: string }> {
    const submission = submissionOf(run, this.#options);
    const claim = await this.#settled(run, (abandoned) => this.#options.claims.take(run.runId, abandoned));
    if (claim.kind === 'handed-over') return { schedulerId: claim.schedulerId };
    if (claim.kind === 'withdrawn') throw new RunRefused('the run was withdrawn before it was handed over');
    return { schedulerId: await this.#handOver(run, submission, claim.token) };
  }

  async withdraw(run: RunSpec): Promise<{ readonly schedulerId: string } | undefined> {
    const claim = await this.#settled(run, (abandoned) => this.#options.claims.withdraw(run.runId, abandoned));
    return claim.kind === 'handed-over' ? { schedulerId: claim.schedulerId } : undefined;
  }

  /** Asks for a claim until it is not in the hands of somebody else, or of somebody who died over it. */
  async #settled(
    run: RunSpec,
    ask: (abandoned: string | undefined) => Promise<Claim>,
  ): Promise<Exclude<Claim, PendingClaim>> {
    const start = this.#now();
    let abandoned: string | undefined;
    for (;;) {
      const claim = await ask(abandoned);
      if (claim.kind !== 'pending') return claim;
      if (isAbandoned(claim, this.#now())) {
        // What Batch has is written down, for the next question to be answered by.
        const found = await this.#find(placeOf(run, this.#options.prefix));
        if (found !== undefined) await this.#options.claims.record(run.runId, found);
        abandoned = claim.token;
      } else if (this.#now() - start > PATIENCE_MS) {
        throw new Error('the run is being handed to AWS Batch by somebody else, and it is not known yet how that went');
      } else await this.#sleep(LOOK_AGAIN_MS);
    }
  }

  /** Submits a run that this process has claimed. */
  async #handOver(run: RunSpec, submission: SubmitJobCommandInput, token: string): Promise<string> {
    const { claims, prefix } = this.#options;
    const { runId } = run;
    let schedulerId: string;
    try {
      schedulerId = await this.#submitOnce(submission);
    } catch (error) {
      if (isDeclined(error)) {
        await claims.release(runId, token);
        if (isRefusal(error)) throw new RunRefused(`AWS Batch refused it: ${messageOf(error)}`);
        throw error;
      }
      // The job may be there although no answer came. If it does not show yet, the claim keeps others from submitting
      // it again until it would.
      const found = await this.#find(placeOf(run, prefix)).catch(() => undefined);
      if (found === undefined) throw error;
      schedulerId = found;
    }
    await claims.record(runId, schedulerId);
    return schedulerId;
  }

  /** Repeated only while Batch says that it is too busy, for then it has done nothing. */
  async #submitOnce(submission: SubmitJobCommandInput): Promise<string> {
    const submit = async (): Promise<string> => {
      await this.#pace.turn();
      const { jobId } = await this.#options.client.send(new SubmitJobCommand(submission));
      if (jobId === undefined) throw new Error('AWS Batch took the job but did not tell its id');
      return jobId;
    };
    return retryBatch(submit, { sleep: this.#sleep, alsoUnclear: false });
  }

  /** The oldest Batch job of that name. */
  async #find({ jobName, jobQueue }: BatchPlace): Promise<string | undefined> {
    const command = new ListJobsCommand({ jobQueue, filters: [{ name: 'JOB_NAME', values: [jobName] }] });
    const { jobSummaryList = [] } = await this.#retry(() => this.#options.client.send(command)).catch((error) => {
      // A queue that was removed took its jobs along.
      if (isUnknown(error)) return { jobSummaryList: [] };
      throw error;
    });
    const named = jobSummaryList.filter((job) => job.jobName?.toLowerCase() === jobName.toLowerCase());
    return named.toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0))[0]?.jobId;
  }

  async terminate(schedulerId: string, reason: string): Promise<void> {
    const command = new TerminateJobCommand({ jobId: schedulerId, reason: reason.slice(0, LONGEST_REASON) });
    try {
      await this.#retry(() => this.#options.client.send(command));
    } catch (error) {
      // Batch forgets jobs some days after their end.
      if (!isUnknown(error)) throw error;
    }
  }

  async describe(schedulerIds: readonly string[]): Promise<readonly RunObservation[]> {
    const at = new Date(this.#now()).toISOString();
    const jobs = await this.#read(schedulerIds);
    return jobs.flatMap((job) => observationOfJob(job, this.#options.prefix, at) ?? []);
  }

  async #read(ids: readonly string[]): Promise<readonly BatchJob[]> {
    const starts = Array.from({ length: Math.ceil(ids.length / IDS_PER_CALL) }, (_, index) => index * IDS_PER_CALL);
    const pages = await mapConcurrently(starts, WIDTH, async (start) => {
      const command = new DescribeJobsCommand({ jobs: ids.slice(start, start + IDS_PER_CALL) });
      return (await this.#retry(() => this.#options.client.send(command))).jobs ?? [];
    });
    return pages.flat().flatMap((job) => {
      const checked = batchJobSchema.safeParse(job);
      if (!checked.success) this.#options.log.error('a Batch job is not understood', { jobId: job.jobId });
      return checked.success ? [checked.data] : [];
    });
  }

  /** Batch itself forgets its jobs after some days; what would stay for longer are the logs. */
  async forget(schedulerId: string, run?: Run): Promise<void> {
    const at = new Date(this.#now()).toISOString();
    const known = run?.logStreams ?? [];
    const told = (await this.#read([schedulerId])).map((job) => observationOfJob(job, this.#options.prefix, at));
    const streams = new Set([...known, ...told.flatMap((observation) => observation?.logStreams ?? [])]);
    if (streams.size > 0) await this.#options.removeLogs([...streams]);
  }

  #retry<T>(call: () => Promise<T>): Promise<T> {
    return retryBatch(call, { sleep: this.#sleep });
  }
}

type PendingClaim = Extract<Claim, { readonly kind: 'pending' }>;

/** Whether Batch does not know what it was asked about. */
function isUnknown(error: unknown): boolean {
  return isRefusal(error) && /not (be )?found|not exist|invalid job/i.test(messageOf(error));
}

function isAbandoned(claim: PendingClaim, now: number): boolean {
  return claim.token !== '' && now - claim.since >= ABANDONED_MS;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
