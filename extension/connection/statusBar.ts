/** The one item in the status bar: how the backend stands, and how many jobs are live. */

import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { join } from '../base/errors.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { Connection } from './connection.ts';

export class StatusBar extends Disposable {
  readonly #connection: Connection;
  readonly #store: JobStore;
  readonly #item: vscode.StatusBarItem;

  constructor(connection: Connection, store: JobStore) {
    super();
    this.#connection = connection;
    this.#store = store;
    this.#item = this._register(
      vscode.window.createStatusBarItem('foldpad.status', vscode.StatusBarAlignment.Left, 10),
    );
    this.#item.name = 'Foldpad';
    this.#item.command = 'foldpad.showStatus';
    this._register(connection.onDidChange(() => this.#update()));
    this._register(store.onDidChange(() => this.#update()));
    this.#update();
  }

  #update(): void {
    const { state, missingEngine } = this.#connection;
    // Nothing is shown in windows that have nothing to do with predictions.
    if (state.kind === 'idle') {
      this.#item.hide();
      return;
    }
    this.#item.backgroundColor = undefined;
    if (state.kind === 'starting') {
      this.#set('loading~spin', vscode.l10n.t('Foldpad: connecting…'), vscode.l10n.t('Connecting to the backend'));
    } else if (state.kind === 'failed') {
      this.#set('error', vscode.l10n.t('Foldpad: not connected'), join(state.reason, state.remedy));
      this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
    } else if (missingEngine) {
      const reason = missingEngine.reason ?? vscode.l10n.t('No engine is available.');
      this.#set('warning', vscode.l10n.t('Foldpad: engine missing'), join(reason, missingEngine.remedy));
      this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    } else {
      this.#ready(state.profile);
    }
    this.#item.show();
  }

  #ready(profile: 'local' | 'remote'): void {
    const live = this.#store.live.length;
    const backend =
      profile === 'local'
        ? vscode.l10n.t('Connected to the backend on this machine')
        : vscode.l10n.t('Connected to the remote backend');
    if (live === 0) this.#set('check', 'Foldpad', backend);
    else {
      const text = live === 1 ? vscode.l10n.t('Foldpad: 1 job') : vscode.l10n.t('Foldpad: {0} jobs', live);
      this.#set('sync~spin', text, backend);
    }
  }

  #set(icon: string, text: string, tooltip: string): void {
    this.#item.text = `$(${icon}) ${text}`;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: `${text}. ${tooltip}`, role: 'button' };
  }
}
