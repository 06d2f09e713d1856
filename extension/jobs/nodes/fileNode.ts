/** One file of a result; a click opens it: structures in the viewer, everything else as read-only text. */

import * as vscode from 'vscode';
import type { Job } from '../../../backend/api/job.ts';
import type { ResultFile } from '../../../backend/api/result.ts';
import type { BackendId } from '../../connection/address.ts';
import { resultUri } from '../../results/resultUri.ts';
import { parseStructureFileName } from '../../structure/formats.ts';
import { sizeText } from '../jobText.ts';
import type { JobsNode } from './jobsNode.ts';

export class FileNode implements JobsNode {
  readonly parent: JobsNode;
  readonly job: Job;
  readonly file: ResultFile;
  /** The backend that has the file. */
  readonly backend: BackendId;

  readonly #label: string;

  /** @param of.label the path without the folder that all files have in common */
  constructor(
    parent: JobsNode,
    of: { readonly job: Job; readonly file: ResultFile; readonly backend: BackendId; readonly label: string },
  ) {
    this.parent = parent;
    this.job = of.job;
    this.file = of.file;
    this.backend = of.backend;
    this.#label = of.label;
  }

  get id(): string {
    return `${this.parent.id}/${this.file.path}`;
  }

  get uri(): vscode.Uri {
    return resultUri({ backend: this.backend, jobId: this.job.id, path: this.file.path });
  }

  treeItem(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.#label);
    item.description = sizeText(this.file.size);
    item.tooltip = `${this.file.path}\n${sizeText(this.file.size)}\nSHA-256 ${this.file.sha256}`;
    // The icon that the user's theme has for such files.
    item.resourceUri = this.uri;
    item.iconPath = vscode.ThemeIcon.File;
    item.contextValue = parseStructureFileName(this.file.path) ? 'file structure' : 'file';
    item.command = { command: 'foldpad.openResultFile', title: vscode.l10n.t('Open'), arguments: [this] };
    return item;
  }
}
