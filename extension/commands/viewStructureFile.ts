import * as vscode from 'vscode';
import { parseStructureFileName, STRUCTURE_EXTENSIONS } from '../structure/formats.ts';
import { STRUCTURE_EDITOR } from '../structure/structureEditor.ts';

/** Opens structure files of the workspace (or from a dialog) in the viewer. */
export async function viewStructureFile(first?: unknown, all?: unknown): Promise<void> {
  const given = Array.isArray(all) && all.length > 0 ? all : [first];
  const uris = given.filter((uri) => uri instanceof vscode.Uri).filter(({ path }) => parseStructureFileName(path));
  for (const uri of uris.length > 0 ? uris : await ask()) {
    await vscode.commands.executeCommand('vscode.openWith', uri, STRUCTURE_EDITOR);
  }
}

async function ask(): Promise<readonly vscode.Uri[]> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && parseStructureFileName(active.path)) return [active];
  const filters = { [vscode.l10n.t('Structure files')]: [...STRUCTURE_EXTENSIONS, 'gz'] };
  const picked = await vscode.window.showOpenDialog({
    canSelectMany: true,
    filters,
    title: vscode.l10n.t('Open Structures'),
  });
  return picked ?? [];
}
