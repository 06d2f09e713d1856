// Finds processes that outlived what started them, by a mark in their environment (Linux only).
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a process may take to go when it is asked to. */
const GRACE_MS = 3_000;

export interface Leftover {
  pid: number;
  /** The command line, for a message. */
  command: string;
}

function readProc(pid: string, file: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Gone meanwhile, or another user's.
    return '';
  }
}

/** Processes whose environment holds `name=value`. */
export function findMarked(name: string, value: string): Leftover[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(`${name}=${value}`))
    .map((pid) => ({ pid: Number(pid), command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

function signal(leftovers: readonly Leftover[], name: NodeJS.Signals): void {
  for (const { pid } of leftovers) {
    try {
      process.kill(pid, name);
    } catch {
      // Gone meanwhile.
    }
  }
}

/** Ends them, by SIGKILL if they do not go in three seconds, and says which they were. */
export async function endMarked(name: string, value: string): Promise<Leftover[]> {
  const found = findMarked(name, value);
  signal(found, 'SIGTERM');
  const deadline = Date.now() + GRACE_MS;
  let left = found;
  while (left.length > 0 && Date.now() < deadline) {
    await delay(50);
    left = findMarked(name, value);
  }
  signal(left, 'SIGKILL');
  return found;
}
