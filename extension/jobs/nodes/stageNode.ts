/** One stage of a job: how far it is, what it does now, how long it took or may still take. */

import * as vscode from 'vscode';
import type { Stage } from '../../../backend/api/job.ts';
import { stageRemaining } from '../jobForecast.ts';
import { type StageState, stagesOf } from '../jobStages.ts';
import { durationText, percent, runtimeText } from '../jobText.ts';
import { progressText, stageText } from '../progressText.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';

export class StageNode implements JobsNode {
  readonly parent: JobRow;
  readonly #stage: Stage;
  readonly #state: StageState;

  constructor(parent: JobRow, stage: Stage, state: StageState) {
    this.parent = parent;
    this.#stage = stage;
    this.#state = state;
  }

  get id(): string {
    return `${this.parent.id}/stage:${this.#stage}`;
  }

  treeItem(): vscode.TreeItem {
    const name = stageText(this.#stage, this.parent.job.engine);
    const item = new vscode.TreeItem(name);
    item.description = this.#words().filter(Boolean).join(' · ');
    item.tooltip = `${name}: ${item.description}`;
    item.iconPath = stageIcon(this.#state);
    item.contextValue = 'stage';
    return item;
  }

  #words(): (string | undefined)[] {
    const { job } = this.parent;
    const run = this.#state;
    if (run === 'to-come') return [vscode.l10n.t('its turn comes later')];
    if (run === 'taken-over') return [vscode.l10n.t('done before, for another job')];
    const attempt = run.attempt > 1 ? vscode.l10n.t('attempt {0}', run.attempt) : undefined;
    const took = runtimeText(run);
    if (run.status === 'SUCCEEDED') return [vscode.l10n.t('done'), took, attempt];
    if (run.status === 'FAILED') return [vscode.l10n.t('failed'), took, attempt];
    if (run.status !== 'RUNNING') return [vscode.l10n.t('waiting'), attempt];
    const progress = job.progress?.stage === this.#stage ? job.progress : undefined;
    const left = progress && stageRemaining(job, Date.now());
    return [
      progress && percent(progress.fraction),
      progress && progressText(progress),
      took,
      left === undefined ? undefined : vscode.l10n.t('about {0} left', durationText(left)),
      attempt,
    ];
  }
}

/** The stages of a job that has not ended, or did not end well. */
export function stageNodes(parent: JobRow): JobsNode[] {
  return stagesOf(parent.job).map(({ stage, state }) => new StageNode(parent, stage, state));
}

function stageIcon(state: StageState): vscode.ThemeIcon {
  const status = typeof state === 'string' ? state : state.status;
  if (status === 'SUCCEEDED' || status === 'taken-over')
    return new vscode.ThemeIcon('check', new vscode.ThemeColor('testing.iconPassed'));
  if (status === 'FAILED') return new vscode.ThemeIcon('close', new vscode.ThemeColor('testing.iconFailed'));
  return new vscode.ThemeIcon(status === 'RUNNING' ? 'loading~spin' : 'circle-outline');
}
