/** The one item in the status bar: how the backend stands, and how many jobs are live. */

import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { join } from '../base/errors.ts';
import { said } from '../base/said.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { Connection } from './connection.ts';
import { allProfiles, profileName } from './profile.ts';

/** A longer name is cut: the status bar belongs to all. */
const LONGEST_NAME = 24;

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
    this.#item.command = 'foldpad.connectBackend';
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
      const backend = profileName(this.#connection.profile);
      this.#set('loading~spin', vscode.l10n.t('connecting…'), vscode.l10n.t('Connecting to {0}', backend));
    } else if (state.kind === 'failed') {
      this.#set('error', vscode.l10n.t('not connected'), join(state.reason, state.remedy));
      this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
    } else if (missingEngine) {
      const reason = missingEngine.reason ? said(missingEngine.reason) : vscode.l10n.t('No engine is available.');
      this.#set('warning', vscode.l10n.t('engine missing'), join(reason, said(missingEngine.remedy ?? '')));
      this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    } else {
      this.#ready();
    }
    this.#item.show();
  }

  #ready(): void {
    const live = this.#store.live.length;
    const { profile } = this.#connection;
    const backend =
      profile.kind === 'local'
        ? vscode.l10n.t('Connected to the backend on this machine')
        : vscode.l10n.t('Connected to {0} ({1})', profile.name, profile.url);
    if (live === 0) this.#set('check', '', backend);
    else this.#set('sync~spin', live === 1 ? vscode.l10n.t('1 job') : vscode.l10n.t('{0} jobs', live), backend);
  }

  /** The name of the backend stands there as soon as there is a choice. */
  get #name(): string {
    if (this.#connection.profile.kind === 'local' && allProfiles().endpoints.length === 0) return 'Foldpad';
    const name = profileName(this.#connection.profile);
    return `Foldpad (${name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name})`;
  }

  #set(icon: string, state: string, tooltip: string): void {
    const text = state === '' ? this.#name : vscode.l10n.t('{0}: {1}', this.#name, state);
    const hint = vscode.l10n.t('Click to choose a backend.');
    // A `$(` in the name of an endpoint must not become an icon.
    this.#item.text = `$(${icon}) ${text.replaceAll('$(', '(')}`;
    this.#item.tooltip = `${tooltip}\n${hint}`;
    this.#item.accessibilityInformation = { label: `${text}. ${tooltip}`, role: 'button' };
  }
}
