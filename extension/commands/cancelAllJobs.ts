import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';
import { said } from '../base/said.ts';
import type { Services } from './services.ts';

/** Ends every job that waits or runs, after asking. */
export async function cancelAllJobs({ connection, store }: Services): Promise<void> {
  await store.refresh();
  const count = store.live.length;
  if (store.state.kind === 'current' && count === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no waiting or running prediction to cancel.'));
    return;
  }
  const yes = vscode.l10n.t('Cancel All');
  const question =
    count === 1
      ? vscode.l10n.t('Cancel the prediction that is waiting or running?')
      : vscode.l10n.t('Cancel all {0} predictions that are waiting or running?', count);
  const detail = vscode.l10n.t('What they have computed so far is lost.');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  const outcomes = await connection.use((client) => client.cancelAll());
  await store.refresh();
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
  if (refused.length > 0) {
    throw new UserError(
      refused.length === 1
        ? vscode.l10n.t('1 prediction could not be cancelled: {0}', said(refused[0]?.reason ?? ''))
        : vscode.l10n.t('{0} predictions could not be cancelled: {1}', refused.length, said(refused[0]?.reason ?? '')),
    );
  }
}
