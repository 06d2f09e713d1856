import type { Progress, Stage } from '../../backend/api/job.ts';
import { formatProgressLine, parseProgressLine } from '../../backend/api/runner.ts';

/**
 * What the runner says on its stdout: log lines, each behind an ISO time and a space, and progress lines as bare JSON.
 * Progress never goes back within a run, whatever an engine reports.
 */
export class Journal {
  readonly #stage: Stage;
  readonly #write: (line: string) => void;
  readonly #onProgress: (progress: Progress) => void;
  #last: Progress | undefined;

  /**
   * @param write takes one line with its line end
   * @param onProgress is told what a progress line says
   */
  constructor(stage: Stage, write: (line: string) => void, onProgress: (progress: Progress) => void = () => {}) {
    this.#stage = stage;
    this.#write = write;
    this.#onProgress = onProgress;
  }

  log(text: string): void {
    this.#write(`${new Date().toISOString()} ${text}\n`);
  }

  progress(progress: Omit<Progress, 'stage'>): void {
    const fraction = Math.max(this.#last?.fraction ?? 0, Math.min(1, progress.fraction));
    const { step, message } = progress;
    const next: Progress = { stage: this.#stage, step, fraction, ...(message === undefined ? {} : { message }) };
    const same = this.#last?.step === step && this.#last.fraction === fraction && this.#last.message === message;
    if (same) return;
    this.#last = next;
    this.#write(`${formatProgressLine(next)}\n`);
    this.#onProgress(next);
  }

  /** Takes one line of an engine's output. @returns whether it was an ordinary log line */
  engineLine(line: string): boolean {
    const progress = parseProgressLine(line);
    if (progress) this.progress(progress);
    else this.log(line);
    return !progress;
  }
}
