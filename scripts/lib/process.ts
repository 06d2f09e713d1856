import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the command and everything it started is killed. */
  timeoutMs?: number;
  /** Called with every piece of output as it comes. */
  onOutput?: (text: string) => void;
}

export interface CommandResult {
  /** The exit code; null when a signal ended it or it could not be started. */
  code: number | null;
  signal: NodeJS.Signals | null;
  timedOut: boolean;
  /** Standard output and standard error as they came, together. Which came first is not to be relied on. */
  output: string;
  /** Standard error alone. */
  complaints: string;
}

/** How long a process group may take to end by itself after SIGTERM. */
const GRACE_MS = 5_000;

/** Process groups that must not outlive this process. */
const groups = new Set<number>();
const cleanUps = new Set<() => Promise<unknown>>();
let listening = false;

/** Ctrl+C ends what was started first, politely, and then this process. A script for which that is the way to end sets exitCode. */
async function endOnSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Promise<void> {
  await Promise.race([Promise.allSettled([...cleanUps].map((cleanUp) => cleanUp())), delay(2 * GRACE_MS)]);
  process.exit(process.exitCode ?? 128 + constants.signals[signal]);
}

function listen(): void {
  if (listening) return;
  listening = true;
  process.once('exit', () => {
    for (const pid of groups) signalGroup(pid, 'SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void endOnSignal(signal));
}

/**
 * Has something done before a signal ends this process.
 *
 * @returns a function that takes it back
 */
export function beforeSignalEnds(cleanUp: () => Promise<unknown>): () => void {
  listen();
  cleanUps.add(cleanUp);
  return () => void cleanUps.delete(cleanUp);
}

/** Sends a signal to a process and everything it started. A group that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    // A negative id names the process group; Windows has none.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Makes a child, started with `detached: true`, end with this process at the latest.
 *
 * @returns a function that ends the whole group: SIGTERM first, SIGKILL after five seconds. It may be called twice.
 */
export function ownGroup(child: ChildProcess): () => Promise<void> {
  const { pid } = child;
  if (pid === undefined) return async () => {};
  groups.add(pid);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    if (!groups.has(pid)) return;
    if (child.exitCode === null && child.signalCode === null) {
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(timer);
    }
    // Whatever the leader left behind.
    signalGroup(pid, 'SIGKILL');
    groups.delete(pid);
    forget();
  };
  const forget = beforeSignalEnds(stop);
  return stop;
}

/** Runs a command to its end, in a process group of its own. Never rejects: a command that cannot start has code null. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const stop = ownGroup(child);
    const result: CommandResult = { code: null, signal: null, timedOut: false, output: '', complaints: '' };
    const keep = (text: string) => {
      result.output += text;
      options.onOutput?.(text);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      result.complaints += text;
      keep(text);
    });
    const timer = options.timeoutMs
      ? setTimeout(() => {
          result.timedOut = true;
          void stop();
        }, options.timeoutMs)
      : undefined;
    const finish = () => {
      clearTimeout(timer);
      void stop().then(() => resolve(result));
    };
    child.on('error', (error) => {
      keep(`${command} could not be started: ${error.message}\n`);
      finish();
    });
    child.on('close', (code, signal) => {
      result.code = code;
      result.signal = signal;
      finish();
    });
  });
}
