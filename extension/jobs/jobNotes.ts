/**
 * What is known here of a job beyond what the server says: the file that it came from, and what its prediction was
 * estimated to take when it was submitted. Remembered for the workspace.
 */

import type * as vscode from 'vscode';
import type { Estimate, Job } from '../../backend/api/job.ts';
import { Emitter } from '../base/emitter.ts';

/** What an estimate says of time and money. */
export type Forecast = Pick<Estimate, 'minutes' | 'cost'>;

export interface JobNote {
  /** As a person would name it: relative to the workspace. */
  readonly file?: string;
  readonly forecast?: Forecast;
}

const MEMORY = 'foldpad.jobNotes';
/** The oldest notes beyond these are forgotten. */
const MOST_NOTES = 1000;

export class JobNotes {
  readonly #memory: vscode.Memento;
  readonly #changed = new Emitter<readonly string[]>();
  /** Ids of the jobs whose notes changed. */
  readonly onDidChange = this.#changed.event;
  readonly #notes: Map<string, JobNote>;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#notes = new Map(Object.entries(memory.get<Record<string, JobNote>>(MEMORY, {})));
  }

  of(id: string): JobNote | undefined {
    return this.#notes.get(id);
  }

  /** The file that a job came from. */
  readonly fileOf = (job: Job): string | undefined => this.#notes.get(job.id)?.file ?? job.fileName;

  /** Adds to what is known of jobs. */
  async add(notes: readonly (readonly [id: string, note: JobNote])[]): Promise<void> {
    for (const [id, note] of notes) {
      const known = this.#notes.get(id);
      this.#notes.delete(id);
      this.#notes.set(id, { ...known, ...note });
    }
    for (const id of this.#notes.keys()) {
      if (this.#notes.size <= MOST_NOTES) break;
      this.#notes.delete(id);
    }
    this.#changed.fire(notes.map(([id]) => id));
    await this.#memory.update(MEMORY, Object.fromEntries(this.#notes));
  }

  /** The jobs are gone. */
  async forget(ids: readonly string[]): Promise<void> {
    const found = ids.filter((id) => this.#notes.delete(id));
    if (found.length > 0) await this.#memory.update(MEMORY, Object.fromEntries(this.#notes));
  }
}
