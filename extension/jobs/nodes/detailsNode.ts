/** What else is known of a job, folded away until it is wanted. */

import * as vscode from 'vscode';
import { said } from '../../base/said.ts';
import { engineText, runtimeText, targetText, timeText } from '../jobText.ts';
import { DetailNode } from './detailNode.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';
import { RunNode } from './runNode.ts';

export class DetailsNode implements JobsNode {
  readonly parent: JobRow;

  constructor(parent: JobRow) {
    this.parent = parent;
  }

  get id(): string {
    return `${this.parent.id}/details`;
  }

  treeItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t('Details'), vscode.TreeItemCollapsibleState.Collapsed);
    item.iconPath = new vscode.ThemeIcon('info');
    item.contextValue = 'details';
    return item;
  }

  children(): readonly JobsNode[] {
    const { job } = this.parent;
    const facts: [string, string, string | undefined][] = [
      ['engine', vscode.l10n.t('Engine'), engineText(job.engine)],
      ['queue', vscode.l10n.t('Queue'), job.queue],
      ['target', vscode.l10n.t('Target'), targetText(job)],
      ['created', vscode.l10n.t('Created'), timeText(job.createdAt)],
      ['runtime', vscode.l10n.t('Run time'), runtimeText(job)],
      ['comment', vscode.l10n.t('Comment'), job.comment],
      ['reason', vscode.l10n.t('State'), job.statusReason && said(job.statusReason)],
      ['id', vscode.l10n.t('Job id'), job.id],
    ];
    return [
      ...facts.flatMap(([name, label, value]) => (value ? [new DetailNode(this, name, label, value)] : [])),
      ...job.warnings.map(
        (warning, index) =>
          new DetailNode(this, `warning:${index}`, vscode.l10n.t('Warning'), said(warning), 'warning'),
      ),
      ...job.runs.map((run) => new RunNode(this, run)),
    ];
  }
}
