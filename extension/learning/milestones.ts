/** What the user has reached, as context keys; the steps of the walkthrough are ticked off by them. */

import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import type { Connection } from '../connection/connection.ts';
import type { JobStore } from '../jobs/jobStore.ts';

export class Milestones extends Disposable {
  readonly #reached = new Set<string>();

  constructor(connection: Connection, store: JobStore) {
    super();
    this._register(
      connection.onDidChange((state) => {
        if (state.kind === 'ready' && state.queues.some(({ available }) => available)) this.#reach('canPredict');
      }),
    );
    this._register(
      store.onDidChange(() => {
        if (store.jobs.length > 0) this.#reach('hasPredicted');
        if (store.jobs.some(({ status }) => status === 'SUCCEEDED')) this.#reach('hasStructure');
      }),
    );
  }

  #reach(name: 'canPredict' | 'hasPredicted' | 'hasStructure'): void {
    if (this.#reached.has(name)) return;
    this.#reached.add(name);
    void vscode.commands.executeCommand('setContext', `foldpad.${name}`, true);
  }
}
