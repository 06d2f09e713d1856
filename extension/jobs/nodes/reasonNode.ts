/** A sentence about a job: why it waits, what it does, why it failed and what to do. */

import * as vscode from 'vscode';
import { said } from '../../base/said.ts';
import { waitingAdvice } from '../waitingAdvice.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';

export class ReasonNode implements JobsNode {
  readonly parent: JobRow;
  readonly id: string;
  readonly #text: string;
  readonly #icon: string;
  readonly #command: vscode.Command | undefined;

  /**
   * @param icon name of a product icon
   * @param command what the row does when it is chosen
   */
  constructor(parent: JobRow, name: string, text: string, icon: string, command?: vscode.Command) {
    this.parent = parent;
    this.id = `${parent.id}/${name}`;
    this.#text = text;
    this.#icon = icon;
    this.#command = command;
  }

  treeItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.#text);
    item.tooltip = this.#text;
    item.iconPath = new vscode.ThemeIcon(this.#icon);
    item.contextValue = 'reason';
    if (this.#command) item.command = this.#command;
    return item;
  }
}

/** Why a job failed and what to do next. */
export function failureNodes(parent: JobRow): JobsNode[] {
  const { failure, statusReason } = parent.job;
  const reason = failure?.message ?? statusReason;
  return [
    ...(reason ? [new ReasonNode(parent, 'failure', said(reason), 'warning')] : []),
    ...(failure?.remedy ? [new ReasonNode(parent, 'remedy', said(failure.remedy), 'lightbulb')] : []),
  ];
}

/** Why a job waits and what to do about it. */
export function waitingNodes(parent: JobRow): JobsNode[] {
  const advice = waitingAdvice(parent.job);
  if (!advice) return [];
  const { reason, remedy, command, isStuck } = advice;
  return [
    new ReasonNode(parent, 'reason', reason, isStuck ? 'warning' : 'info'),
    ...(remedy ? [new ReasonNode(parent, 'remedy', remedy, 'lightbulb', command)] : []),
  ];
}
