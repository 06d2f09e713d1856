/**
 * What the user has reached, by whatever way, as context keys; the steps of the walkthrough are ticked off by them. VS Code
 * ticks nothing for a key that was set before it first looked at the walkthrough, so that commands tick the steps as well.
 */

import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import type { Connection } from '../connection/connection.ts';
import type { JobStore } from '../jobs/jobStore.ts';

type Milestone = 'canPredict' | 'hasFasta' | 'hasPredicted' | 'hasStructure' | 'hasLooked' | 'isElsewhere';

const FASTA = 'fasta';

export class Milestones extends Disposable {
  readonly #reached = new Set<string>();

  constructor(connection: Connection, store: JobStore) {
    super();
    this._register(
      connection.onDidChange((state) => {
        if (state.kind !== 'ready') return;
        if (state.queues.some(({ available }) => available)) this.#reach('canPredict');
        if (state.profile === 'remote') this.#reach('isElsewhere');
      }),
    );
    this._register(
      store.onDidChange(() => {
        if (store.jobs.length > 0) this.#reach('hasPredicted');
        if (store.jobs.some(({ status }) => status === 'SUCCEEDED')) this.#reach('hasStructure');
      }),
    );
    const opened = ({ languageId }: vscode.TextDocument): void => {
      if (languageId === FASTA) this.#reach('hasFasta');
    };
    vscode.workspace.textDocuments.forEach(opened);
    this._register(vscode.workspace.onDidOpenTextDocument(opened));
    const look = (): void => {
      if (vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(showsStructure))) this.#reach('hasLooked');
    };
    look();
    this._register(vscode.window.tabGroups.onDidChangeTabs(look));
  }

  #reach(name: Milestone): void {
    if (this.#reached.has(name)) return;
    this.#reached.add(name);
    void vscode.commands.executeCommand('setContext', `foldpad.${name}`, true);
  }
}

/** Whether a tab has the viewer in it: of a result, of a structure file, of several together. */
function showsStructure({ input }: vscode.Tab): boolean {
  if (input instanceof vscode.TabInputCustom) return input.viewType.startsWith('foldpad.');
  // VS Code puts a prefix of its own before the type of a panel.
  return input instanceof vscode.TabInputWebview && /(^|-)foldpad\./.test(input.viewType);
}
