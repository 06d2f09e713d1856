import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Job, LogLine, LogPage, QueueInfo } from '../../backend/api/job.ts';
import type { Result } from '../../backend/api/result.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import type { CoreDeps, Policy, Principal } from '../../backend/core/deps.ts';
import type { KeyStore, LogSource } from '../../backend/core/ports.ts';
import { processWork } from '../../backend/core/work.ts';
import { FileObjectStore } from '../../backend/local/fileObjectStore.ts';
import { SqliteDatabase } from '../../backend/local/sqliteDatabase.ts';
import { SqliteJobStore } from '../../backend/local/sqliteJobStore.ts';
import { SqliteWorkQueue } from '../../backend/local/sqliteWorkQueue.ts';
import { ManualScheduler } from './manualScheduler.ts';
import { temporaryFolder } from './temporaryFolder.ts';

export const ADA: Principal = { owner: 'ada', role: 'user' };
export const BOB: Principal = { owner: 'bob', role: 'user' };
export const ROOT: Principal = { owner: 'root', role: 'admin' };

/** A chain of 46 residues (crambin) that every engine takes. */
export const CRAMBIN = '>1CRN crambin\nTTCCPSIVARSNFNVCRLPGTPEAICATYTGCIIIPGATCPGDYAN\n';

/** Lines that a test puts there; the cursor is the number of lines read. */
class ScriptedLogs implements LogSource {
  readonly lines = new Map<string, LogLine[]>();

  async read(job: Job, cursor: string | undefined, limit: number): Promise<LogPage> {
    const all = this.lines.get(job.id) ?? [];
    const start = Number(cursor ?? 0);
    const lines = all.slice(start, start + limit);
    return { lines, next: `${start + lines.length}`, done: start + lines.length >= all.length };
  }

  async tail(job: Job, limit: number): Promise<LogPage> {
    return this.read(job, `${Math.max(0, (this.lines.get(job.id) ?? []).length - limit)}`, limit);
  }
}

export interface CoreWorld {
  readonly deps: CoreDeps;
  readonly scheduler: ManualScheduler;
  readonly logs: ScriptedLogs;
  /** Jobs that the notifier was told of, in order. */
  readonly notified: Job[];
  /** Errors and warnings logged. */
  readonly logged: string[];
  /** Moves the clock on. */
  readonly pass: (seconds: number) => void;
  /** Does all work that waits. */
  readonly work: () => Promise<void>;
  readonly job: (id: string) => Promise<Job>;
  /** Puts a valid result and its files where the runner would. */
  readonly publish: (job: Job, changes?: Partial<Result>) => Promise<Result>;
  readonly keys: (prefix: string) => Promise<readonly string[]>;
  readonly close: () => void;
}

/**
 * Core over the real local stores in a folder of its own (or those that the test brings), with a scheduler and a clock
 * that the test moves.
 */
export function coreWorld(
  options: {
    readonly queues?: readonly QueueInfo[];
    readonly policy?: Partial<Policy>;
    readonly keys?: KeyStore;
    /** In place of the local ones. */
    readonly stores?: Pick<CoreDeps, 'jobs' | 'objects' | 'work'>;
  } = {},
): CoreWorld {
  const { folder, remove } = temporaryFolder();
  const database = new SqliteDatabase(path.join(folder, 'foldpad.sqlite'));
  const objects = options.stores?.objects ?? new FileObjectStore(path.join(folder, 'store'));
  const logs = new ScriptedLogs();
  const notified: Job[] = [];
  const logged: string[] = [];
  let now = Date.parse('2026-11-22T10:00:00.000Z');
  const tick = (): string => {
    now += 1;
    return new Date(now).toISOString();
  };
  const scheduler = new ManualScheduler(tick, options.queues);
  const log = (message: string, facts?: object): void => {
    logged.push(`${message} ${JSON.stringify(facts ?? {})}`);
  };
  const deps: CoreDeps = {
    jobs: options.stores?.jobs ?? new SqliteJobStore(database, () => now),
    objects,
    work: options.stores?.work ?? new SqliteWorkQueue(database, { now: () => now }),
    scheduler,
    logs,
    notifier: {
      jobEnded: async (job) => {
        notified.push(job);
      },
    },
    ...(options.keys && { keys: options.keys }),
    clock: { now: tick },
    newId: randomUUID,
    log: { info: () => {}, warn: log, error: log },
    policy: {
      backend: 'local',
      version: '1.2.3',
      defaultQueue: scheduler.list[0]?.name ?? '',
      maxAttempts: 3,
      timeoutSeconds: 60,
      ...options.policy,
    },
  };

  const work = async (): Promise<void> => {
    while ((await processWork(deps, { max: 10, waitSeconds: 0, visibilitySeconds: 60 })) > 0);
  };
  const job = async (id: string): Promise<Job> => {
    const found = await deps.jobs.get(id);
    if (!found) throw new Error(`no job ${id}`);
    return found;
  };
  const publish = async (target: Job, changes: Partial<Result> = {}): Promise<Result> => {
    const pdb = new TextEncoder().encode(
      'ATOM      1  CA  ALA A   1       0.000   0.000   0.000  1.00 90.00           C\n',
    );
    const file = 'attempt-1-9f3c2a/ranked_0.pdb';
    const result: Result = {
      schema: 1,
      job_id: target.id,
      name: target.name,
      engine: target.engine,
      engine_version: 'test',
      method: 'test',
      confidence_metric: 'estimated CA-lDDT',
      sequence_length: 46,
      models: [{ rank: 0, name: 'm', mean_confidence: 81.5, residues_modelled: 46, files: { pdb: file } }],
      files: [{ path: file, size: pdb.length, sha256: createHash('sha256').update(pdb).digest('hex') }],
      timings: { build: 1 },
      provenance: {
        software: {},
        databases: [],
        created_at: '2026-11-22T10:00:00.000Z',
        attempt: 1,
        runner_version: 'test',
      },
      warnings: [],
      ...changes,
    };
    await objects.write(jobKeys.outputFolder(target.id) + file, pdb);
    await objects.write(jobKeys.result(target.id), new TextEncoder().encode(JSON.stringify(result)));
    return result;
  };
  const keys = async (prefix: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { key } of objects.list(prefix)) found.push(key);
    return found;
  };
  return {
    deps,
    scheduler,
    logs,
    notified,
    logged,
    pass: (seconds) => {
      now += seconds * 1000;
    },
    work,
    job,
    publish,
    keys,
    close: () => {
      database.close();
      remove();
    },
  };
}
