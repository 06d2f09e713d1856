/** Asks for structure files. */

import * as vscode from 'vscode';
import { STRUCTURE_EXTENSIONS } from './formats.ts';

/** @param beside a structure whose folder is offered first */
export async function chooseStructureFiles(beside: vscode.Uri | undefined): Promise<readonly vscode.Uri[]> {
  const folder = beside ? vscode.Uri.joinPath(beside, '..') : vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    title: vscode.l10n.t('Compare with Structures'),
    openLabel: vscode.l10n.t('Compare'),
    filters: { [vscode.l10n.t('Structures')]: [...STRUCTURE_EXTENSIONS, 'gz'] },
    ...(folder && { defaultUri: folder }),
  });
  return chosen ?? [];
}
