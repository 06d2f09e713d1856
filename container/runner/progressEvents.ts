import type { Progress } from '../../backend/api/job.ts';

/** Names of the event by which a run in the cloud tells its progress; the backend's rule and tracker use the same. */
export const PROGRESS_EVENT = { source: 'foldpad.runner', detailType: 'Foldpad Progress' } as const;

/** What such an event says. */
export interface ProgressDetail {
  readonly job_id: string;
  readonly run_id: string;
  readonly attempt: number;
  readonly progress: Progress;
}

/** Between two events, unless the step changes. */
const QUIET_MS = 5_000;
/** Changes of step are told at once, but an engine that changes its step all the time is not followed. */
const STEP_QUIET_MS = 500;

export interface ProgressEventsOptions {
  readonly run: Omit<ProgressDetail, 'progress'>;
  readonly send: (detail: ProgressDetail) => Promise<void>;
  /** Told once, at the first event that cannot be sent: a prediction does not end for that. */
  readonly onTrouble: (error: unknown) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Sends a run's progress on, at most once in five seconds and at changes of step. One event is on its way at a time;
 * what comes meanwhile is replaced by what comes after it, so that the newest always arrives.
 */
export class ProgressEvents {
  readonly #options: ProgressEventsOptions;
  readonly #now: () => number;
  #waiting: Progress | undefined;
  #sentStep: string | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isTroubled = false;

  constructor(options: ProgressEventsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes in how far the run is. Returns at once. */
  report(progress: Progress): void {
    this.#waiting = progress;
    this.#schedule();
  }

  /** Sends what still waits. Resolves when it has been sent, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    this.#sendWaiting();
    await this.#sending;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#sending || !this.#waiting) return;
    const quiet = this.#waiting.step === this.#sentStep ? QUIET_MS : STEP_QUIET_MS;
    const left = this.#sentAt + quiet - this.#now();
    if (left <= 0) this.#sendWaiting();
    // The run does not wait for its last words; `flush` sends them.
    else this.#timer = setTimeout(() => this.#sendWaiting(), left).unref();
  }

  #sendWaiting(): void {
    const progress = this.#waiting;
    if (!progress) return;
    this.#waiting = undefined;
    this.#sentStep = progress.step;
    this.#sentAt = this.#now();
    this.#sending = this.#send(progress).finally(() => {
      this.#sending = undefined;
      this.#schedule();
    });
  }

  async #send(progress: Progress): Promise<void> {
    try {
      await this.#options.send({ ...this.#options.run, progress });
    } catch (error) {
      if (!this.#isTroubled) this.#options.onTrouble(error);
      this.#isTroubled = true;
    }
  }
}
