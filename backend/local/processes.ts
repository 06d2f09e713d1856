/**
 * Which processes are alive, and whether a process id still means the process that it meant before: ids are used
 * again, so every process we remember is known by its id and the moment it was started.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** On Linux the boot's id and the start in clock ticks; elsewhere what `ps` says. Compared, never read. */
  readonly started: string;
}

interface ProcessEntry extends ProcessIdentity {
  readonly group: number;
  readonly session: number;
}

const ON_LINUX = process.platform === 'linux';

/** Environment variable that marks all processes of one attempt, wherever they move. */
export const ATTEMPT_VARIABLE = 'FOLDPAD_ATTEMPT';

/** @returns `undefined` if there is no such process, or only its remains that no parent has collected */
export function identify(pid: number): ProcessIdentity | undefined {
  const entry = ON_LINUX ? linuxProcess(pid) : psProcesses(['-p', String(pid)]).find((found) => found.pid === pid);
  return entry && { pid: entry.pid, started: entry.started };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/**
 * The living processes of one attempt: its group, and (on Linux) every process that carries its mark.
 *
 * @param leader the process that the group was made for; it need not live any more
 * @param mark value of {@link ATTEMPT_VARIABLE}
 */
export function attemptProcesses(leader: ProcessIdentity, mark: string): readonly ProcessIdentity[] {
  // Nothing outlives a boot, and a group's number is not given to a new process while the group has members: if the
  // number now means another process, our group is gone and the one of that number is a stranger's.
  const holder = identify(leader.pid);
  const groupIsOurs = holder === undefined || holder.started === leader.started;
  if (!sameBoot(leader)) return [];
  const found = ON_LINUX ? linuxProcesses() : psProcesses(['-A']);
  return found.filter((entry) => {
    if (entry.pid === process.pid) return false;
    const inGroup = entry.group === leader.pid && entry.session === leader.pid;
    return (groupIsOurs && inGroup) || (ON_LINUX && carriesMark(entry.pid, mark));
  });
}

/** Sends a signal to one process, if it still is that process. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (isAlive(identity)) sendSignal(identity.pid, signal);
}

/** Sends a signal to the whole group of a leader that still lives. */
export function signalGroup(leader: ProcessIdentity, signal: NodeJS.Signals): void {
  if (isAlive(leader)) sendSignal(-leader.pid, signal);
}

function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function sameBoot(identity: ProcessIdentity): boolean {
  return !ON_LINUX || identity.started.startsWith(`${bootId()}:`);
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

function linuxProcesses(): readonly ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => (/^[0-9]+$/.test(name) ? (linuxProcess(Number(name)) ?? []) : []));
}

/** From `/proc/<pid>/stat` (proc(5)): `pid (name) state ppid pgrp session … starttime`, where a name may hold `)`. */
function linuxProcess(pid: number): ProcessEntry | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, , group, session] = fields;
  const started = fields[19];
  if (state === undefined || started === undefined || 'ZXx'.includes(state)) return undefined;
  return { pid, group: Number(group), session: Number(session), started: `${bootId()}:${started}` };
}

function carriesMark(pid: number, mark: string): boolean {
  const environment = readIfThere(`/proc/${pid}/environ`);
  return environment?.split('\0').includes(`${ATTEMPT_VARIABLE}=${mark}`) ?? false;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The process has gone since it was listed, or belongs to someone else and so is none of ours.
    return undefined;
  }
}

/** macOS and others: one line per process, `pid pgid stat lstart` (lstart has five words). */
function psProcesses(which: readonly string[]): readonly ProcessEntry[] {
  const { stdout } = spawnSync('ps', [...which, '-o', 'pid=,pgid=,stat=,lstart='], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, group, state, ...started] = line.trim().split(/\s+/);
    if (!pid || !group || !state || state.startsWith('Z')) return [];
    // A group that was made for a process that started a session is that session's first; ps has no portable word for it.
    return [{ pid: Number(pid), group: Number(group), session: Number(group), started: started.join(' ') }];
  });
}
