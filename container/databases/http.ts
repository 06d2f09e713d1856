import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, StagingError } from './errors.ts';

/** How patient the client is with servers and networks. */
export interface Patience {
  /** Tries of one request that fail one after the other, without a byte in between. */
  readonly tries: number;
  /** Milliseconds before the second try; doubled each time, up to a minute. */
  readonly pauseMs: number;
  /** A connection that brings nothing for so long is given up. */
  readonly stallMs: number;
}

export const PATIENCE: Patience = { tries: 8, pauseMs: 2_000, stallMs: 60_000 };

const LONGEST_PAUSE_MS = 60_000;

/** An answer that asking again will not change. */
class FinalAnswer extends StagingError {}

/**
 * Does something over the network until it succeeds.
 *
 * @throws StagingError naming the address and the last reason
 */
export async function persistently<T>(
  url: string,
  patience: Patience,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StagingError) throw error;
      if (attempt >= patience.tries)
        throw new StagingError(`${url} could not be read, tried ${attempt} times: ${messageOf(error)}.`);
      await sleep(Math.min(LONGEST_PAUSE_MS, patience.pauseMs * 2 ** (attempt - 1)), undefined, { signal });
    }
  }
}

/**
 * One request. Aborts when nothing comes for a while: call `alive` with every piece that arrives.
 *
 * @throws on anything but success; a StagingError for what asking again will not change
 */
export async function request(
  url: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> },
  patience: Patience,
  signal: AbortSignal,
): Promise<{ readonly response: Response; readonly alive: () => void; readonly end: () => void }> {
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`nothing came for ${patience.stallMs / 1000} s`));
  let timer = setTimeout(stall, patience.stallMs);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(stall, patience.stallMs);
  };
  const end = () => clearTimeout(timer);
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.any([signal, stalled.signal]) });
    alive();
    if (response.ok) return { response, alive, end };
    await response.body?.cancel();
    throw refusal(url, response);
  } catch (error) {
    end();
    throw error;
  }
}

function refusal(url: string, { status, statusText }: Response): Error {
  const message = `${url} answers ${status} ${statusText}`.trimEnd();
  // Too many requests, and what servers say when they are busy or broken, may pass.
  if (status === 408 || status === 425 || status === 429 || status >= 500) return new Error(message);
  return new FinalAnswer(
    `${message}. The publisher may have moved the file: name another host with --source, or take a newer Foldpad.`,
  );
}

/** The whole text of a small document. */
export async function readText(url: string, patience: Patience, signal: AbortSignal): Promise<string> {
  return persistently(url, patience, signal, async () => {
    const { response, end } = await request(url, {}, patience, signal);
    try {
      return await response.text();
    } finally {
      end();
    }
  });
}
