import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runnerStatusSchema } from '../api/runner.ts';
import { ATTEMPT_VARIABLE, identify, type ProcessIdentity } from './processes.ts';
import type { AttemptPaths } from './runFolders.ts';
import type { AttemptEnd } from './runRecord.ts';

/** How a run's process is started. */
export interface RunCommand {
  readonly command: readonly string[];
  /** Variables on top of the server's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Waits for one line on standard input before it becomes the command. The server writes that line only after it has
 * stored the process's identity: if it dies before, the input ends and nothing has run. So every process that does
 * anything is known to the next server.
 */
const GATE = 'IFS= read -r word && [ "$word" = go ] || exit 75; exec "$@" </dev/null';
/** Predictions give way to what the user does at the same time. */
const NICENESS = 10;

/** A process that stands at the gate, in a process group and session of its own. */
export interface GatedProcess {
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity;
  /** Lets the command begin. */
  readonly open: () => void;
  /** Ends it before it has begun. */
  readonly abort: () => void;
}

/**
 * Starts a command behind the gate, with its output appended to the attempt's log.
 *
 * @param mark value of {@link ATTEMPT_VARIABLE}
 * @throws Error if no process can be started
 */
export function startGated({ command, environment }: RunCommand, paths: AttemptPaths, mark: string): GatedProcess {
  mkdirSync(path.dirname(paths.log), { recursive: true, mode: 0o700 });
  const log = openSync(paths.log, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', GATE, 'foldpad-run', ...command], {
      detached: true,
      stdio: ['pipe', log, log],
      cwd: path.dirname(paths.log),
      env: { ...process.env, ...environment, [ATTEMPT_VARIABLE]: mark },
    });
    // Without a listener, the error that comes instead of a process would end the server.
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (!identity) {
      child.stdin?.destroy();
      throw new Error('the system did not start a process (out of memory or of processes?)');
    }
    child.unref();
    lowerPriority(identity.pid);
    return { child, identity, open: () => child.stdin?.end('go\n'), abort: () => child.kill('SIGKILL') };
  } finally {
    closeSync(log);
  }
}

function lowerPriority(pid: number): void {
  try {
    os.setPriority(pid, NICENESS);
  } catch {
    // It has died already, which its end will tell.
  }
}

/** Exit code as a shell would give it. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number | undefined {
  if (code !== null) return code;
  return signal === null ? undefined : 128 + os.constants.signals[signal];
}

/**
 * What the runner wrote when it ended. The file counts only if it is whole and speaks of this attempt.
 *
 * @returns `undefined` if the attempt left none
 */
export function readStatusFile(paths: AttemptPaths): Required<AttemptEnd> | undefined {
  const text = readIfThere(paths.status);
  if (text === undefined) return undefined;
  try {
    const status = runnerStatusSchema.parse(JSON.parse(text));
    return status.attempt === paths.attempt ? { exitCode: status.exit_code, reason: status.reason } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether anything was written to the attempt's log: a process that never passed the gate leaves it empty. */
export function hasOutput(paths: AttemptPaths): boolean {
  return (statSync(paths.log, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
