/** When the backend is asked again. Pure. */

export interface PollSituation {
  /** Somebody looks at the jobs. */
  readonly visible: boolean;
  /** Jobs that have not ended. */
  readonly live: number;
  /** Answers in a row that brought nothing new. */
  readonly quiet: number;
  /** Failures in a row. */
  readonly failures: number;
}

/** Milliseconds. While something moves, a person watching should not feel a delay. */
const BUSY_MS = 1_000;
const BUSY_LONGEST_MS = 10_000;
/** Live jobs that nobody watches: soon enough for the message that they have ended. */
const UNSEEN_MS = 5_000;
const UNSEEN_LONGEST_MS = 30_000;
/** Nothing is live: jobs may still be submitted by other programs. */
const IDLE_MS = 15_000;
const IDLE_LONGEST_MS = 60_000;
const FAILED_MS = 2_000;
const FAILED_LONGEST_MS = 60_000;
/** Growth per quiet answer. */
const EASE = 1.25;
/** Spread of the answer, so that many windows do not ask at the same moment: ±20 %. */
const JITTER = 0.2;

/**
 * @param random a number from 0 up to 1
 * @returns milliseconds until the next question; undefined when there is no reason to ask
 */
export function nextPoll(situation: PollSituation, random: number): number | undefined {
  const { visible, live, quiet, failures } = situation;
  if (!visible && live === 0) return undefined;
  const spread = 1 - JITTER + 2 * JITTER * random;
  return spread * (failures > 0 ? ease(FAILED_MS, FAILED_LONGEST_MS, failures - 1, 2) : calm(visible, live, quiet));
}

function calm(visible: boolean, live: number, quiet: number): number {
  if (live === 0) return ease(IDLE_MS, IDLE_LONGEST_MS, quiet, EASE);
  return visible ? ease(BUSY_MS, BUSY_LONGEST_MS, quiet, EASE) : ease(UNSEEN_MS, UNSEEN_LONGEST_MS, quiet, EASE);
}

function ease(first: number, longest: number, steps: number, factor: number): number {
  return Math.min(first * factor ** Math.min(steps, 40), longest);
}
