/** The rows of the Jobs view, made from what the store knows. One job that changes in its place repaints one row. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import { groupJobs, groupKey } from './arrange/groups.ts';
import { orderJobs, orderKey } from './arrange/order.ts';
import type { JobArrangement } from './jobArrangement.ts';
import type { JobFilter } from './jobFilter.ts';
import type { JobStore, JobsChange } from './jobStore.ts';
import { GroupNode } from './nodes/groupNode.ts';
import { JobNode, type JobNodeParts } from './nodes/jobNode.ts';
import type { JobsNode } from './nodes/jobsNode.ts';
import { MoreNode } from './nodes/moreNode.ts';

/** Rows of one level that are made at first, and with each press on the row that offers more. */
const ROWS = 500;
/** Running jobs whose times are drawn anew as time goes by. */
const MOST_TICKING = 30;

export class JobsTree extends Disposable implements vscode.TreeDataProvider<JobsNode> {
  readonly #store: JobStore;
  readonly #filter: JobFilter;
  readonly #arrangement: JobArrangement;
  readonly #parts: JobNodeParts;
  readonly #changed = this._register(new vscode.EventEmitter<JobsNode | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  /** One row per job for as long as it is in the list: VS Code knows rows by identity. */
  readonly #rows = new Map<string, JobNode>();
  #groups = new Map<string, GroupNode>();
  readonly #more = new MoreNode();
  #most = ROWS;
  /** Made when it is asked for; undefined when a job has come, gone or moved since. */
  #shown: readonly Job[] | undefined;

  constructor(store: JobStore, filter: JobFilter, arrangement: JobArrangement, parts: JobNodeParts) {
    super();
    this.#store = store;
    this.#filter = filter;
    this.#arrangement = arrangement;
    this.#parts = parts;
    this._register(store.onDidChange((change) => this.#take(change)));
    const all = () => this.#repaint();
    this._register(filter.onDidChange(all));
    this._register(arrangement.onDidChange(all));
    this._register(
      parts.notes.onDidChange((ids) => {
        // A job whose file is now known may belong to another group; its forecast is in its own row.
        if (arrangement.grouping === 'file' || filter.search !== '') all();
        else for (const id of ids) this.#repaintJob(id);
      }),
    );
  }

  getTreeItem(node: JobsNode): vscode.TreeItem {
    const item = node.treeItem();
    item.id = node.id;
    return item;
  }

  /** What is shown when the pointer rests on a row is made when it does. */
  resolveTreeItem(item: vscode.TreeItem, node: JobsNode): vscode.TreeItem {
    const tooltip = node.tooltip?.();
    if (tooltip) item.tooltip = tooltip;
    return item;
  }

  getParent(node: JobsNode): JobsNode | undefined {
    return node.parent;
  }

  async getChildren(node?: JobsNode): Promise<JobsNode[]> {
    if (node) return [...((await node.children?.()) ?? [])];
    this.#forget();
    const rows = this.#roots();
    // Also below nothing: what is looked for may be older than what is known.
    return this.#store.hasMore || this.#isCut() ? [...rows, this.#more] : rows;
  }

  /** Jobs that the filter lets through, in their order. */
  get shown(): readonly Job[] {
    const { jobs } = this.#store;
    this.#shown ??= orderJobs(
      this.#arrangement.order,
      this.#filter.isOpen ? jobs : jobs.filter((job) => this.#filter.admits(job)),
    );
    return this.#shown;
  }

  /** Shows more of the jobs that are known. @returns whether there were any that had not been shown */
  showMore(): boolean {
    if (!this.#isCut()) {
      this.#most += ROWS;
      return false;
    }
    this.#most = Math.max(this.#most * 2, ROWS);
    this.#repaint();
    return true;
  }

  /** Makes sure that a job that the filter lets through has a row. */
  uncover(id: string): void {
    const { grouping } = this.#arrangement;
    const job = this.#store.find(id);
    if (!job) return;
    const key = groupKey(grouping, job, this.#parts.notes.fileOf);
    const level = this.shown.filter((other) => groupKey(grouping, other, this.#parts.notes.fileOf) === key);
    const index = level.findIndex((other) => other.id === id);
    if (index < this.#most) return;
    this.#most = index + ROWS;
    this.#repaint();
  }

  /** The row of a job; undefined when it is not in the list or filtered out. */
  rowOf(id: string): JobNode | undefined {
    const job = this.#store.find(id);
    if (!job || !this.#filter.admits(job)) return undefined;
    const { grouping } = this.#arrangement;
    if (grouping === 'none') return this.#row(job, undefined);
    const key = groupKey(grouping, job, this.#parts.notes.fileOf);
    if (!this.#groups.has(key)) this.#roots();
    return this.#row(job, this.#groups.get(key));
  }

  /** Time goes by: the rows of running jobs say how much. */
  tick(): void {
    const running = this.#store.live.filter(({ status }) => status === 'RUNNING');
    for (const { id } of running.slice(0, MOST_TICKING)) this.#repaintJob(id);
  }

  #take({ listChanged, changed, before }: JobsChange): void {
    const moved = changed.some((job) => {
      const old = before.get(job.id);
      return old && this.#place(old) !== this.#place(job);
    });
    for (const job of changed) {
      const row = this.#rows.get(job.id);
      if (row) row.job = job;
    }
    if (listChanged || moved) this.#repaint();
    else for (const { id } of changed) this.#repaintJob(id);
  }

  /** Where a job stands, as text: the same as long as it stays there. */
  #place(job: Job): string {
    const { grouping, order } = this.#arrangement;
    const group = groupKey(grouping, job, this.#parts.notes.fileOf);
    return `${this.#filter.admits(job)}\n${group}\n${orderKey(order, job)}`;
  }

  #repaint(): void {
    this.#shown = undefined;
    this.#changed.fire(undefined);
  }

  #repaintJob(id: string): void {
    const row = this.#rows.get(id);
    if (row && this.#filter.admits(row.job)) this.#changed.fire(row);
  }

  #roots(): JobsNode[] {
    const { grouping } = this.#arrangement;
    if (grouping === 'none') return this.shown.slice(0, this.#most).map((job) => this.#row(job, undefined));
    const known = this.#groups;
    this.#groups = new Map();
    return groupJobs(grouping, this.shown, this.#parts.notes.fileOf).map((group) => {
      const same = known.get(group.key);
      const node =
        same?.grouping === grouping
          ? same
          : new GroupNode(grouping, group, (parent) =>
              parent.group.jobs.slice(0, this.#most).map((job) => this.#row(job, parent)),
            );
      node.group = group;
      this.#groups.set(group.key, node);
      return node;
    });
  }

  /** Some level has more jobs than rows. */
  #isCut(): boolean {
    if (this.shown.length <= this.#most) return false;
    return (
      this.#arrangement.grouping === 'none' ||
      [...this.#groups.values()].some(({ group }) => group.jobs.length > this.#most)
    );
  }

  #row(job: Job, parent: GroupNode | undefined): JobNode {
    const known = this.#rows.get(job.id);
    const row = known ?? new JobNode(job, this.#parts);
    if (!known) this.#rows.set(job.id, row);
    row.job = this.#store.find(job.id) ?? job;
    row.parent = parent;
    return row;
  }

  #forget(): void {
    for (const id of this.#rows.keys()) if (!this.#store.find(id)) this.#rows.delete(id);
  }
}
