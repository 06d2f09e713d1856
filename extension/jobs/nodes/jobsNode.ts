/** What every row of the Jobs view is. */

import type * as vscode from 'vscode';
import type { Job } from '../../../backend/api/job.ts';

export interface JobsNode {
  /** Stays the same over refreshes, so that rows stay open and chosen. */
  readonly id: string;
  /** Undefined for rows of the first level. Jobs change theirs when they are grouped otherwise. */
  readonly parent: JobsNode | undefined;
  treeItem(): vscode.TreeItem;
  /** What is shown when the pointer rests on the row, where that is costly to make. */
  tooltip?(): vscode.MarkdownString;
  /** Rows below this one; none for a leaf. */
  children?(): readonly JobsNode[] | Promise<readonly JobsNode[]>;
}

/** A row that stands for a whole job, as the rows below it know it. */
export interface JobRow extends JobsNode {
  readonly job: Job;
}
