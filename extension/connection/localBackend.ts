/**
 * Finds or starts the local backend: one process per data directory, shared by all windows. It is started detached,
 * because its predictions must go on when the window closes, and it ends by itself when nothing needs it any more.
 */

import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RestartPolicy } from './restartPolicy.ts';
import { isNewer, parseServerFile, type RunningServer } from './serverFile.ts';

/** How long a start may take before it counts as failed (ms); a busy laptop is slow. */
const START_TIMEOUT_MS = 60_000;
const HEALTH_TIMEOUT_MS = 3_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 60;
/** The backend ends itself after this many seconds without requests and without live jobs. */
const IDLE_EXIT_SECONDS = 600;
/** The backend's own log is begun anew beyond this size (bytes). */
const LOG_LIMIT = 1_000_000;

/** A local backend that answers, and the key that it takes. The key stays in memory. */
export interface LocalServer extends RunningServer {
  readonly key: string;
}

/** The backend did not start, or keeps dying. */
export class BackendStartError extends Error {
  override readonly name = 'BackendStartError';
  /** What the program said last; may be empty. */
  readonly lastWords: string;

  constructor(message: string, lastWords: string, options?: ErrorOptions) {
    super(message, options);
    this.lastWords = lastWords;
  }
}

export interface LocalBackendOptions {
  /** The server's program, for example `dist/server.mjs`. */
  readonly program: string;
  /** Asked for at every start, because the user may change the setting. */
  readonly dataDirectory: () => string;
  /** More arguments, for example `--slots 2`. */
  readonly extraArguments: () => readonly string[];
  /** Version of the extension; an older server is replaced by its own. */
  readonly version: string;
  /** Told what is being done, for the extension's log. Never told the key. */
  readonly say: (message: string) => void;
}

export class LocalBackend {
  readonly #options: LocalBackendOptions;
  readonly #restarts = new RestartPolicy();
  /** For the directory for which it was begun: the user may have set another one since. */
  #pending: { readonly directory: string; readonly server: Promise<LocalServer> } | undefined;

  constructor(options: LocalBackendOptions) {
    this.#options = options;
  }

  /**
   * The backend of the data directory: the one that runs, or a new one.
   * @throws BackendStartError
   */
  ensure(): Promise<LocalServer> {
    const directory = this.#options.dataDirectory();
    if (this.#pending?.directory === directory) return this.#pending.server;
    const server = this.#ensure(directory).finally(() => {
      if (this.#pending?.server === server) this.#pending = undefined;
    });
    this.#pending = { directory, server };
    return server;
  }

  /** Forgets earlier failures: the user asks for another try. */
  forgive(): void {
    this.#restarts.forgive();
  }

