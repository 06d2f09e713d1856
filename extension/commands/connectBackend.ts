import * as vscode from 'vscode';
import { describeError, join } from '../base/errors.ts';
import { checkUrl, readProfile, writeProfile } from '../connection/profile.ts';
import type { Services } from './services.ts';

/** Asks for the address and key of a backend elsewhere, tries them, and uses them from then on. */
export async function connectBackend({ connection, keys }: Services): Promise<void> {
  const profile = readProfile();
  const entered = await vscode.window.showInputBox({
    title: vscode.l10n.t('Connect to a Backend (1/2)'),
    prompt: vscode.l10n.t('Address of the backend, as whoever deployed it told you'),
    value: profile.kind === 'remote' ? profile.url : '',
    placeHolder: 'https://…',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? '' : checkUrl(text)),
  });
  if (!entered || checkUrl(entered)) return;
  const url = entered.trim().replace(/\/+$/, '');
  const key = await askKey(url);
  if (key === undefined) return;
  await keys.set(url, key);
  await writeProfile({ kind: 'remote', url });
  // The address may be the one it was before, with a new key.
  connection.reset();
  await connection.retry();
}

/** Asks for a key until one is accepted by the backend or the user gives up. It is kept nowhere but in memory. */
async function askKey(url: string): Promise<string | undefined> {
  for (let problem: string | undefined; ; ) {
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t('Connect to a Backend (2/2)'),
      prompt: problem ?? vscode.l10n.t('Your key for {0}. It is kept in the secret storage of this machine.', url),
      password: true,
      ignoreFocusOut: true,
    });
    if (!key?.trim()) return undefined;
    problem = await tryKey(url, key.trim());
    if (problem === undefined) return key.trim();
  }
}

async function tryKey(url: string, key: string): Promise<string | undefined> {
  const title = vscode.l10n.t('Trying {0}', url);
  const { FoldpadClient } = await import(/* webpackChunkName: "client" */ '../../backend/api/client.ts');
  try {
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
      new FoldpadClient({ url, key }).queues(),
    );
    return undefined;
  } catch (error) {
    return join(describeError(error), vscode.l10n.t('Enter the key again, or press Escape.'));
  }
}
