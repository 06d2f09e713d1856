/** The files of a result, folded away until they are wanted. */

import * as vscode from 'vscode';
import type { Result } from '../../../backend/api/result.ts';
import type { BackendId } from '../../connection/address.ts';
import { commonFolder } from '../../results/resultPaths.ts';
import { FileNode } from './fileNode.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';

export class FilesNode implements JobsNode {
  readonly parent: JobRow;
  readonly #result: Result;
  readonly #backend: BackendId;

  /** @param backend the one that has the files */
  constructor(parent: JobRow, result: Result, backend: BackendId) {
    this.parent = parent;
    this.#result = result;
    this.#backend = backend;
  }

  get id(): string {
    return `${this.parent.id}/files`;
  }

  treeItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t('Result Files'), vscode.TreeItemCollapsibleState.Collapsed);
    item.description = String(this.#result.files.length);
    item.iconPath = new vscode.ThemeIcon('files');
    item.contextValue = 'files';
    return item;
  }

  children(): readonly JobsNode[] {
    const { job } = this.parent;
    const backend = this.#backend;
    const folder = commonFolder(this.#result.files.map(({ path }) => path));
    return [...this.#result.files]
      .sort((a, b) => a.path.localeCompare(b.path))
      .map((file) => new FileNode(this, { job, file, backend, label: file.path.slice(folder.length) }));
  }
}
