import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunObservation, RunSpec } from '../../backend/core/ports.ts';
import { FileLogSource } from '../../backend/local/fileLogSource.ts';
import { FileObjectStore } from '../../backend/local/fileObjectStore.ts';
import { RunFolders } from '../../backend/local/runFolders.ts';
import { SqliteDatabase } from '../../backend/local/sqliteDatabase.ts';
import { SqliteJobStore } from '../../backend/local/sqliteJobStore.ts';
import { SqliteWorkQueue } from '../../backend/local/sqliteWorkQueue.ts';
import { FileStore } from '../../container/runner/fileStore.ts';
import { newScheduler, shellRun } from '../support/localScheduler.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { describeJobStore } from './jobStore.contract.ts';
import { describeLogSource } from './logSource.contract.ts';
import { describeObjectStore } from './objectStore.contract.ts';
import { describeRunnerStore } from './runnerStore.contract.ts';
import { describeScheduler, type RunBehaviour } from './scheduler.contract.ts';
import { describeWorkQueue } from './workQueue.contract.ts';

function newDatabase(): { readonly database: SqliteDatabase; readonly close: () => void } {
  const { folder, remove } = temporaryFolder();
  const database = new SqliteDatabase(path.join(folder, 'foldpad.db'));
  const close = (): void => {
    database.close();
    remove();
  };
  return { database, close };
}

describeJobStore('SQLite', async () => {
  const { database, close } = newDatabase();
  return { store: new SqliteJobStore(database), close };
});

describeWorkQueue('SQLite', async () => {
  const { database, close } = newDatabase();
  let passed = 0;
  const maxReceives = 4;
  const queue = new SqliteWorkQueue(database, { maxReceives, now: () => Date.now() + passed });
  const pass = async (seconds: number): Promise<void> => {
    passed += seconds * 1000;
  };
  return { queue, maxReceives, pass, close };
});

describeObjectStore('files', async () => {
  const { folder, remove } = temporaryFolder();
  return { store: new FileObjectStore(path.join(folder, 'store')), close: remove };
});

describeRunnerStore('files', async () => {
  const { folder, remove } = temporaryFolder();
  return { store: new FileStore(pathToFileURL(`${folder}/`)), close: remove };
});

describeLogSource('files', async () => {
  const { folder, remove } = temporaryFolder();
  const folders = new RunFolders(folder);
  return {
    logs: new FileLogSource(folders),
    append: async (_job, run, lines) => {
      mkdirSync(folders.folder(run.id), { recursive: true });
      const stamped = lines.map((line) => `${new Date().toISOString()} ${line}\n`);
      appendFileSync(folders.attempt(run.id, run.attempt).log, stamped.join(''));
    },
    close: remove,
  };
});

/** Shell scripts for `RunBehaviour`; `$ATTEMPT` is the number of the attempt. */
const SCRIPTS: Readonly<Record<RunBehaviour, string>> = {
  succeeds: `echo '{"progress":{"stage":"predict","step":"search","fraction":0.5}}'; sleep 0.1`,
  fails: 'echo no luck; exit 1',
  'fails-once': '[ "$ATTEMPT" -gt 1 ] || exit 1',
  'cannot-predict': 'echo nothing alike; exit 3',
  endless: 'sleep 600',
};

describeScheduler('processes', async () => {
  const reported: RunObservation[] = [];
  const { scheduler, close } = newScheduler({ slots: 2, onObservation: (each) => reported.push(each) });
  return {
    scheduler,
    reported,
    prepare: async (behaviour: RunBehaviour, changes: Partial<RunSpec> = {}) =>
      shellRun(SCRIPTS[behaviour], { jobId: randomUUID(), ...changes }),
    kept: (id) => scheduler.describe([id]),
    close,
  };
});
