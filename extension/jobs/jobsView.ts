/** The Jobs view: the tree, its badge, the sentence above it, and which welcome text stands in an empty one. */

import * as vscode from 'vscode';
import { isFinished } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import { join } from '../base/errors.ts';
import { errorText, said } from '../base/said.ts';
import type { Connection } from '../connection/connection.ts';
import { allProfiles, profileName } from '../connection/profile.ts';
import type { FastaDrop } from './fastaDrop.ts';
import { filterText, type JobFilter } from './jobFilter.ts';
import type { JobStore } from './jobStore.ts';
import type { JobsTree } from './jobsTree.ts';
import { JobNode } from './nodes/jobNode.ts';
import type { JobsNode } from './nodes/jobsNode.ts';

export const JOBS_VIEW = 'foldpad.jobs';

const TICK_MS = 10_000;

/** What an empty view says; exactly one of them holds at any time. */
type Welcome =
  | 'starting'
  | 'localFailed'
  | 'remoteUnreachable'
  | 'keyNeeded'
  | 'engineMissing'
  | 'filtered'
  | 'empty'
  | 'jobs';

export class JobsView extends Disposable {
  readonly #store: JobStore;
  readonly #tree: JobsTree;
  readonly #filter: JobFilter;
  readonly #connection: Connection;
  readonly #view: vscode.TreeView<JobsNode>;
  readonly #keys = new Map<string, unknown>();
  /** As the manifest says. */
  readonly #title: string;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(parts: {
    readonly store: JobStore;
    readonly tree: JobsTree;
    readonly filter: JobFilter;
    readonly connection: Connection;
    readonly drop: FastaDrop;
  }) {
    super();
    this.#store = parts.store;
    this.#tree = parts.tree;
    this.#filter = parts.filter;
    this.#connection = parts.connection;
    this.#view = this._register(
      vscode.window.createTreeView(JOBS_VIEW, {
        treeDataProvider: parts.tree,
        dragAndDropController: parts.drop,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.#title = this.#view.title ?? '';
    this._register(this.#view.onDidChangeVisibility(({ visible }) => this.#show(visible)));
    this._register({ dispose: () => clearInterval(this.#clock) });
    this._register(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        // After a sleep, or work in another window, what is shown may be old.
        if (focused && this.#view.visible) void this.#store.refresh();
      }),
    );
    const update = () => this.#update();
    this._register(parts.store.onDidChange(update));
    this._register(parts.store.onDidChangeState(update));
    this._register(parts.connection.onDidChange(update));
    this._register(parts.filter.onDidChange(update));
    this.#update();
    this.#show(this.#view.visible);
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** Jobs that filter and search let through. */
  get shownCount(): number {
    return this.#tree.shown.length;
  }

  /** Makes the list longer: by jobs that are known already, or by older ones of the backend. */
  async showMore(): Promise<void> {
    if (!this.#tree.showMore()) await this.#store.loadMore();
  }

  /** Asks for older jobs while filter and search let none through, as long as that `isWanted`. */
  async findOlder(isWanted: () => boolean): Promise<void> {
    while (this.shownCount === 0 && this.#store.hasMore && isWanted()) {
      await this.#store.loadMore();
      if (this.#store.state.kind !== 'current') return;
    }
  }

  /** Rows that the user has chosen. */
  get selection(): readonly JobsNode[] {
    return this.#view.selection;
  }

  /** Brings the row of a job into sight and opens the view if it is closed. */
  async reveal(jobId: string): Promise<void> {
    if (!this.#tree.rowOf(jobId) && this.#store.find(jobId)) await this.#filter.open();
    this.#tree.uncover(jobId);
    const row = this.#tree.rowOf(jobId);
    if (!row) return;
    try {
      await this.#view.reveal(row, { select: true, focus: false, expand: false });
    } catch {
      // VS Code loses a row that is drawn anew while it looks for it. The job is in the list all the same.
    }
  }

  #show(visible: boolean): void {
    this.#store.setVisible('view', visible);
    clearInterval(this.#clock);
    // The times of running jobs go on also while the backend has nothing new to say.
    if (visible) this.#clock = setInterval(() => this.#tree.tick(), TICK_MS);
  }

  #update(): void {
    const { live } = this.#store;
    const welcome = this.#welcome();
    this.#setKey('foldpad.welcome', welcome);
    this.#setKey('foldpad.hasLiveJobs', live.length > 0);
    this.#setKey(
      'foldpad.hasFinishedJobs',
      this.#store.jobs.some(({ status }) => isFinished(status)),
    );
    this.#setKey('foldpad.isFiltered', !this.#filter.isOpen);
    this.#setKey('foldpad.isRemote', this.#connection.profile.kind === 'remote');
    const tooltip =
      live.length === 1
        ? vscode.l10n.t('1 prediction is waiting or running')
        : vscode.l10n.t('{0} predictions are waiting or running', live.length);
    this.#view.badge = live.length === 0 ? undefined : { value: live.length, tooltip };
    // Whose jobs these are, as soon as there is a choice.
    const { profile } = this.#connection;
    const hasChoice = profile.kind === 'remote' || allProfiles().endpoints.length > 0;
    // The description of a view that is alone in its container is not shown; its title stands behind “Foldpad:”.
    this.#view.title = hasChoice ? profileName(profile) : this.#title;
    const trouble = this.#trouble();
    // A message hides the welcome text with its buttons, which says the same.
    const hasRows = welcome === 'jobs' || (welcome === 'filtered' && this.#store.hasMore);
    this.#view.message = hasRows ? trouble || this.#shownText() : '';
  }

  /** Which jobs are shown, unless all are. */
  #shownText(): string {
    const { name, search, isOpen } = this.#filter;
    if (isOpen) return '';
    const words = [name === 'all' ? '' : filterText(name), search === '' ? '' : `“${search}”`].filter(Boolean);
    const { length } = this.#tree.shown;
    return vscode.l10n.t('Shown: {0} ({1} of {2})', words.join(', '), length, this.#store.jobs.length);
  }

  #welcome(): Welcome {
    if (this.#tree.shown.length > 0) return 'jobs';
    const { state } = this.#connection;
    if (state.kind === 'failed') return state.failure;
    if (this.#store.jobs.length > 0) return 'filtered';
    if (state.kind !== 'ready' || this.#store.state.kind === 'unknown') return 'starting';
    if (this.#store.state.kind === 'stale') return state.profile === 'local' ? 'localFailed' : 'remoteUnreachable';
    return this.#connection.missingEngine && state.profile === 'local' ? 'engineMissing' : 'empty';
  }

  /** What is wrong now, if anything, in a sentence or two. */
  #trouble(): string {
    const { state, missingEngine } = this.#connection;
    if (state.kind === 'failed') {
      const old = this.#store.jobs.length > 0 ? vscode.l10n.t('The list is from before.') : undefined;
      return join(join(state.reason, state.remedy), old);
    }
    if (this.#store.state.kind === 'stale') return errorText(this.#store.state.error);
    return said(missingEngine?.reason ?? '');
  }

  #setKey(name: string, value: unknown): void {
    if (this.#keys.get(name) === value) return;
    this.#keys.set(name, value);
    void vscode.commands.executeCommand('setContext', name, value);
  }
}

/** The job that a row of the view belongs to. */
export function jobIdOf(node: unknown): string | undefined {
  for (let row = node as Partial<JobsNode> | undefined; row; row = row.parent) {
    if (row instanceof JobNode) return row.job.id;
  }
  return undefined;
}
