/** The pictures that VS Code's own set lacks. */

import * as vscode from 'vscode';

/** A helix, for everything that is a structure. */
export function structureIcon(extensionUri: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const picture = (theme: string): vscode.Uri =>
    vscode.Uri.joinPath(extensionUri, 'extension', 'media', `structure-${theme}.svg`);
  return { light: picture('light'), dark: picture('dark') };
}
