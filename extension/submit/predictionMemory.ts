/** Remembers for the workspace what was chosen for the last prediction. Comments are not: they are about one alone. */

import type * as vscode from 'vscode';
import { type PredictionSettings, readSettings } from './settings.ts';

const MEMORY = 'foldpad.predictionSettings';

export class PredictionMemory {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get settings(): PredictionSettings {
    return readSettings(this.#memory.get(MEMORY));
  }

  async keep(settings: PredictionSettings): Promise<void> {
    await this.#memory.update(MEMORY, settings);
  }
}
