/** How often a backend that keeps dying is started again. Pure. */

/** Starts that are counted: those of the last five minutes. */
const WINDOW_MS = 5 * 60_000;
/** More starts than this within the window are not made without the user. */
const MOST_STARTS = 5;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/** Remembers when the backend was started, and says whether and when it may be started again. */
export class RestartPolicy {
  #starts: number[] = [];

  /**
   * @param now milliseconds
   * @returns how long to wait (ms) before the next start; undefined when it has been started too often
   */
  nextDelay(now: number): number | undefined {
    this.#starts = this.#starts.filter((start) => now - start < WINDOW_MS);
    const count = this.#starts.length;
    if (count >= MOST_STARTS) return undefined;
    return count === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (count - 1), LONGEST_DELAY_MS);
  }

  /** The backend is being started. */
  started(now: number): void {
    this.#starts.push(now);
  }

  /** The user asked for another try: earlier failures no longer count. */
  forgive(): void {
    this.#starts = [];
  }
}
