import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';
import { said } from '../base/said.ts';
import { backendName } from '../connection/profile.ts';
import type { Services } from './services.ts';

/** Ends every job that waits or runs, after asking. */
export async function cancelAllJobs({ connection, store }: Services): Promise<void> {
  const { backend } = connection;
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
  const where = vscode.l10n.t('Backend: {0}', backendName(backend));
  const detail = `${vscode.l10n.t('What they have computed so far is lost.')}\n${where}`;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  // Another window may have chosen another one while the question stood here.
  connection.mustBe(backend, vscode.l10n.t('Nothing was cancelled.'));
  const outcomes = await connection.useAt(backend, (client) => client.cancelAll());
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
