import * as vscode from 'vscode';
import { join } from '../base/errors.ts';
import type { Services } from './services.ts';

/** Where the installation is described for systems that the packages do not exist for. */
const GUIDE = vscode.Uri.parse('https://github.com/foldpad/foldpad#the-homology-engine');

/** The line that a remedy tells to run, for example `sudo apt-get install -y promod3 hhsuite`. */
export function installLine(remedy: string): string | undefined {
  return /\bsudo apt-get install [\w .:+=-]*[\w+]/.exec(remedy)?.[0];
}

/** Helps to install the engine that the backend misses. Nothing runs before the user has seen the line. */
export async function installEngine({ connection, store }: Services): Promise<void> {
  await store.refresh();
  await connection.checkEngines(true);
  if (connection.state.kind !== 'ready') return;
  const missing = connection.missingEngine;
  if (!missing) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The engine is installed and ready.'));
    return;
  }
  const line = installLine(missing.remedy ?? '');
  const text = join(missing.reason ?? vscode.l10n.t('No engine is available.'), missing.remedy);
  const guide = vscode.l10n.t('Open Guide');
  const terminal = vscode.l10n.t('Open Terminal');
  const buttons = line && connection.state.profile === 'local' ? [terminal, guide] : [guide];
  const chosen = await vscode.window.showInformationMessage(text, { modal: true }, ...buttons);
  if (chosen === guide) await vscode.env.openExternal(GUIDE);
  if (chosen === terminal && line) openTerminal(line, () => void connection.checkEngines(true).catch(() => undefined));
}

/** The line stands ready in the terminal; the user starts it, because it asks for their password. */
function openTerminal(line: string, closed: () => void): void {
  const terminal = vscode.window.createTerminal(vscode.l10n.t('Install the engine'));
  terminal.show();
  terminal.sendText(line, false);
  const waiting = vscode.window.onDidCloseTerminal((gone) => {
    if (gone !== terminal) return;
    waiting.dispose();
    closed();
  });
}
