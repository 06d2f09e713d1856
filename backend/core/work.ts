import { changeJob } from './change.ts';
import type { CoreDeps } from './deps.ts';
import { failDispatch, handleWork } from './dispatch.ts';
import type { ReceivedWork } from './ports.ts';

export interface WorkOptions {
  /** Messages taken at once, 1–10. */
  readonly max: number;
  /** Seconds to wait for the first message. */
  readonly waitSeconds: number;
  /** Seconds that a message stays hidden from others: longer than handling all of them takes. */
  readonly visibilitySeconds: number;
}

/** Deliveries of one message before it is given up: about ten minutes with the delays below. */
export const MAX_RECEIVES = 8;
const FIRST_DELAY_SECONDS = 2;
const MAX_DELAY_SECONDS = 300;

/** Takes what waits in the queue, does it, acknowledges it. @returns how many messages were taken */
export async function processWork(deps: CoreDeps, options: WorkOptions): Promise<number> {
  const received = await deps.work.receive(options.max, options.waitSeconds, options.visibilitySeconds);
  for (const work of received) await processOne(deps, work);
  return received.length;
}

/** One message; a failing one goes back to the queue with a growing delay, or is given up. */
export async function processOne(deps: CoreDeps, work: ReceivedWork): Promise<void> {
  const { retrySeconds } = await attemptWork(deps, work);
  if (retrySeconds === undefined) await deps.work.acknowledge(work.receipt);
  else await deps.work.release(work.receipt, retrySeconds);
}

/**
 * As {@link processOne}, for those who tell the queue themselves what became of the message.
 *
 * @returns in how many seconds to try again; without it the message is done with, also when it was given up
 */
export async function attemptWork(
  deps: CoreDeps,
  work: Pick<ReceivedWork, 'message' | 'receiveCount'>,
): Promise<{ readonly retrySeconds?: number }> {
  try {
    await handleWork(deps, work.message);
    return {};
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    deps.log.warn('work failed', { ...work.message, receiveCount: work.receiveCount, reason });
    if (work.receiveCount < MAX_RECEIVES) {
      if (work.message.kind === 'dispatch') await explainDelay(deps, work.message.jobId, reason);
      return { retrySeconds: Math.min(FIRST_DELAY_SECONDS * 2 ** (work.receiveCount - 1), MAX_DELAY_SECONDS) };
    }
    // A cancel or delete that does not work is asked for again by the reconciler; a job must not wait for ever.
    deps.log.error('work given up', { ...work.message, reason });
    if (work.message.kind === 'dispatch') await failDispatch(deps, work.message.jobId, reason);
    return {};
  }
}

async function explainDelay(deps: CoreDeps, jobId: string, cause: string): Promise<void> {
  const reason = `The scheduler did not take the job yet (${cause}); it is asked again.`;
  await changeJob(deps, jobId, [{ type: 'explained', reason, at: deps.clock.now() }]);
}
