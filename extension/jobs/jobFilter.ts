/** Which jobs the view shows: by status and by words; remembered for the workspace. */

import * as vscode from 'vscode';
import { isLive, type Job } from '../../backend/api/job.ts';
import { Emitter } from '../base/emitter.ts';
import type { FileOf } from './arrange/groups.ts';
import { matches, searchTerms } from './arrange/search.ts';

export const FILTERS = ['all', 'live', 'succeeded', 'failed', 'cancelled'] as const;
export type FilterName = (typeof FILTERS)[number];

const MEMORY = 'foldpad.filter';
const SEARCH = 'foldpad.search';

export class JobFilter {
  readonly #memory: vscode.Memento;
  readonly #fileOf: FileOf;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  #terms: readonly string[];

  constructor(memory: vscode.Memento, fileOf: FileOf = (job) => job.fileName) {
    this.#memory = memory;
    this.#fileOf = fileOf;
    this.#terms = searchTerms(this.search);
  }

  get name(): FilterName {
    const kept = this.#memory.get<string>(MEMORY);
    return FILTERS.find((name) => name === kept) ?? 'all';
  }

  /** The words that are searched for; empty when none are. */
  get search(): string {
    return this.#memory.get<string>(SEARCH, '');
  }

  /** Every job is shown. */
  get isOpen(): boolean {
    return this.name === 'all' && this.#terms.length === 0;
  }

  async choose(name: FilterName): Promise<void> {
    await this.#memory.update(MEMORY, name === 'all' ? undefined : name);
    this.#changed.fire();
  }

  /** Shows only jobs with these words. */
  async searchFor(text: string): Promise<void> {
    const words = text.trim();
    if (words === this.search) return;
    this.#terms = searchTerms(words);
    await this.#memory.update(SEARCH, words === '' ? undefined : words);
    this.#changed.fire();
  }

  /** Shows every job. */
  async open(): Promise<void> {
    this.#terms = [];
    await this.#memory.update(SEARCH, undefined);
    await this.choose('all');
  }

  admits(job: Job): boolean {
    return this.#admitsStatus(job) && matches(this.#terms, job, this.#fileOf);
  }

  #admitsStatus(job: Job): boolean {
    switch (this.name) {
      case 'all':
        return true;
      case 'live':
        return isLive(job.status);
      case 'succeeded':
        return job.status === 'SUCCEEDED';
      case 'failed':
        return job.status === 'FAILED';
      case 'cancelled':
        return job.status === 'CANCELLED';
    }
  }
}

export function filterText(name: FilterName): string {
  switch (name) {
    case 'all':
      return vscode.l10n.t('All jobs');
    case 'live':
      return vscode.l10n.t('Waiting and running');
    case 'succeeded':
      return vscode.l10n.t('Succeeded');
    case 'failed':
      return vscode.l10n.t('Failed');
    case 'cancelled':
      return vscode.l10n.t('Cancelled');
  }
}
