/** Addresses of whole logs inside the editor: `foldpad-log://{backend}/{job id}/{job name}.log`. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import type { BackendId } from '../connection/address.ts';

/** Scheme of log documents; the manifest activates on `onFileSystem:foldpad-log`. */
export const LOG_SCHEME = 'foldpad-log';

/** @param backend the one that has the log: a document that is open stays with it when another one is chosen */
export function logUri(backend: BackendId, { id, name }: Pick<Job, 'id' | 'name'>): vscode.Uri {
  return vscode.Uri.from({
    scheme: LOG_SCHEME,
    authority: backend,
    path: `/${id}/${name.replaceAll(/[/\\?#]/g, '_')}.log`,
  });
}

/** The job that a log document is of. */
export function jobIdOfLog(uri: vscode.Uri): string | undefined {
  return uri.path.split('/')[1];
}

/** The backend that has the log. */
export function backendOfLog(uri: vscode.Uri): BackendId {
  return uri.authority;
}
