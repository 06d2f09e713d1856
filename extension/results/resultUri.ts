/** Addresses of result files inside the editor: `foldpad-result:/{job id}/{path}`. */

import * as vscode from 'vscode';

/** Scheme of the read-only file system of results; the manifest activates on `onFileSystem:foldpad-result`. */
export const RESULT_SCHEME = 'foldpad-result';

export interface ResultPlace {
  readonly jobId: string;
  /** Below `output/{id}/`; empty for the folder itself. */
  readonly path: string;
}

export function resultUri(jobId: string, path: string): vscode.Uri {
  return vscode.Uri.from({ scheme: RESULT_SCHEME, path: `/${jobId}/${path}` });
}

/** Undefined for the root, which belongs to no job. */
export function parseResultUri(uri: vscode.Uri): ResultPlace | undefined {
  const [, jobId, ...rest] = uri.path.split('/');
  return jobId ? { jobId, path: rest.join('/') } : undefined;
}
