import * as vscode from 'vscode';
import { readProfile } from '../connection/profile.ts';
import type { Services } from './services.ts';

/** What can be done about the backend; behind the item in the status bar. */
export async function showStatus({ connection }: Services): Promise<void> {
  const local = readProfile().kind === 'local';
  const item = (icon: string, label: string, command: string) => ({ label: `$(${icon}) ${label}`, command });
  const items = [
    item('list-tree', vscode.l10n.t('Show Jobs'), 'foldpad.jobs.focus'),
    item('type-hierarchy', vscode.l10n.t('Predict Structure…'), 'foldpad.predictStructure'),
    ...(connection.missingEngine
      ? [item('desktop-download', vscode.l10n.t('Install the Engine…'), 'foldpad.installEngine')]
      : []),
    local
      ? item('debug-restart', vscode.l10n.t('Restart the Backend'), 'foldpad.restartBackend')
      : item('device-desktop', vscode.l10n.t('Use the Backend on This Machine'), 'foldpad.useLocalBackend'),
    item('plug', vscode.l10n.t('Connect to a Backend…'), 'foldpad.connectBackend'),
    item('output', vscode.l10n.t('Show the Extension’s Log'), 'foldpad.showExtensionLog'),
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Foldpad' });
  if (picked) await vscode.commands.executeCommand(picked.command);
}
