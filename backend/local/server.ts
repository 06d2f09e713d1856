import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import manifest from '../../package.json' with { type: 'json' };
import { LIVE_STATUSES } from '../api/job.ts';
import type { ProblemError } from '../api/problem.ts';
import type { CoreDeps } from '../core/deps.ts';
import { reconcile } from '../core/reconcile.ts';
import { trackRun } from '../core/track.ts';
import { createApp } from '../http/app.ts';
import { keyOf } from '../http/authorization.ts';
import { isSameKey, LOCAL_PRINCIPAL, loadKey, refuseForeign } from './auth.ts';
import { createCancelFront } from './cancelFront.ts';
import { type Announcement, DataDirectory } from './dataDirectory.ts';
import { availabilityOf, EngineCheck } from './engineCheck.ts';
import { FileLogSource } from './fileLogSource.ts';
import { FileObjectStore } from './fileObjectStore.ts';
import { KeyedChain } from './keyedChain.ts';
import { type Capacity, chooseCapacity, chooseLibrary, describeLocalQueue, LOCAL_QUEUE } from './localQueue.ts';
import { ProcessScheduler } from './processScheduler.ts';
import { RunFolders } from './runFolders.ts';
import { attemptCommand, findRunner, runtimeEnvironment } from './runnerCommand.ts';
import { RunTable } from './runTable.ts';
import { ServerLog } from './serverLog.ts';
import { SqliteDatabase } from './sqliteDatabase.ts';
import { SqliteJobStore } from './sqliteJobStore.ts';
import { SqliteWorkQueue } from './sqliteWorkQueue.ts';
import { runWorkers } from './workers.ts';

export interface LocalServerOptions extends Partial<Capacity> {
  readonly dataDirectory: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Folder of the engine's template library. */
  readonly library?: string;
  /** Ends the server after so many seconds without a request and without a live job. */
  readonly idleExitSeconds?: number;
  /** Program and first arguments of the runner; default: the one beside this program. */
  readonly runnerCommand?: readonly string[];
}

export interface LocalServer {
  readonly announcement: Announcement;
  /** Stops serving. Predictions that run go on; the next server on the same data directory takes them over. */
  close(): Promise<void>;
  /** Resolves when the server has stopped, whoever stopped it. */
  readonly closed: Promise<void>;
}

const MAX_ATTEMPTS = 3;
/** One attempt, the building of the template library included. */
const ATTEMPT_TIMEOUT_SECONDS = 2 * 3600;
const RECONCILE_EVERY_MS = 30_000;
const IDLE_LOOK_MS = 1000;
const CLOSE_GRACE_MS = 5000;
/** Longer than the editor's longest pause between polls, so that its connection stays open. */
const KEEP_ALIVE_MS = 65_000;
const UNFINISHED_AFTER_MS = 24 * 3600 * 1000;

