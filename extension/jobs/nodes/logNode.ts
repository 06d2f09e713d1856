/** Opens the log of a job. */

import * as vscode from 'vscode';
import { isLive } from '../../../backend/api/job.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';

export class LogNode implements JobsNode {
  readonly parent: JobRow;

  constructor(parent: JobRow) {
    this.parent = parent;
  }

  get id(): string {
    return `${this.parent.id}/log`;
  }

  treeItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t('Log'));
    if (isLive(this.parent.job.status)) item.description = vscode.l10n.t('live');
    item.iconPath = new vscode.ThemeIcon('output');
    item.contextValue = 'log';
    item.command = { command: 'foldpad.showLog', title: vscode.l10n.t('Show Log'), arguments: [this.parent] };
    return item;
  }
}
