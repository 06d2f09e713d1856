/** A sentence about a job: why it waits, what it does, why it failed and what to do. */

import * as vscode from 'vscode';
import { percent, readable } from '../jobText.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';

export class ReasonNode implements JobsNode {
  readonly parent: JobRow;
  readonly id: string;
  readonly #text: string;
  readonly #icon: string;

  /** @param icon name of a product icon */
  constructor(parent: JobRow, name: string, text: string, icon: string) {
    this.parent = parent;
    this.id = `${parent.id}/${name}`;
    this.#text = text;
    this.#icon = icon;
  }

  treeItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.#text);
    item.tooltip = this.#text;
    item.iconPath = new vscode.ThemeIcon(this.#icon);
    item.contextValue = 'reason';
    return item;
  }
}

/** Why a job failed and what to do next. */
export function failureNodes(parent: JobRow): JobsNode[] {
  const { failure, statusReason } = parent.job;
  const reason = failure?.message ?? statusReason;
  return [
    ...(reason ? [new ReasonNode(parent, 'failure', reason, 'warning')] : []),
    ...(failure?.remedy ? [new ReasonNode(parent, 'remedy', failure.remedy, 'lightbulb')] : []),
  ];
}

/** What a job that has not ended does, and why it waits. */
export function waitingNodes(parent: JobRow): JobsNode[] {
  const { progress, statusReason } = parent.job;
  const step = progress && `${percent(progress.fraction)} · ${readable(progress.step)}`;
  return [
    ...(progress && step
      ? [new ReasonNode(parent, 'progress', progress.message ? `${step}: ${progress.message}` : step, 'pulse')]
      : []),
    ...(statusReason ? [new ReasonNode(parent, 'reason', statusReason, 'info')] : []),
  ];
}