  /** Ends the backend of the data directory, if one runs. Predictions that run go on and are taken up by the next one. */
  async stop(): Promise<void> {
    const server = await find(this.#options.dataDirectory());
    if (server) await this.#end(server);
  }

  /** The file that the backend writes its own messages to. */
  get logFile(): string {
    return logFileIn(this.#options.dataDirectory());
  }

  async #ensure(directory: string): Promise<LocalServer> {
    const running = await find(directory);
    if (running) {
      if (!isNewer(this.#options.version, running.version)) return running;
      this.#options.say(`The local backend is of version ${running.version}; starting ${this.#options.version}.`);
      await this.#end(running);
    }
    const delay = this.#restarts.nextDelay(Date.now());
    if (delay === undefined) {
      const words = await lastWords(directory);
      throw new BackendStartError('The local backend stopped several times within minutes.', words);
    }
    await sleep(delay);
    this.#restarts.started(Date.now());
    return this.#start(directory);
  }

  async #start(directory: string): Promise<LocalServer> {
    const { program, extraArguments, say } = this.#options;
    const log = await openLog(directory, logFileIn(directory));
    const begin = await log.stat().then(({ size }) => size);
    const startedAt = Date.now();
    const child = spawn(
      process.execPath,
      [program, '--port', '0', '--data', directory, '--idle-exit', String(IDLE_EXIT_SECONDS), ...extraArguments()],
      // The log is a file, not a pipe: the backend outlives this window.
      { detached: true, stdio: ['ignore', log.fd, log.fd], env: serverEnvironment() },
    );
    let exit: string | undefined;
    child.once('error', (error) => {
      exit = error.message;
    });
    child.once('exit', (code, signal) => {
      exit = signal ? `it was ended by ${signal}` : `it ended with code ${code}`;
    });
    child.unref();
    await log.close();
    say(`Starting the local backend on ${directory}.`);
    while (Date.now() - startedAt < START_TIMEOUT_MS) {
      const server = await find(directory);
      if (server) {
        say(`The local backend answers at ${server.url} (process ${server.pid}, ${Date.now() - startedAt} ms).`);
        return server;
      }
      // It may have found that another window was faster; then that one answers within this last look.
      if (exit !== undefined) {
        await sleep(POLL_MS * 5);
        const other = await find(directory);
        if (other) return other;
        throw new BackendStartError(`The local backend did not start: ${exit}.`, await lastWords(directory, begin));
      }
      await sleep(POLL_MS);
    }
    throw new BackendStartError(
      `The local backend did not answer within ${START_TIMEOUT_MS / 1000} seconds.`,
      await lastWords(directory, begin),
    );
  }

  async #end(server: RunningServer): Promise<void> {
    signal(server.pid, 'SIGTERM');
    const until = Date.now() + STOP_TIMEOUT_MS;
    while (isAlive(server.pid) && Date.now() < until) await sleep(POLL_MS);
    if (isAlive(server.pid)) signal(server.pid, 'SIGKILL');
    this.#options.say(`The local backend (process ${server.pid}) was stopped.`);
  }
}

function logFileIn(directory: string): string {
  return path.join(directory, 'backend.log');
}

/** The backend of a data directory, if it answers. */
async function find(directory: string): Promise<LocalServer | undefined> {
  const text = await readFile(path.join(directory, 'server.json'), 'utf8').catch(() => undefined);
  const server = text === undefined ? undefined : parseServerFile(text);
  if (!server || !isAlive(server.pid) || !(await isHealthy(server.url))) return undefined;
  const key = await readFile(server.keyFile, 'utf8').catch(() => undefined);
  return key?.trim() ? { ...server, key: key.trim() } : undefined;
}

/** The last lines that a backend wrote, from byte `begin` of its log. */
async function lastWords(directory: string, begin = 0): Promise<string> {
  const bytes = await readFile(logFileIn(directory)).catch(() => new Uint8Array());
  const lines = new TextDecoder().decode(bytes.subarray(begin)).trim().split('\n');
  return lines.slice(-8).join('\n');
}

/** Environment of the server: ours, without what would change how a program starts. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VSCODE_INSPECTOR_OPTIONS: _inspector, ...environment } = process.env;
  // On the desktop this process is Electron: told so, it behaves like Node.
  return process.versions.electron ? { ...environment, ELECTRON_RUN_AS_NODE: '1' } : environment;
}

/** @throws BackendStartError when the data directory cannot be used */
async function openLog(directory: string, file: string): Promise<FileHandle> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await openAppending(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = 'Choose another in the setting foldpad.local.dataDirectory.';
    throw new BackendStartError(`The folder ${directory} cannot hold the backend’s data (${reason}). ${remedy}`, '', {
      cause: error,
    });
  }
}

async function openAppending(file: string): Promise<FileHandle> {
  const size = await stat(file).then(
    (info) => info.size,
    () => 0,
  );
  const mode = size > LOG_LIMIT ? constants.O_TRUNC : constants.O_APPEND;
  return open(file, constants.O_CREAT | constants.O_WRONLY | mode, 0o600);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS), redirect: 'error' });
    const health: unknown = answer.ok ? await answer.json() : undefined;
    return typeof health === 'object' && health !== null && 'status' in health && health.status === 'ok';
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime, which is what was wanted.
  }
}
