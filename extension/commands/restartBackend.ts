import * as vscode from 'vscode';
import type { Services } from './services.ts';

/** Ends the backend on this machine and starts it again; predictions that run go on. */
export async function restartBackend({ connection, store }: Services): Promise<void> {
  if (connection.profile.kind === 'remote') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The backend in use is not on this machine, so that it cannot be restarted from here.'),
    );
    return;
  }
  const title = vscode.l10n.t('Restarting the backend');
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => connection.restart());
  await store.refresh();
}
