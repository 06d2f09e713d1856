/** Addresses of result files inside the editor: `foldpad-result://{backend}/{job id}/{path}`. */

import * as vscode from 'vscode';
import { type BackendId, LOCAL_BACKEND } from '../connection/address.ts';

/** Scheme of the read-only file system of results; the manifest activates on `onFileSystem:foldpad-result`. */
export const RESULT_SCHEME = 'foldpad-result';

export interface ResultPlace {
  /** The backend that has the result: a tab that is open stays with it when another one is chosen. */
  readonly backend: BackendId;
  readonly jobId: string;
  /** Below `output/{id}/`; empty for the folder itself. */
  readonly path: string;
}

export function resultUri({ backend, jobId, path }: ResultPlace): vscode.Uri {
  return vscode.Uri.from({ scheme: RESULT_SCHEME, authority: backend, path: `/${jobId}/${path}` });
}

/**
 * Undefined for the root, which belongs to no job.
 * @param chosen the backend that is meant where none is named: other extensions may leave it out
 */
export function parseResultUri(uri: vscode.Uri, chosen: BackendId = LOCAL_BACKEND): ResultPlace | undefined {
  const [, jobId, ...rest] = uri.path.split('/');
  return jobId ? { backend: uri.authority || chosen, jobId, path: rest.join('/') } : undefined;
}
