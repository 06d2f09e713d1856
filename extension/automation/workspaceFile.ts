import * as vscode from 'vscode';
import { ToolInputError } from './toolInput.ts';

/**
 * A file that a language model names, by its path in the workspace or as a URI.
 * @throws ToolInputError when it is not in the workspace: a model must not send other files to a backend
 */
export function workspaceFile(name: string): vscode.Uri {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [first] = folders;
  if (!first) {
    throw new ToolInputError('No folder is open in the editor, so "file" cannot be found. Give "sequence" instead.');
  }
  const uri = toUri(name, folders, first);
  // Joining a path takes `..` out of it, so that what lies outside is seen to lie there.
  const plain = vscode.Uri.joinPath(uri, '.');
  if (vscode.workspace.getWorkspaceFolder(plain)) return plain;
  throw new ToolInputError(
    `"${name}" is not in the open workspace. Give a FASTA file of the workspace, or "sequence".`,
  );
}

function toUri(name: string, folders: readonly vscode.WorkspaceFolder[], first: vscode.WorkspaceFolder): vscode.Uri {
  if (/^[a-z][\w+.-]+:\/\//i.test(name)) return vscode.Uri.parse(name);
  if (name.startsWith('/') || /^[a-z]:[\\/]/i.test(name)) {
    const { path } = vscode.Uri.file(name);
    return first.uri.with({ path });
  }
  const path = name.replaceAll('\\', '/');
  const [head = '', ...rest] = path.split('/');
  // In a workspace of several folders paths begin with the folder's name.
  const named = folders.length > 1 && rest.length > 0 ? folders.find((folder) => folder.name === head) : undefined;
  return named ? vscode.Uri.joinPath(named.uri, ...rest) : vscode.Uri.joinPath(first.uri, path);
}
