import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import path from 'node:path';
import type { QueueInfo } from '../api/job.ts';

/** The one queue of a local backend. */
export const LOCAL_QUEUE = 'local';

/**
 * Queues of the article (`low` … `p4`) and of the AWS backend. Requests that were written for those run here as well;
 * the job then says that another queue serves it.
 */
const ALIASES = ['low', 'mid', 'high', 'p4', 'p5', 'g4dn', 'g5', 'g6', 'g6e', 'cpu'] as const;

/** A single prediction does not become faster with more threads than this. */
const MAX_USEFUL_THREADS = 4;

export function describeLocalQueue(
  threads: number,
  availability: Pick<QueueInfo, 'available' | 'reason' | 'remedy'>,
): Omit<QueueInfo, 'running' | 'waiting' | 'slots'> {
  return {
    name: LOCAL_QUEUE,
    engine: 'homology',
    description: `homology modelling on this computer, ${threads} CPU ${threads === 1 ? 'thread' : 'threads'} a job`,
    aliases: ALIASES,
    maxGpu: 0,
    ...availability,
  };
}

export interface Capacity {
  /** Runs at the same time. */
  readonly slots: number;
  /** CPU threads of one run. */
  readonly threads: number;
}

/** Fills in what the user did not choose, from the number of CPUs. */
export function chooseCapacity(chosen: Partial<Capacity>, cpus: number = availableParallelism()): Capacity {
  const threads = chosen.threads ?? Math.min(MAX_USEFUL_THREADS, cpus);
  return { threads, slots: chosen.slots ?? Math.max(1, Math.floor(cpus / threads)) };
}

/**
 * Where the engine's template library is. It takes minutes to build and does not belong to a data directory, so one
 * that was built elsewhere on this machine is used if this data directory has none.
 *
 * @param chosen by the user
 */
export function chooseLibrary(
  chosen: string | undefined,
  dataDirectory: string,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const asked = chosen ?? environment.FOLDPAD_LIBRARY;
  if (asked) return path.resolve(asked);
  const own = path.join(dataDirectory, 'library');
  const shared = path.join(environment.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'foldpad', 'library');
  return !hasLibrary(own) && hasLibrary(shared) ? shared : own;
}

/** The engine writes `<version>/library.json` when a library is complete. */
function hasLibrary(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => existsSync(path.join(folder, name, 'library.json')));
}
