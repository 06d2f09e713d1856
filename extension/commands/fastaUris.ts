/** The FASTA files that a command is about. */

import * as vscode from 'vscode';
import { FASTA_EXTENSIONS, isFastaFile } from '../fasta/fastaFiles.ts';

/**
 * @param given what VS Code gave: the file that was clicked, all files that are chosen
 * @returns the chosen FASTA files, else the one in the editor, else those picked in a dialog; empty when none
 */
export async function fastaUris(given: readonly unknown[]): Promise<readonly vscode.Uri[]> {
  const [first, all] = given;
  const uris = (Array.isArray(all) && all.length > 0 ? all : [first]).filter((uri) => uri instanceof vscode.Uri);
  // Of a mixed choice only the FASTA files count; a single file is taken as it is, and its content judged.
  const fasta = uris.filter(({ path }) => isFastaFile(path));
  if (uris.length > 0) return fasta.length > 0 ? fasta : uris.slice(0, 1);
  const active = vscode.window.activeTextEditor?.document;
  if (active && (active.languageId === 'fasta' || isFastaFile(active.uri.path))) return [active.uri];
  return (await pickFiles()) ?? [];
}

function pickFiles(): Thenable<vscode.Uri[] | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showOpenDialog({
    canSelectMany: true,
    filters: { FASTA: [...FASTA_EXTENSIONS] },
    openLabel: vscode.l10n.t('Predict Structure'),
    title: vscode.l10n.t('Which FASTA files should be predicted?'),
    ...(folder && { defaultUri: folder }),
  });
}
