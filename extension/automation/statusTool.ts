/** `foldpad_status`: the predictions and how they stand; can wait for the end of one. */

import type { Services } from '../commands/services.ts';
import { readStatusInput, ToolInputError } from './toolInput.ts';
import { jobsText, jobText } from './toolText.ts';
import { whenEnded } from './whenEnded.ts';

/** @returns what the model is told */
export async function statusTool({ store }: Services, given: unknown, signal: AbortSignal): Promise<string> {
  const { job_id: id, wait_seconds: seconds, limit } = readStatusInput(given);
  if (id !== undefined && !store.find(id)) store.follow([id]);
  await store.refresh();
  if (store.state.kind === 'stale') throw store.state.error;
  if (id === undefined) return jobsText(store.jobs, limit);
  if (!store.find(id)) {
    throw new ToolInputError(
      `There is no job "${id}". foldpad_status without arguments lists the jobs with their ids.`,
    );
  }
  if (seconds > 0) await ended(store, id, seconds, signal);
  const job = store.find(id);
  if (!job) throw new ToolInputError(`Job "${id}" has been deleted in the meantime.`);
  return jobText(job);
}

/** Waits for a job's end, for this long at most. */
async function ended(store: Services['store'], id: string, seconds: number, signal: AbortSignal): Promise<void> {
  const listeners = new Set<() => void>();
  const cancel = {
    isCancellationRequested: signal.aborted,
    onCancellationRequested: (listener: () => void) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
  };
  const stop = () => {
    for (const listener of [...listeners]) listener();
  };
  const timer = setTimeout(stop, seconds * 1000);
  signal.addEventListener('abort', stop, { once: true });
  try {
    // That it has not ended, or is gone, is told by what is known of it afterwards.
    await whenEnded(store, id, cancel).catch(() => undefined);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
}
