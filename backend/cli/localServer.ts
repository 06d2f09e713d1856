/** Finds the local backend of a data directory, or starts it: a process of its own that outlives this one. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './errors.ts';
import { EXIT_CODES } from './exitCodes.ts';
import { parseServerFile, type RunningServer } from './serverFile.ts';

const START_TIMEOUT_MS = 60_000;
const HEALTH_TIMEOUT_MS = 3_000;
const POLL_MS = 50;
/** The server ends itself after this many seconds without a request and without a live job. */
const IDLE_EXIT_SECONDS = 600;
const LAST_LINES = 8;

/** XDG base directory specification: user data goes to `$XDG_DATA_HOME`, else `~/.local/share`. */
export function defaultDataDirectory(env: NodeJS.ProcessEnv): string {
  return path.join(env.XDG_DATA_HOME || path.join(homedir(), '.local', 'share'), 'foldpad');
}

/** The server beside this program: in a release `server.mjs`, in a checkout its source. */
export function findServerProgram(here: string = import.meta.dirname): string {
  const bundled = path.join(here, 'server.mjs');
  return existsSync(bundled) ? bundled : path.resolve(here, '../local/main.ts');
}

/** The server that answers for this data directory; `undefined` if there is none. */
export async function findLocalServer(directory: string): Promise<RunningServer | undefined> {
  const text = await readFile(path.join(directory, 'server.json'), 'utf8').catch(() => undefined);
  const server = text === undefined ? undefined : parseServerFile(text);
  return server && (await isHealthy(server.url)) ? server : undefined;
}

/**
 * The server of this data directory: the one that runs, or a new one.
 *
 * @param say told when a server has to be started
 * @throws CliError (exit code 5) when none can be started
 */
export async function ensureLocalServer(
  directory: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<RunningServer> {
  const running = await findLocalServer(directory);
  if (running) return running;
  say(`Starting the local backend (data in ${directory}) …`);
  return startLocalServer(directory, findServerProgram(), signal);
}

async function startLocalServer(directory: string, program: string, signal: AbortSignal): Promise<RunningServer> {
  const logFile = path.join(directory, 'backend.log');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const log = await open(logFile, 'w', 0o600);
  const args = [program, '--port', '0', '--data', directory, '--idle-exit', String(IDLE_EXIT_SECONDS)];
  const { NODE_OPTIONS: _options, FOLDPAD_KEY: _key, ...env } = process.env;
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log.fd, log.fd], env });
  let exit: string | undefined;
  child.once('error', (error) => {
    exit = error.message;
  });
  child.once('exit', (code, by) => {
    exit = by ? `it was ended by ${by}` : `it ended with code ${code}`;
  });
  child.unref();
  await log.close();
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    // Asked before the server is looked for: it may have ended because another process was faster, which then answers.
    const ended = exit;
    const server = await findLocalServer(directory);
    if (server) return server;
    const late = performance.now() > deadline;
    if (ended !== undefined || late) {
      const why = ended ?? `it did not answer within ${START_TIMEOUT_MS / 1000} seconds`;
      throw new CliError(await describeFailure(why, logFile), EXIT_CODES.connection);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function describeFailure(why: string, logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  const lastWords = text.trim().split('\n').slice(-LAST_LINES).join('\n');
  const advice = `Its log is ${logFile}; "foldpad doctor" checks the rest.`;
  return `The local backend could not be started: ${why}. ${advice}${lastWords ? `\n${lastWords}` : ''}`;
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
