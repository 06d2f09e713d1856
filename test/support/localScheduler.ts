import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, RunObservation, RunSpec } from '../../backend/core/ports.ts';
import { describeLocalQueue, LOCAL_QUEUE } from '../../backend/local/localQueue.ts';
import { attemptProcesses, signalProcess } from '../../backend/local/processes.ts';
import { ProcessScheduler, type ProcessSchedulerOptions } from '../../backend/local/processScheduler.ts';
import { RunFolders } from '../../backend/local/runFolders.ts';
import { attemptMark } from '../../backend/local/runRecord.ts';
import { RunTable } from '../../backend/local/runTable.ts';
import { SqliteDatabase } from '../../backend/local/sqliteDatabase.ts';
import { temporaryFolder } from './temporaryFolder.ts';

export const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A run whose "prediction" is a shell script; `$ATTEMPT` is the attempt, `$STATUS` its status file. */
export function shellRun(script: string, changes: Partial<RunSpec> = {}): RunSpec {
  return {
    jobId: randomUUID(),
    runId: randomUUID(),
    jobName: 'a test',
    owner: 'ada',
    engine: 'homology',
    stage: 'predict',
    queue: LOCAL_QUEUE,
    jobUri: `data:,${encodeURIComponent(script)}`,
    dependsOn: [],
    gpu: 1,
    maxAttempts: 1,
    timeoutSeconds: 60,
    ...changes,
  };
}

export interface SchedulerOnDisk {
  readonly folder: string;
  readonly scheduler: ProcessScheduler;
  readonly folders: RunFolders;
  readonly database: SqliteDatabase;
  /** Ends all runs, forgets everything. */
  readonly close: () => Promise<void>;
}

/** A real scheduler on a folder of its own (or the one given) whose runs are shell scripts. */
export function newScheduler(
  options: Partial<ProcessSchedulerOptions> & { readonly folder?: string } = {},
): SchedulerOnDisk {
  const { folder, remove } =
    options.folder === undefined ? temporaryFolder() : { folder: options.folder, remove: () => undefined };
  mkdirSync(folder, { recursive: true });
  const database = new SqliteDatabase(path.join(folder, 'foldpad.db'));
  const folders = new RunFolders(path.join(folder, 'runs'));
  const table = new RunTable(database);
  const scheduler = new ProcessScheduler({
    table,
    folders,
    slots: 1,
    commandFor: (run, paths) => ({
      command: ['/bin/sh', '-c', decodeURIComponent(run.jobUri.slice('data:,'.length))],
      environment: { ATTEMPT: String(paths.attempt), STATUS: paths.status },
    }),
    onObservation: () => undefined,
    describeQueue: async () => describeLocalQueue(1, { available: true }),
    queueName: LOCAL_QUEUE,
    log: SILENT,
    graceMs: 200,
    tickMs: 20,
    ...options,
  });
  scheduler.start();
  const close = async (): Promise<void> => {
    scheduler.close();
    await killLeftovers(table);
    database.close();
    remove();
  };
  return { folder, scheduler, folders, database, close };
}

/** Whatever a scheduler has left alive. */
async function killLeftovers(table: RunTable): Promise<void> {
  for (const record of table.live()) {
    const alive = record.process ? attemptProcesses(record.process, attemptMark(record)) : [];
    for (const each of alive) signalProcess(each, 'SIGKILL');
  }
}

/** Polls until the run has one of the states. */
export async function untilStatus(
  scheduler: ProcessScheduler,
  runId: string,
  ...statuses: readonly RunObservation['status'][]
): Promise<RunObservation> {
  for (;;) {
    const [observation] = await scheduler.describe([runId]);
    if (observation && statuses.includes(observation.status)) return observation;
    await sleep(10);
  }
}
