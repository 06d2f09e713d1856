/** Jobs that have something in common, as one row. */

import * as vscode from 'vscode';
import type { Grouping, JobGroup } from '../arrange/groups.ts';
import { liveCount } from '../arrange/groups.ts';
import { groupText } from '../jobArrangement.ts';
import type { JobNode } from './jobNode.ts';
import type { JobsNode } from './jobsNode.ts';

export class GroupNode implements JobsNode {
  readonly parent = undefined;
  readonly grouping: Grouping;
  /** What the server said last; put in anew when it says something else. */
  group: JobGroup;
  readonly #rows: (parent: GroupNode) => readonly JobNode[];

  /** @param rows makes the rows of the group's jobs */
  constructor(grouping: Grouping, group: JobGroup, rows: (parent: GroupNode) => readonly JobNode[]) {
    this.grouping = grouping;
    this.group = group;
    this.#rows = rows;
  }

  get id(): string {
    return `group:${this.grouping}:${this.group.key}`;
  }

  treeItem(): vscode.TreeItem {
    const { key, jobs } = this.group;
    const name = groupText(this.grouping, key);
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
    const live = this.grouping === 'status' ? 0 : liveCount(jobs);
    const count = jobs.length.toLocaleString(vscode.env.language);
    item.description = live === 0 ? count : vscode.l10n.t('{0}, {1} of them not ended', count, live);
    item.tooltip = `${name}: ${item.description}`;
    item.contextValue = 'group';
    item.iconPath = new vscode.ThemeIcon(icon(this.grouping));
    return item;
  }

  children(): readonly JobsNode[] {
    return this.#rows(this);
  }
}

function icon(grouping: Grouping): string {
  switch (grouping) {
    case 'none':
    case 'status':
      return 'pulse';
    case 'queue':
      return 'server';
    case 'day':
      return 'calendar';
    case 'file':
      return 'file-text';
  }
}
