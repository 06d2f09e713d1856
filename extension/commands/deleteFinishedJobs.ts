import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';
import { said } from '../base/said.ts';
import type { Services } from './services.ts';

/** Deletes every job that has ended, after asking. */
export async function deleteFinishedJobs({ connection, notifier, store }: Services): Promise<void> {
  const yes = vscode.l10n.t('Delete All');
  const question = vscode.l10n.t('Delete all predictions that have ended?');
  const detail = vscode.l10n.t('Structures, logs and all other result files are deleted for good.');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  const outcomes = await connection.use((client) => client.deleteFinished());
  const gone = outcomes.filter(({ outcome }) => outcome === 'deleted' || outcome === 'deleting').map(({ id }) => id);
  store.drop(gone);
  await notifier.forget(gone);
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
