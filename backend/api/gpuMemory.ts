/** How long a target the memory of a GPU holds. Shared by the estimates and by the editor, which warns while one types. */

import type { Estimate, QueueInfo } from './job.ts';
import { findMachine, MACHINES } from './machines.ts';

/** One V100 (16 GB) runs out of memory above about this many residues; two (32 GB) did 1396. */
const RESIDUES_IN_16_GB = 1000;
/** Above this part of the limit it may or may not fit. */
const TIGHT = 0.9;

export interface MemoryVerdict {
  readonly verdict: Estimate['memory']['verdict'];
  /** One sentence: what is compared with what. */
  readonly reason: string;
  /** What to do about a target that is too large. */
  readonly remedy?: string;
}

/**
 * Whether AlphaFold 2 can predict a target on a queue's GPUs. Memory grows with the square of the length (the pair
 * representation), so the limit grows with the root of the memory.
 *
 * @param length residues in all chains
 * @param gpu how many GPUs
 */
export function memoryVerdict(length: number, gpu: number, queue: Pick<QueueInfo, 'name' | 'gpuModel'>): MemoryVerdict {
  const { gpuModel } = queue;
  const each = gpuMemory(queue);
  if (each === undefined)
    return { verdict: 'tight', reason: `The memory of ${gpuModel ?? 'this machine'} is not known.` };
  const limit = RESIDUES_IN_16_GB * Math.sqrt((each * gpu) / 16);
  const reason = `${gpu} × ${gpuModel} (${each * gpu} GB) takes about ${Math.round(limit / 10) * 10} residues; the target has ${length}.`;
  if (length > limit) return { verdict: 'too-large', reason, remedy: 'Ask for more GPUs or a queue with more memory.' };
  return { verdict: length > TIGHT * limit ? 'tight' : 'fits', reason };
}

/** Memory of one of the queue's GPUs in GB. */
function gpuMemory({ name, gpuModel }: Pick<QueueInfo, 'name' | 'gpuModel'>): number | undefined {
  const machine = findMachine(name)?.machine;
  if (machine?.gpuModel === gpuModel) return machine?.gpuMemoryGB;
  return MACHINES.find((candidate) => candidate.gpuModel === gpuModel)?.gpuMemoryGB;
}
