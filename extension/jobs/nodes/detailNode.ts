/** One fact about a job: a name and a value. */

import * as vscode from 'vscode';
import type { JobsNode } from './jobsNode.ts';

export class DetailNode implements JobsNode {
  readonly parent: JobsNode;
  readonly id: string;
  /** What "copy" copies. */
  readonly value: string;
  readonly #label: string;
  readonly #icon: string | undefined;

  constructor(parent: JobsNode, name: string, label: string, value: string, icon?: string) {
    this.parent = parent;
    this.id = `${parent.id}/${name}`;
    this.value = value;
    this.#label = label;
    this.#icon = icon;
  }

  treeItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.#label);
    item.description = this.value;
    item.tooltip = `${this.#label}: ${this.value}`;
    item.contextValue = 'detail';
    if (this.#icon) item.iconPath = new vscode.ThemeIcon(this.#icon);
    return item;
  }
}
