/** Makes the list longer. */

import * as vscode from 'vscode';
import type { JobsNode } from './jobsNode.ts';

export class MoreNode implements JobsNode {
  readonly id = 'more';
  readonly parent = undefined;

  treeItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t('Show older jobs'));
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.contextValue = 'more';
    item.command = { command: 'foldpad.loadMoreJobs', title: vscode.l10n.t('Show older jobs') };
    return item;
  }
}
