/** The whole log of a job as one text, in sections: a stage or an attempt each. Pure. */

import type { LogLine, Stage } from '../../backend/api/job.ts';

/** A part of the text that can be folded. Lines count from 0. */
export interface LogSection {
  readonly stage: Stage;
  readonly runId: string;
  readonly firstLine: number;
  /** Inclusive. */
  lastLine: number;
}

/** Longer logs are cut: their beginning is shown, and that there is more. */
export const MOST_LINES = 100_000;

/** Grows as lines come; never changes what it has. */
export class LogText {
  readonly #say: (sentence: string) => string;
  readonly #lines: string[] = [];
  readonly #sections: LogSection[] = [];
  #isCut = false;

  /** @param say says a remark in the user's language */
  constructor(say: (sentence: string) => string = (sentence) => sentence) {
    this.#say = say;
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  get sections(): readonly LogSection[] {
    return this.#sections;
  }

  /** Lines were left out. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Adds lines of the job's runs, each run under a heading of its own. */
  add(lines: readonly LogLine[]): void {
    for (const line of lines) this.#add(line);
  }

  /** Adds a remark of the editor. */
  remark(text: string): void {
    this.#lines.push(`── ${this.#say(text)} ──`);
  }

  toString(): string {
    return this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`;
  }

  #add({ runId, stage, at, text }: LogLine): void {
    if (this.#lines.length >= MOST_LINES) {
      if (!this.#isCut) this.remark(`The log has more than ${MOST_LINES} lines; the rest is not shown.`);
      this.#isCut = true;
      return;
    }
    let section = this.#sections.at(-1);
    if (section?.runId !== runId) {
      section = { stage, runId, firstLine: this.#lines.length, lastLine: this.#lines.length };
      this.#sections.push(section);
      this.#lines.push(`── ${stage} · run ${runId} ──`);
    }
    this.#lines.push(formatLine({ at, text }));
    section.lastLine = this.#lines.length - 1;
  }
}

/** Time of day in UTC, then the text. */
export function formatLine({ at, text }: { readonly at?: string | undefined; readonly text: string }): string {
  return at === undefined ? text : `${at.slice(11, 19)}  ${text}`;
}
