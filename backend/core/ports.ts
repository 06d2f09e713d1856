/**
 * What the domain needs from the outside. Local (SQLite, files, processes) and AWS (DynamoDB, S3, SQS, Batch) each
 * implement all of it; the suites in `test/contract/` hold both to the same behaviour.
 */
import type { Engine, Job, JobStatus, LogPage, Progress, QueueInfo, Run, RunStatus, Stage } from '../api/job.ts';

export interface Clock {
  /** Now, ISO 8601 UTC with milliseconds. Never earlier than an earlier answer by design of the callers. */
  now(): string;
}

/** Identifies a retried submission: same owner and key must mean the same request (by fingerprint). */
export interface Idempotency {
  readonly owner: string;
  readonly key: string;
  /** SHA-256 of the request body, hex. */
  readonly fingerprint: string;
}

export type CreateOutcome =
  /** Stored now. */
  | { readonly outcome: 'created' }
  /** The key was used before for the same request: the jobs of that time (those not yet deleted), in order. */
  | { readonly outcome: 'replayed'; readonly jobs: readonly Job[] }
  /** The key was used before for another request; nothing is stored. */
  | { readonly outcome: 'mismatch' };

export interface JobQuery {
  /** Only this owner's jobs. */
  readonly owner?: string;
  /** Only jobs in one of these states. */
  readonly statuses?: readonly JobStatus[];
  /** 1–1000 */
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface JobPage {
  /** Newest first (by `createdAt`, then id). */
  readonly jobs: readonly Job[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** The stored version is not the one the caller read: read again, reduce again, store again. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict';
}

/** The cursor was not made by this store's list (→ 400). */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

export interface JobStore {
  /** Stores all jobs or none. Jobs come with `version: 1`. */
  create(jobs: readonly Job[], idempotency?: Idempotency): Promise<CreateOutcome>;
  get(id: string): Promise<Job | undefined>;
  /** Never a full scan: cost depends on the page, not on the number of jobs. */
  list(query: JobQuery): Promise<JobPage>;
  /**
   * Stores `job` if the stored version is `job.version`, under `job.version + 1`.
   * @returns the job as stored @throws VersionConflict also when the job is gone
   */
  update(job: Job): Promise<Job>;
  /** Removes the job if the stored version is `version`; nothing happens if it is gone. @throws VersionConflict */
  remove(id: string, version: number): Promise<void>;
  /**
   * Removes what a `create` left that died half-way; nobody ever saw these jobs. Only in stores where that can happen.
   * @returns how many jobs
   */
  removeAbandoned?(): Promise<number>;
}

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** ISO 8601 UTC. */
  readonly modifiedAt: string;
}

/** Where a client gets an object's bytes: from here, or at a fresh address that expires. */
export type ObjectDelivery =
  | { readonly kind: 'stream'; readonly size: number; readonly body: ReadableStream<Uint8Array> }
  | { readonly kind: 'redirect'; readonly url: string };

/**
 * The store will not read or write this key: it cannot name an object, or leads out of the store. The message says why,
 * in a sentence for users.
 */
export class ObjectRefused extends Error {
  override readonly name: string = 'ObjectRefused';
}

/**
 * Objects under slash-separated keys, as in S3. Keys never hold empty, `.` or `..` parts.
 * Every method may throw {@link ObjectRefused}.
 */
export interface ObjectStore {
  /** Address of a key or key prefix for the runner: `file://…` or `s3://…`. */
  uri(key: string): string;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** The whole object; `undefined` if there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  stream(key: string): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Atomic: readers see the old object or the whole new one. */
  write(key: string, body: Uint8Array): Promise<void>;
  /** As `write`, only if there is no object yet. @returns whether it was written */
  writeIfAbsent(key: string, body: Uint8Array): Promise<boolean>;
  /** All objects whose key starts with the prefix, in key order. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Removes all objects whose key starts with the prefix (which must not be empty). @returns how many */
  removeAll(prefix: string): Promise<number>;
  /** How to hand the object to a client, to be saved as `fileName`. */
  deliver(key: string, fileName: string): Promise<ObjectDelivery | undefined>;
}

/** Work that outlives a request. Messages may come more than once; handlers are idempotent. */
export type WorkMessage =
  | { readonly kind: 'dispatch'; readonly jobId: string }
  | { readonly kind: 'cancel'; readonly jobId: string }
  | { readonly kind: 'delete'; readonly jobId: string };

export interface ReceivedWork {
  readonly message: WorkMessage;
  readonly receipt: string;
  /** 1 at the first delivery. */
  readonly receiveCount: number;
}

export interface WorkQueue {
  send(messages: readonly WorkMessage[]): Promise<void>;
  /** Up to `max` messages, hidden from others for `visibilitySeconds`; waits up to `waitSeconds` for the first. */
  receive(max: number, waitSeconds: number, visibilitySeconds: number): Promise<readonly ReceivedWork[]>;
  acknowledge(receipt: string): Promise<void>;
  /** Gives the message back, to be seen again after `delaySeconds`. */
  release(receipt: string, delaySeconds: number): Promise<void>;
  /** Messages that were given back too often, with the last reason known. */
  deadLetters(): Promise<readonly WorkMessage[]>;
}

/** One run to be executed. `runId` makes submitting idempotent: the same id is never started twice. */
export interface RunSpec {
  readonly jobId: string;
  readonly runId: string;
  readonly jobName: string;
  readonly owner: string;
  readonly engine: Engine;
  readonly stage: Stage;
  readonly queue: string;
  /** URI of `input/{id}/`. */
  readonly jobUri: string;
  /** Scheduler ids that must succeed first. */
  readonly dependsOn: readonly string[];
  readonly gpu: number;
  readonly maxAttempts: number;
  /** Seconds, per attempt. */
  readonly timeoutSeconds: number;
}

/** {@link RunObservation.failureCode} of a run that never began because one that it needs has failed. */
export const DEPENDENCY_FAILED = 'dependency-failed';

/**
 * What the scheduler knows of a run. Reports may come twice, late or out of order.
 *
 * `FAILED` is final: a failed attempt that will be tried again is reported as `RUNNABLE` of the next attempt, with the
 * cause as its reason. `SUCCEEDED` means that the process ended with exit code 0.
 */
export interface RunObservation {
  readonly jobId: string;
  readonly runId: string;
  /** Empty in a report that comes from the run itself, which does not know it. */
  readonly schedulerId: string;
  readonly status: RunStatus;
  /** 1 for the first try; a retry counts up. */
  readonly attempt: number;
  readonly reason?: string;
  readonly exitCode?: number;
  /**
   * With FAILED, when the scheduler knows more than the exit code tells: `timeout`, `lost`, `out-of-memory`,
   * {@link DEPENDENCY_FAILED} …
   */
  readonly failureCode?: string;
  readonly progress?: Progress;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Names of the log streams of the attempts so far, oldest first. */
  readonly logStreams?: readonly string[];
  /** When the scheduler saw this. */
  readonly at: string;
}

/** The scheduler will never take this run, however often it is asked (an unknown queue, more memory than exists). */
export class RunRefused extends Error {
  override readonly name = 'RunRefused';
}

export interface Scheduler {
  /** The queues there are, as far as is known without asking anybody: on the way of every submission. */
  queues(): Promise<readonly QueueInfo[]>;
  /** As `queues`, with all that can be found out about them now; absent where `queues` tells that too. */
  inspectQueues?(): Promise<readonly QueueInfo[]>;
  /**
   * Hands over a run; asking again with the same `runId` gives the same id and starts nothing.
   * @throws RunRefused when asking again is useless; any other error is worth another try
   */
  submit(run: RunSpec): Promise<{ readonly schedulerId: string }>;
  /**
   * Takes a run out of the hands of whoever may be handing it over, when its id is not known. Needs no scheduler that
   * takes runs, nor a queue that is still there.
   * @returns its id if it was handed over, and then it must still be ended; `undefined` if it was not, and then it never
   *   will be: `submit` refuses it
   * @throws while nobody can know whether it was handed over: worth another try
   */
  withdraw(run: RunSpec): Promise<{ readonly schedulerId: string } | undefined>;
  /** Ends a run in whatever state it is; nothing happens if it has ended or is unknown. */
  terminate(schedulerId: string, reason: string): Promise<void>;
  /** What is known of each; unknown ids are left out. */
  describe(schedulerIds: readonly string[]): Promise<readonly RunObservation[]>;
  /**
   * Forgets an ended run and what it kept (logs, work files).
   * @param run what the job knows of it, for schedulers that have forgotten the rest themselves
   */
  forget(schedulerId: string, run?: Run): Promise<void>;
}

export interface LogSource {
  /**
   * Log lines of all runs of the job, oldest run first, after `cursor` (from the start without one), at most `limit`.
   * @throws InvalidCursor
   */
  read(job: Job, cursor: string | undefined, limit: number): Promise<LogPage>;
  /** The newest `limit` lines; its `next` follows on from there. */
  tail(job: Job, limit: number): Promise<LogPage>;
}

export interface Notifier {
  /** Tells people that a job has ended. Must not throw for a mailbox that is full: it logs. */
  jobEnded(job: Job): Promise<void>;
}

/** What is kept of a key: never the key itself. */
export interface KeyRecord {
  /** The public part of the key, 12 characters a–z and 2–7. */
  readonly id: string;
  /** SHA-256 of the secret part, lower-case hexadecimal. */
  readonly secretHash: string;
  readonly name: string;
  readonly owner: string;
  readonly role: 'user' | 'admin';
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly revokedAt?: string;
  /** The last day of use known, `YYYY-MM-DD` UTC. */
  readonly lastUsedOn?: string;
}

/** The keys of a backend with several users. There are few: `list` may read all of them. */
export interface KeyStore {
  /** @throws Error if there is a key with this id already */
  create(key: KeyRecord): Promise<void>;
  find(id: string): Promise<KeyRecord | undefined>;
  /** All keys, the revoked ones too, newest first (by `createdAt`, then id). */
  list(): Promise<readonly KeyRecord[]>;
  /** Marks a key as revoked; a key that is revoked already keeps its `revokedAt`. @returns it, if there is one */
  revoke(id: string, at: string): Promise<KeyRecord | undefined>;
  /** Notes a day of use (`YYYY-MM-DD`); an unknown id is passed over. */
  noteUse(id: string, day: string): Promise<void>;
}

/** Something for the operator's log; never holds secrets or sequences. */
export interface Logger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}
