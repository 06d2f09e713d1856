/** The rows of the Jobs view, made from what the store knows. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import type { JobFilter } from './jobFilter.ts';
import type { JobStore } from './jobStore.ts';
import { JobNode, type JobNodeParts } from './nodes/jobNode.ts';
import type { JobsNode } from './nodes/jobsNode.ts';
import { MoreNode } from './nodes/moreNode.ts';

export class JobsTree extends Disposable implements vscode.TreeDataProvider<JobsNode> {
  readonly #store: JobStore;
  readonly #filter: JobFilter;
  readonly #parts: JobNodeParts;
  readonly #changed = this._register(new vscode.EventEmitter<JobsNode | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  /** One row per job for as long as it is in the list: VS Code knows rows by identity. */
  readonly #rows = new Map<string, JobNode>();
  readonly #more = new MoreNode();

  constructor(store: JobStore, filter: JobFilter, parts: JobNodeParts) {
    super();
    this.#store = store;
    this.#filter = filter;
    this.#parts = parts;
    this._register(
      store.onDidChange(({ listChanged, changed }) => {
        for (const job of changed) this.#row(job).job = job;
        // With a filter, a job that changed may come or go.
        if (listChanged || filter.name !== 'all') this.#changed.fire(undefined);
        else for (const job of changed) this.#changed.fire(this.#row(job));
      }),
    );
    this._register(filter.onDidChange(() => this.#changed.fire(undefined)));
  }

  getTreeItem(node: JobsNode): vscode.TreeItem {
    const item = node.treeItem();
    item.id = node.id;
    return item;
  }

  getParent(node: JobsNode): JobsNode | undefined {
    return node.parent;
  }

  async getChildren(node?: JobsNode): Promise<JobsNode[]> {
    if (node) return [...((await node.children?.()) ?? [])];
    const jobs = this.shown;
    this.#forget();
    const rows: JobsNode[] = jobs.map((job) => this.#row(job));
    return this.#store.hasMore && rows.length > 0 ? [...rows, this.#more] : rows;
  }

  /** Jobs that the filter lets through. */
  get shown(): readonly Job[] {
    return this.#store.jobs.filter((job) => this.#filter.admits(job));
  }

  /** The row of a job; undefined when it is not in the list or filtered out. */
  rowOf(id: string): JobNode | undefined {
    const job = this.shown.find((shown) => shown.id === id);
    return job && this.#row(job);
  }

  #row(job: Job): JobNode {
    const known = this.#rows.get(job.id);
    if (known) {
      known.job = job;
      return known;
    }
    const row = new JobNode(job, this.#parts);
    this.#rows.set(job.id, row);
    return row;
  }

  #forget(): void {
    for (const id of this.#rows.keys()) if (!this.#store.find(id)) this.#rows.delete(id);
  }
}
