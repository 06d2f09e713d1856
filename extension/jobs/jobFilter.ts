/** Which jobs the view shows; remembered for the workspace. */

import * as vscode from 'vscode';
import { isLive, type Job } from '../../backend/api/job.ts';
import { Emitter } from '../base/emitter.ts';

export const FILTERS = ['all', 'live', 'succeeded', 'failed', 'cancelled'] as const;
export type FilterName = (typeof FILTERS)[number];

const MEMORY = 'foldpad.filter';

export class JobFilter {
  readonly #memory: vscode.Memento;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get name(): FilterName {
    const kept = this.#memory.get<string>(MEMORY);
    return FILTERS.find((name) => name === kept) ?? 'all';
  }

  async choose(name: FilterName): Promise<void> {
    await this.#memory.update(MEMORY, name === 'all' ? undefined : name);
    this.#changed.fire();
  }

  admits(job: Job): boolean {
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
