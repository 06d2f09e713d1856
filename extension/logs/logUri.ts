/** Addresses of whole logs inside the editor: `foldpad-log:/{job id}/{job name}.log`. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';

/** Scheme of log documents; the manifest activates on `onFileSystem:foldpad-log`. */
export const LOG_SCHEME = 'foldpad-log';

export function logUri({ id, name }: Pick<Job, 'id' | 'name'>): vscode.Uri {
  return vscode.Uri.from({ scheme: LOG_SCHEME, path: `/${id}/${name.replaceAll(/[/\\?#]/g, '_')}.log` });
}

/** The job that a log document is of. */
export function jobIdOfLog(uri: vscode.Uri): string | undefined {
  return uri.path.split('/')[1];
}
