import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreDeps } from '../core/deps.ts';
import { processOne } from '../core/work.ts';
import type { KeyedChain } from './keyedChain.ts';
import type { SqliteWorkQueue } from './sqliteWorkQueue.ts';

const WORKERS = 4;
const WAIT_SECONDS = 60;
/** Longer than any message takes; a server that dies gives its messages back at the next start anyway. */
const VISIBILITY_SECONDS = 600;
/** After the queue itself failed (a full disk), milliseconds. */
const PAUSE_MS = 1000;

/**
 * Takes messages from the queue and does what they ask for, until the queue is closed.
 *
 * @param chain keeps work and reports on the same job from meeting
 * @returns resolves when the last message in hand is done
 */
export async function runWorkers(deps: CoreDeps, queue: SqliteWorkQueue, chain: KeyedChain): Promise<void> {
  const worker = async (): Promise<void> => {
    while (!queue.isClosed) {
      try {
        for (const work of await queue.receive(1, WAIT_SECONDS, VISIBILITY_SECONDS)) {
          await chain.add(work.message.jobId, () => processOne(deps, work));
        }
      } catch (error) {
        deps.log.error('queue failed', { error: String(error) });
        await sleep(PAUSE_MS);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}