/**
 * Starts the local backend on a data directory.
 *
 * @throws DirectoryInUse, NewerSchema, PortInUse
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const directory = await DataDirectory.open(options.dataDirectory);
  try {
    return await startOn(directory, options);
  } catch (error) {
    directory.close();
    throw error;
  }
}

/** Another program listens on the port. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

async function startOn(directory: DataDirectory, options: LocalServerOptions): Promise<LocalServer> {
  const log = new ServerLog(directory.path('server.log'));
  const keyFile = directory.path('key');
  const key = loadKey(keyFile);
  const database = new SqliteDatabase(directory.path('foldpad.db'));
  const chain = new KeyedChain();
  const parts = assemble(directory, database, log, options, chain);
  const { deps, scheduler, work, objects, engine } = parts;

  const app = createApp(deps, {
    authenticate: async (authorization) => {
      const given = keyOf(authorization);
      return given !== undefined && isSameKey(key, given) ? LOCAL_PRINCIPAL : undefined;
    },
  });
  const activity = new Activity();
  const http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  const front = createCancelFront(http);
  let port: number;
  try {
    port = await listen(front.server, options.port);
  } catch (error) {
    database.close();
    throw error;
  }
  http.on('request', guarded(getRequestListener(app.fetch, { overrideGlobalObjects: false }), port, activity));

  const announcement = { url: `http://127.0.0.1:${port}`, keyFile, pid: process.pid, version: manifest.version };
  log.info('server started', { ...announcement });
  work.recover();
  scheduler.start();
  const workers = runWorkers(deps, work, chain);
  const reconciler = new Reconciler(deps);
  const unfinished = objects.removeUnfinished(UNFINISHED_AFTER_MS);
  unfinished.catch((error: unknown) => log.warn('unfinished files stay', { error: String(error) }));

  let closing: Promise<void> | undefined;
  const { promise: closed, resolve: setClosed } = Promise.withResolvers<void>();
  const close = async (): Promise<void> => {
    clearInterval(idleTimer);
    reconciler.stop();
    work.close();
    await front.close(CLOSE_GRACE_MS);
    scheduler.close();
    engine.close();
    await Promise.allSettled([workers, reconciler.settled, chain.settled(), unfinished]);
    log.info('server stopped');
    database.close();
    directory.close();
    setClosed();
  };
  const closeOnce = (): Promise<void> => {
    closing ??= close();
    return closing;
  };
  const idleTimer = setInterval(() => {
    const limit = options.idleExitSeconds;
    if (limit === undefined || activity.idleSeconds < limit || !scheduler.isIdle || !work.isEmpty()) return;
    void deps.jobs.list({ statuses: LIVE_STATUSES, limit: 1 }).then(({ jobs }) => {
      if (jobs.length > 0) return;
      log.info('idle for too long', { seconds: limit });
      void closeOnce();
    });
  }, IDLE_LOOK_MS);

  directory.announce(announcement);
  return { announcement, close: closeOnce, closed };
}

interface Parts {
  readonly deps: CoreDeps;
  readonly scheduler: ProcessScheduler;
  readonly work: SqliteWorkQueue;
  readonly objects: FileObjectStore;
  readonly engine: EngineCheck;
}

/** Builds the ports and hands each what it needs. */
function assemble(
  directory: DataDirectory,
  database: SqliteDatabase,
  log: ServerLog,
  options: LocalServerOptions,
  chain: KeyedChain,
): Parts {
  const { slots, threads } = chooseCapacity(options);
  const library = chooseLibrary(options.library, directory.folder);
  const runnerCommand = options.runnerCommand ?? findRunner();
  const folders = new RunFolders(directory.path('runs'));
  const engine = new EngineCheck({ runnerCommand, environment: runtimeEnvironment(), library, log });
  // Asked for now, so that the answer is there when the first request needs it.
  void engine.report();
  const scheduler = new ProcessScheduler({
    table: new RunTable(database),
    folders,
    slots,
    commandFor: (run, attempt) => attemptCommand(runnerCommand, run, attempt, { library, threads }),
    onObservation: (observation) => {
      chain
        .add(observation.jobId, () => trackRun(deps, observation))
        // The reconciler reads the run's state again.
        .catch((error: unknown) =>
          log.error('report not taken in', { runId: observation.runId, error: String(error) }),
        );
    },
    describeQueue: async () => describeLocalQueue(threads, availabilityOf(await engine.report())),
    queueName: LOCAL_QUEUE,
    log,
  });
  const objects = new FileObjectStore(directory.path('store'));
  const work = new SqliteWorkQueue(database);
  const deps: CoreDeps = {
    jobs: new SqliteJobStore(database),
    objects,
    work,
    scheduler,
    logs: new FileLogSource(folders),
    // The editor and the command line tell their users themselves.
    notifier: { jobEnded: async () => undefined },
    clock: { now: () => new Date().toISOString() },
    newId: randomUUID,
    log,
    policy: {
      backend: 'local',
      version: manifest.version,
      defaultQueue: LOCAL_QUEUE,
      maxAttempts: MAX_ATTEMPTS,
      timeoutSeconds: ATTEMPT_TIMEOUT_SECONDS,
    },
  };
  return { deps, scheduler, work, objects, engine };
}

/** When the server was last asked for anything. */
class Activity {
  #inFlight = 0;
  #last = performance.now();

  begin(response: ServerResponse): void {
    this.#inFlight++;
    response.once('close', () => {
      this.#inFlight--;
      this.#last = performance.now();
    });
  }

  get idleSeconds(): number {
    return this.#inFlight > 0 ? 0 : (performance.now() - this.#last) / 1000;
  }
}

/** Lets only our own clients through to the app. */
function guarded(listener: RequestListener, port: number, activity: Activity): RequestListener {
  return (request, response) => {
    activity.begin(response);
    const refusal = refuseForeign(request, port);
    if (refusal) answerProblem(response, refusal);
    else void listener(request, response);
  };
}

function answerProblem(response: ServerResponse, { problem, status }: ProblemError): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(JSON.stringify(problem));
}

/** Listens on loopback only. @returns the port */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const remedy = 'Choose another with --port, or let the system choose with --port 0.';
      reject(
        isTaken ? new PortInUse(`Port ${port} cannot be used (${error.code}). ${remedy}`, { cause: error }) : error,
      );
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Repairs what events missed: at once after a start, when nobody else can be at work, and then again and again. */
class Reconciler {
  readonly #deps: CoreDeps;
  readonly #timer: NodeJS.Timeout;
  #current: Promise<void> | undefined;

  constructor(deps: CoreDeps) {
    this.#deps = deps;
    this.#run(0);
    this.#timer = setInterval(() => this.#run(undefined), RECONCILE_EVERY_MS);
  }

  #run(staleSeconds: number | undefined): void {
    this.#current ??= reconcile(this.#deps, staleSeconds === undefined ? {} : { staleSeconds })
      .then(({ jobs, resent, lost }) => {
        if (resent + lost > 0) this.#deps.log.info('reconciled', { jobs, resent, lost });
      })
      .catch((error: unknown) => this.#deps.log.error('reconciling failed', { error: String(error) }))
      .finally(() => {
        this.#current = undefined;
      });
  }

  get settled(): Promise<void> {
    return this.#current ?? Promise.resolve();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
