import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';
import { said } from '../base/said.ts';
import { backendName } from '../connection/profile.ts';
import type { Services } from './services.ts';

/** Deletes every job that has ended, after asking. */
export async function deleteFinishedJobs({ connection, notifier, store }: Services): Promise<void> {
  const { backend } = connection;
  const yes = vscode.l10n.t('Delete All');
  const question = vscode.l10n.t('Delete all predictions that have ended?');
  const where = vscode.l10n.t('Backend: {0}', backendName(backend));
  const detail = `${vscode.l10n.t('Structures, logs and all other result files are deleted for good.')}\n${where}`;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  // Another window may have chosen another one while the question stood here.
  connection.mustBe(backend, vscode.l10n.t('Nothing was deleted.'));
  const outcomes = await connection.useAt(backend, (client) => client.deleteFinished());
  const gone = outcomes.filter(({ outcome }) => outcome === 'deleted' || outcome === 'deleting').map(({ id }) => id);
  store.drop(gone);
  await notifier.forget(gone, backend);
  await store.refresh();
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
  if (refused.length > 0) {
    throw new UserError(
      refused.length === 1
        ? vscode.l10n.t('1 prediction could not be deleted: {0}', said(refused[0]?.reason ?? ''))
        : vscode.l10n.t('{0} predictions could not be deleted: {1}', refused.length, said(refused[0]?.reason ?? '')),
    );
  }
  if (gone.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('There was nothing to delete.'));
}
