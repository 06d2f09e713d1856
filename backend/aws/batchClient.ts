/** How we talk to AWS Batch: which of its answers are worth another try, and how fast we may ask. */
import { BatchClient, type BatchClientConfig } from '@aws-sdk/client-batch';

/**
 * A client that never repeats a call by itself: SubmitJob has no token that would make repeating it safe, so a call
 * whose answer was lost must not be sent again blindly. {@link retryBatch} repeats where that is harmless.
 */
export function createBatchClient(config: BatchClientConfig = {}): BatchClient {
  return new BatchClient({
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
    ...config,
    maxAttempts: 1,
  });
}

interface ServiceError {
  readonly name: string;
  readonly status?: number | undefined;
}

function serviceError(error: unknown): ServiceError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return { name: error.name, status: $metadata?.httpStatusCode };
}

/** Batch asked us to slow down: it did nothing. */
export function isThrottled(error: unknown): boolean {
  const found = serviceError(error);
  return (
    found !== undefined && (found.status === 429 || /Throttl|TooManyRequests|RequestLimitExceeded/.test(found.name))
  );
}

/** Batch understood the call and refused it: it did nothing, and never will. */
export function isRefusal(error: unknown): boolean {
  return serviceError(error)?.name === 'ClientException' && !isThrottled(error);
}

/** Batch answered that it did not do what it was asked. */
export function isDeclined(error: unknown): boolean {
  const status = serviceError(error)?.status;
  return isThrottled(error) || (status !== undefined && status >= 400 && status < 500);
}

/** Nobody knows whether Batch did what it was asked: no answer came, or one that tells of its own trouble. */
export function isUnclear(error: unknown): boolean {
  const found = serviceError(error);
  return found === undefined || found.status === undefined || found.status >= 500;
}

export interface RetryOptions {
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Repeat calls whose outcome is not known, too: for calls that may be made twice. Default true. */
  readonly alsoUnclear?: boolean;
  /** Default 7: half a minute. */
  readonly tries?: number;
}

const MAX_TRIES = 7;
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;

/** Makes a call, again with growing pauses while Batch is too busy. @throws the last error */
export async function retryBatch<T>(call: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { sleep = pause, alsoUnclear = true, tries = MAX_TRIES } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const isWorthIt = isThrottled(error) || (alsoUnclear && isUnclear(error));
      if (attempt >= tries || !isWorthIt) throw error;
      const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
      // By chance more or less, so that those who were refused together do not come back together.
      await sleep(longest * (0.5 + Math.random() / 2));
    }
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Lets calls through one after another, so many in a second and no more. */
export class Pace {
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #sleep: (milliseconds: number) => Promise<void>;
  #next = 0;

  constructor(perSecond: number, now: () => number = Date.now, sleep = pause) {
    this.#intervalMs = 1000 / perSecond;
    this.#now = now;
    this.#sleep = sleep;
  }

  /** Resolves when it is the caller's turn. */
  async turn(): Promise<void> {
    const now = this.#now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#intervalMs;
    if (at > now) await this.#sleep(at - now);
  }
}
