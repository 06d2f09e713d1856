/** The row of one job. */

import * as vscode from 'vscode';
import { isFinished, isLive, type Job, type JobStatus } from '../../../backend/api/job.ts';
import { errorText } from '../../base/said.ts';
import type { ResultReader } from '../../results/resultReader.ts';
import { rankedModels } from '../../results/resultStructures.ts';
import { jobUri } from '../jobDecorations.ts';
import type { Forecast, JobNotes } from '../jobNotes.ts';
import { describeJob, statusText } from '../jobText.ts';
import { jobTooltip } from '../jobTooltip.ts';
import { DetailsNode } from './detailsNode.ts';
import { FilesNode } from './filesNode.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';
import { LogNode } from './logNode.ts';
import { ModelNode } from './modelNode.ts';
import { failureNodes, ReasonNode, waitingNodes } from './reasonNode.ts';
import { stageNodes } from './stageNode.ts';
import { timeNodes } from './timeNode.ts';

/** What the rows below a job are made with. */
export interface JobNodeParts {
  readonly results: ResultReader;
  readonly modelIcon: vscode.IconPath;
  readonly notes: JobNotes;
}

export class JobNode implements JobRow {
  /** The group that the job stands in, if there are groups. */
  parent: JobsNode | undefined;
  readonly #parts: JobNodeParts;
  /** What the server said last; put in anew when it says something else. */
  job: Job;

  constructor(job: Job, parts: JobNodeParts) {
    this.job = job;
    this.#parts = parts;
  }

  get id(): string {
    return `job:${this.job.id}`;
  }

  treeItem(): vscode.TreeItem {
    const { job } = this;
    const item = new vscode.TreeItem(job.name, vscode.TreeItemCollapsibleState.Collapsed);
    item.description = describeJob(job, this.#forecast);
    // Colours and badge come from the decorations; see `jobDecorations.ts`.
    item.resourceUri = jobUri(job.id);
    item.iconPath = statusIcon(job.status);
    item.contextValue = contextValue(job);
    item.accessibilityInformation = { label: `${job.name}, ${statusText(job.status)}, ${item.description}` };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    return jobTooltip(this.job, this.#forecast);
  }

  get #forecast(): Forecast | undefined {
    return this.#parts.notes.of(this.job.id)?.forecast;
  }

  async children(): Promise<readonly JobsNode[]> {
    const always = [...timeNodes(this, this.#forecast), new LogNode(this), new DetailsNode(this)];
    if (this.job.status === 'FAILED') return [...failureNodes(this), ...stageNodes(this), ...always];
    if (this.job.status !== 'SUCCEEDED') return [...waitingNodes(this), ...stageNodes(this), ...always];
    try {
      const { results, modelIcon } = this.#parts;
      const result = await results.manifest(this.job.id);
      const models = rankedModels(result).map(
        (model, index) => new ModelNode(this, { result, model, index, icon: modelIcon }),
      );
      return [...models, new FilesNode(this, result, results.backend), ...always];
    } catch (error) {
      return [new ReasonNode(this, 'result', errorText(error), 'warning'), ...always];
    }
  }
}

/** Words that menus match, for example `job live cancelable`. */
function contextValue(job: Job): string {
  const words = ['job'];
  if (isLive(job.status)) words.push('live');
  if (isLive(job.status) && job.status !== 'CANCELLING') words.push('cancelable');
  if (isFinished(job.status)) words.push('deletable');
  if (job.status === 'SUCCEEDED') words.push('hasResult');
  return words.join(' ');
}

function statusIcon(status: JobStatus): vscode.ThemeIcon {
  const icon = (name: string, color?: string): vscode.ThemeIcon =>
    new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
  switch (status) {
    case 'SUCCEEDED':
      return icon('pass', 'testing.iconPassed');
    case 'FAILED':
      return icon('error', 'testing.iconFailed');
    case 'CANCELLED':
      return icon('circle-slash', 'disabledForeground');
    case 'RUNNING':
    case 'STARTING':
      return icon('sync~spin', 'charts.blue');
    case 'CANCELLING':
    case 'DELETING':
      return icon('loading~spin');
    case 'QUEUED':
    case 'SUBMITTED':
    case 'PENDING':
    case 'RUNNABLE':
      return icon('watch');
  }
}
