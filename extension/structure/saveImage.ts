/** Saves a picture the page has drawn where the user says. */

import * as vscode from 'vscode';

/** What came of it, in the words of the `image-saved` message. */
export interface SavedImage {
  readonly outcome: 'saved' | 'cancelled' | 'failed';
  readonly detail: string;
}

/** Asks for a place (beside the structure, when it is a file) and writes the PNG there. Never throws. */
export async function saveStructureImage(image: {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly besides?: vscode.Uri;
}): Promise<SavedImage> {
  const folder = image.besides ? vscode.Uri.joinPath(image.besides, '..') : vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Save Picture of the Structure',
    filters: { 'PNG image': ['png'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, image.fileName) }),
  });
  if (!target) return { outcome: 'cancelled', detail: '' };
  try {
    await vscode.workspace.fs.writeFile(target, image.bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { outcome: 'failed', detail: `The picture could not be written: ${reason} Choose another folder.` };
  }
  return { outcome: 'saved', detail: target.path.slice(target.path.lastIndexOf('/') + 1) };
}
