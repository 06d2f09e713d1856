/** Of several jobs that need the same features, one makes them and the others wait. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { SharedObjects } from './engine.ts';

export interface ClaimTimes {
  /** Between two looks at what another job is doing. */
  readonly lookMs: number;
  /** Between two signs of life. */
  readonly renewMs: number;
  /** After so long without a sign of life, another job is taken for dead. */
  readonly staleMs: number;
}

const TIMES: ClaimTimes = { lookMs: 3_000, renewMs: 30_000, staleMs: 150_000 };

const claimSchema = z.object({ token: z.string(), beat: z.number(), released: z.boolean() });
type ClaimText = z.infer<typeof claimSchema>;

/**
 * A claim is an object beside the features. Its owner changes it now and then; who sees it unchanged for long takes it
 * over. Clocks are not compared, and nothing is ever deleted: a run on AWS has no right to. Should two take it over at
 * once, both search, which costs time and no more.
 */
export class FeaturesClaim {
  readonly #shared: SharedObjects;
  readonly #key: string;
  readonly #times: ClaimTimes;
  readonly #token = randomUUID();
  #beat = 0;
  #isReleased = false;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();

  constructor(shared: SharedObjects, featuresKey: string, times: ClaimTimes = TIMES) {
    this.#shared = shared;
    this.#key = `features/${featuresKey}/claim.json`;
    this.#times = times;
  }

  /**
   * @param isMade whether the features are there
   * @param onWait called once when another job is found at work
   * @returns `mine`: this job has to make them, and must call `release`; `made`: another job has
   * @throws the signal's reason when it is aborted
   */
  async acquire(isMade: () => Promise<boolean>, onWait: () => void, signal: AbortSignal): Promise<'mine' | 'made'> {
    let seen: string | undefined;
    let seenAt = 0;
    for (;;) {
      signal.throwIfAborted();
      if (await this.#shared.writeIfAbsent(this.#key, this.#text(false))) return this.#begin();
      const body = Buffer.from((await this.#shared.read(this.#key)) ?? '').toString();
      if (await isMade()) return 'made';
      const claim = parse(body);
      if (body !== seen) {
        if (seen === undefined && claim && !claim.released) onWait();
        seen = body;
        seenAt = performance.now();
      }
      const isStale = performance.now() - seenAt > this.#times.staleMs;
      if ((!claim || claim.released || isStale) && (await this.#takeOver(signal))) return this.#begin();
      await pause(this.#times.lookMs, signal);
    }
  }

  /** Lets others go on. */
  async release(): Promise<void> {
    this.#isReleased = true;
    clearTimeout(this.#timer);
    await this.#renewing;
    try {
      if (await this.#isMine()) await this.#shared.write(this.#key, this.#text(true));
    } catch {
      // Without a sign of life it ends by itself; what was made must not be lost for it.
    }
  }

  async #takeOver(signal: AbortSignal): Promise<boolean> {
    await this.#shared.write(this.#key, this.#text(false));
    // Whoever writes last has it; others that write now do so within this time.
    await pause(this.#times.lookMs, signal);
    return this.#isMine();
  }

  #begin(): 'mine' {
    this.#renewLater();
    return 'mine';
  }

  #renewLater(): void {
    this.#timer = setTimeout(() => {
      this.#renewing = this.#renew();
    }, this.#times.renewMs);
    this.#timer.unref();
  }

  /** A sign of life that fails is one that is missing: the next may come through before others take this job for dead. */
  async #renew(): Promise<void> {
    let isLost = false;
    try {
      isLost = !(await this.#isMine());
      if (isLost) return;
      this.#beat += 1;
      await this.#shared.write(this.#key, this.#text(false));
    } catch {
      // The store is away for a while.
    } finally {
      if (!isLost && !this.#isReleased) this.#renewLater();
    }
  }

  async #isMine(): Promise<boolean> {
    const body = await this.#shared.read(this.#key);
    return body !== undefined && parse(Buffer.from(body).toString())?.token === this.#token;
  }

  #text(released: boolean): Uint8Array {
    return Buffer.from(JSON.stringify({ token: this.#token, beat: this.#beat, released } satisfies ClaimText));
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function parse(text: string): ClaimText | undefined {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
