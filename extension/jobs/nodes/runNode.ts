/** One run of a job: what the scheduler was given to do. */

import * as vscode from 'vscode';
import type { Run } from '../../../backend/api/job.ts';
import { said } from '../../base/said.ts';
import { runtimeText, statusText } from '../jobText.ts';
import type { JobsNode } from './jobsNode.ts';

export class RunNode implements JobsNode {
  readonly parent: JobsNode;
  readonly #run: Run;

  constructor(parent: JobsNode, run: Run) {
    this.parent = parent;
    this.#run = run;
  }

  get id(): string {
    return `${this.parent.id}/run:${this.#run.id}`;
  }

  treeItem(): vscode.TreeItem {
    const run = this.#run;
    const stage = run.stage === 'features' ? vscode.l10n.t('Features run') : vscode.l10n.t('Prediction run');
    const attempt = run.attempt > 1 ? vscode.l10n.t('attempt {0}', run.attempt) : undefined;
    const item = new vscode.TreeItem(stage);
    const replaced = run.superseded && vscode.l10n.t('done anew');
    item.description = [statusText(run.status), replaced, attempt, runtimeText(run)].filter(Boolean).join(' · ');
    const exit = run.exitCode === undefined ? undefined : vscode.l10n.t('Exit code {0}', run.exitCode);
    item.tooltip = [`${stage} ${run.id}`, item.description, said(run.statusReason ?? ''), exit]
      .filter(Boolean)
      .join('\n');
    item.iconPath = new vscode.ThemeIcon('server-process');
    item.contextValue = 'run';
    return item;
  }
}
