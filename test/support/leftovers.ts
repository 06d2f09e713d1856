// Finds processes that outlived what started them, by a mark in their environment (Linux only).
import { readdirSync, readFileSync } from 'node:fs';

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

/** Kills them and says which they were. */
export function killMarked(name: string, value: string): Leftover[] {
  const found = findMarked(name, value);
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
  return found;
}
