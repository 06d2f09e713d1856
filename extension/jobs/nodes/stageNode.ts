/** One stage of a job: how far it is, what it does now, how long it took or may still take. */

import * as vscode from 'vscode';
import type { Run, Stage } from '../../../backend/api/job.ts';
import { isLive } from '../../../backend/api/job.ts';
import { stageRemaining } from '../jobForecast.ts';
import { durationText, percent, runtimeText } from '../jobText.ts';
import { progressText, stageText } from '../progressText.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';

export class StageNode implements JobsNode {
  readonly parent: JobRow;
  readonly #stage: Stage;
  /** The newest attempt; undefined for a stage whose turn has not come. */
  readonly #run: Run | undefined;

  constructor(parent: JobRow, stage: Stage, run: Run | undefined) {
    this.parent = parent;
    this.#stage = stage;
    this.#run = run;
  }

  get id(): string {
    return `${this.parent.id}/stage:${this.#stage}`;
  }

  treeItem(): vscode.TreeItem {
    const name = stageText(this.#stage, this.parent.job.engine);
    const item = new vscode.TreeItem(name);
    item.description = this.#words().filter(Boolean).join(' · ');
    item.tooltip = `${name}: ${item.description}`;
    item.iconPath = stageIcon(this.#run);
    item.contextValue = 'stage';
    return item;
  }

  #words(): (string | undefined)[] {
    const { job } = this.parent;
    const run = this.#run;
    if (!run) return [vscode.l10n.t('its turn comes later')];
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
  const { job } = parent;
  const stages: readonly Stage[] = job.engine === 'alphafold2' ? ['features', 'predict'] : ['predict'];
  // The features of a known chain are taken over: then there is a run for the prediction alone.
  const has = (stage: Stage): boolean => job.runs.some((run) => run.stage === stage);
  return stages.flatMap((stage, index) => {
    const later = stages.slice(index + 1).some(has);
    if (!has(stage) && (later || job.runs.length === 0 || !isLive(job.status))) return [];
    return [
      new StageNode(
        parent,
        stage,
        job.runs.findLast((run) => run.stage === stage),
      ),
    ];
  });
}

function stageIcon(run: Run | undefined): vscode.ThemeIcon {
  if (!run) return new vscode.ThemeIcon('circle-outline');
  if (run.status === 'SUCCEEDED') return new vscode.ThemeIcon('check', new vscode.ThemeColor('testing.iconPassed'));
  if (run.status === 'FAILED') return new vscode.ThemeIcon('close', new vscode.ThemeColor('testing.iconFailed'));
  return new vscode.ThemeIcon(run.status === 'RUNNING' ? 'loading~spin' : 'circle-outline');
}
