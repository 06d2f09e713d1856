/** Follows the log of one job by cursors, each page exactly where the last one ended. Knows nothing of VS Code. */

import type { LogLine, LogPage } from '../../backend/api/job.ts';
import { describeError, isProblem } from '../base/errors.ts';

/** Where log lines come from; the API's client is one. */
export interface LogReader {
  logs(
    id: string,
    options: { readonly after?: string; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<LogPage>;
}

export interface FollowOptions {
  readonly reader: LogReader;
  readonly jobId: string;
  /** Where to go on; from the start when absent. */
  readonly after?: string;
  readonly signal: AbortSignal;
  /**
   * Takes the lines of one page, and the cursor to go on from; `isNewest`: no more are there by now. The next page is
   * asked for when it has resolved.
   */
  readonly write: (lines: readonly LogLine[], next: string, isNewest: boolean) => void | Promise<void>;
  /** Told once when the log cannot be read for now, and once when it can again. */
  readonly say: (message: string) => void;
  /** Waits (ms); rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Lines asked for at once. */
const PAGE = 1000;
const SOON_MS = 700;
const LATE_MS = 5_000;
const FAILED_LONGEST_MS = 30_000;

/** Resolves when the log has ended for good, or the job is gone. @throws the signal's reason when it is aborted */
export async function followLog(options: FollowOptions): Promise<'ended' | 'gone'> {
  const { reader, jobId, signal, write, say, sleep } = options;
  let after = options.after;
  let pause = SOON_MS;
  let failures = 0;
  for (;;) {
    signal.throwIfAborted();
    try {
      const page = await reader.logs(jobId, { signal, limit: PAGE, ...(after === undefined ? {} : { after }) });
      signal.throwIfAborted();
      if (failures > 0) say('The backend answers again; the log goes on.');
      failures = 0;
      after = page.next;
      await write(page.lines, page.next, page.done || page.lines.length < PAGE);
      if (page.done) return 'ended';
      // More is waiting behind a full page; the longer nothing comes, the less often it is asked for.
      if (page.lines.length >= PAGE) continue;
      pause = page.lines.length > 0 ? SOON_MS : Math.min(pause * 1.4, LATE_MS);
    } catch (error) {
      signal.throwIfAborted();
      if (isProblem(error) && error.kind === 'not-found') return 'gone';
      if (failures === 0) say(`The log cannot be read now: ${describeError(error)} Trying again.`);
      failures++;
      pause = Math.min(SOON_MS * 2 ** failures, FAILED_LONGEST_MS);
    }
    await sleep(pause, signal);
  }
}
