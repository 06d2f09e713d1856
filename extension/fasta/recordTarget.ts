/** One record of a file, as a command is given it. */

import * as vscode from 'vscode';

export interface RecordTarget {
  readonly uri: vscode.Uri;
  /** Line of its header in the file, from 0. */
  readonly line: number;
  /** Header and sequence, as they stand in the editor. */
  readonly text: string;
  /** The queue that was chosen for it already. */
  readonly queue?: string;
}

export function isRecordTarget(given: unknown): given is RecordTarget {
  return (
    typeof given === 'object' &&
    given !== null &&
    'uri' in given &&
    'text' in given &&
    'line' in given &&
    given.uri instanceof vscode.Uri
  );
}
