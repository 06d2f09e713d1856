import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { join } from '../base/errors.ts';
import { installLine } from '../connection/installLine.ts';
import type { Services } from './services.ts';

/** Where the installation is described for systems that the packages do not exist for. */
const GUIDE = vscode.Uri.parse('https://github.com/foldpad/foldpad#what-predicts');
const APT = '/usr/bin/apt-get';
/** How long a shell may take to show its prompt (ms). */
const PROMPT_MS = 3000;

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
  const here = connection.state.profile === 'local' && existsSync(APT);
  const line = here ? installLine(missing.remedy ?? '') : undefined;
  const reason = join(missing.reason ?? vscode.l10n.t('No engine is available.'), undefined);
  const detail = line
    ? vscode.l10n.t(
        'The engine consists of HH-suite and ProMod3, which this system has as packages (about 2 GB on disk). A terminal opens with this line in it; press Enter there to run it:\n\n{0}',
        line,
      )
    : (missing.remedy ?? '');
  const guide = vscode.l10n.t('Open Guide');
  const terminal = vscode.l10n.t('Open Terminal');
  const buttons = line ? [terminal, guide] : [guide];
  const chosen = await vscode.window.showInformationMessage(reason, { modal: true, detail }, ...buttons);
  if (chosen === guide) await vscode.env.openExternal(GUIDE);
  if (chosen === terminal && line) {
    await openTerminal(line, () => void connection.checkEngines(true).catch(() => undefined));
  }
}

/** The line stands ready in the terminal; the user starts it, because it asks for their password. */
async function openTerminal(line: string, closed: () => void): Promise<void> {
  const terminal = vscode.window.createTerminal(vscode.l10n.t('Install the engine'));
  terminal.show();
  const waiting = vscode.window.onDidCloseTerminal((gone) => {
    if (gone !== terminal) return;
    waiting.dispose();
    closed();
  });
  await Promise.race([prompt(terminal), delay(PROMPT_MS)]);
  terminal.sendText(line, false);
}

/** Resolves when the shell says that it is ready; shells that cannot say so never do. */
function prompt(terminal: vscode.Terminal): Promise<void> {
  return new Promise((resolve) => {
    const listening = vscode.window.onDidChangeTerminalShellIntegration((change) => {
      if (change.terminal !== terminal) return;
      listening.dispose();
      resolve();
    });
  });
}
