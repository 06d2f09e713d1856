import { type ChildProcess, spawn } from 'node:child_process';
import type { CommandEnd, EngineCommand } from '../engines/engine.ts';
import { LineSplitter } from './lineSplitter.ts';
import { hasCode, messageOf, RunnerError } from './runnerError.ts';

/** Time between SIGTERM and SIGKILL. */
const GRACE_MS = 10_000;
/** How much a program's output may lag behind its end before it is given up (a stray process may hold the pipe). */
const DRAIN_MS = 2_000;
const LAST_LINES = 20;

export interface Supervision {
  /** Called for every line of stdout and stderr; returns whether it was an ordinary log line. */
  readonly onLine: (line: string) => boolean;
  /** Ends the program when aborted. */
  readonly signal: AbortSignal;
  readonly graceMs?: number;
}

/**
 * Runs a program in a process group of its own and waits for its end. Nothing of the group outlives this call, nor the
 * runner itself: a small watchdog outside the group kills it should the runner vanish without a word (`kill -9`).
 *
 * @throws RunnerError when the program cannot be started; the abort reason when it was ended because of the signal
 */
export async function supervise(command: EngineCommand, options: Supervision): Promise<CommandEnd> {
  options.signal.throwIfAborted();
  const child = spawn(command.file, [...command.args], {
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    env: command.env ?? inheritedEnvironment(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const lastLines: string[] = [];
  const keep = (line: string) => {
    if (!options.onLine(line)) return;
    lastLines.push(line);
    if (lastLines.length > LAST_LINES) lastLines.shift();
  };
  const drained = Promise.all([readLines(child.stdout, keep), readLines(child.stderr, keep)]);
  // A failure here is seen when it is waited for, below.
  drained.catch(() => {});
  const exited = waitForExit(child, command);
  const watchdog = startWatchdog(child, command);
  const stopTerminating = terminateOnAbort(child, options.signal, options.graceMs ?? GRACE_MS);
  try {
    const { code, signal } = await exited;
    // What the program started and left behind would go on computing, and hold the output open.
    signalGroup(child, 'SIGKILL');
    await Promise.race([drained, delay(DRAIN_MS)]);
    if (signal !== null || options.signal.aborted) await release(command);
    options.signal.throwIfAborted();
    return { code, signal, lastLines };
  } finally {
    stopTerminating();
    watchdog?.stdin?.end('ended\n');
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

/** The environment of programs that are started: the runner's own, less what they have no business to know. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const secret = /^FOLDPAD_KEY$|SECRET|TOKEN|PASSWORD/i;
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !secret.test(entry[0])),
  );
}

async function readLines(stream: ChildProcess['stdout'], onLine: (line: string) => void): Promise<void> {
  if (!stream) return;
  const lines = new LineSplitter(onLine);
  try {
    for await (const chunk of stream) lines.push(chunk as Uint8Array);
  } catch (error) {
    // The pipe was given up after the program's end; what had come by then counts.
    if (!hasCode(error, 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR')) throw error;
  }
  lines.end();
}

function waitForExit(
  child: ChildProcess,
  command: EngineCommand,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      const missing = hasCode(error, 'ENOENT');
      reject(
        new RunnerError(
          missing ? 'engine-missing' : 'engine-failed',
          missing
            ? `The program ${command.file} is not installed on this machine.`
            : `The program ${command.file} could not be started: ${messageOf(error)}.`,
          { cause: error },
        ),
      );
    });
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    // Nobody is left, or (macOS) only zombies are.
    if (!hasCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}

function terminateOnAbort(child: ChildProcess, signal: AbortSignal, graceMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  const terminate = () => {
    signalGroup(child, 'SIGTERM');
    timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', terminate, { once: true });
  if (signal.aborted) terminate();
  return () => {
    signal.removeEventListener('abort', terminate);
    clearTimeout(timer);
  };
}

/**
 * `$1` is the group to kill, the rest the command that releases what is elsewhere. A line on stdin means that all is
 * well; the end of stdin without one, that the runner has died.
 */
const WATCHDOG = 'if read -r word; then exit 0; fi; kill -s KILL -- "-$1"; shift; if [ $# -gt 0 ]; then exec "$@"; fi';

function startWatchdog(child: ChildProcess, command: EngineCommand): ChildProcess | undefined {
  if (child.pid === undefined || process.platform === 'win32') return undefined;
  const release = command.release ? [command.release.file, ...command.release.args] : [];
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'foldpad-watchdog', String(child.pid), ...release], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // A machine without /bin/sh has no watchdog; a watchdog that ended early needs no word.
  watchdog.on('error', () => {});
  watchdog.stdin?.on('error', () => {});
  watchdog.unref();
  return watchdog;
}

/** Best effort: the program that should clean up may be the very one that does not answer. */
async function release(command: EngineCommand): Promise<void> {
  if (!command.release) return;
  const { file, args } = command.release;
  const cleaner = spawn(file, [...args], { stdio: 'ignore', timeout: GRACE_MS });
  await new Promise<void>((resolve) => {
    cleaner.once('exit', () => resolve());
    cleaner.once('error', () => resolve());
  });
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
