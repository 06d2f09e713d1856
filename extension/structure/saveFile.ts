/** Saves a picture or a report that the page has made where the user says. */

import * as vscode from 'vscode';

/** What came of it, in the words of the `file-saved` message. */
export interface SavedFile {
  readonly outcome: 'saved' | 'cancelled' | 'failed';
  readonly detail: string;
}

/** Asks for a place (beside the structure, when it is a file) and writes the file there. Never throws. */
export async function saveStructureFile(file: {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly besides?: vscode.Uri;
}): Promise<SavedFile> {
  const isReport = file.fileName.endsWith('.html');
  const folder = file.besides ? vscode.Uri.joinPath(file.besides, '..') : vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: isReport ? vscode.l10n.t('Save Report of the Structure') : vscode.l10n.t('Save Picture of the Structure'),
    filters: isReport ? { [vscode.l10n.t('Web page')]: ['html'] } : { [vscode.l10n.t('PNG image')]: ['png'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, file.fileName) }),
  });
  if (!target) return { outcome: 'cancelled', detail: '' };
  try {
    await vscode.workspace.fs.writeFile(target, file.bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      outcome: 'failed',
      detail: vscode.l10n.t('The file could not be written: {0} Choose another folder.', reason),
    };
  }
  return { outcome: 'saved', detail: target.path.slice(target.path.lastIndexOf('/') + 1) };
}
