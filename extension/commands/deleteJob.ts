import * as vscode from 'vscode';
import { isFinished, type Job } from '../../backend/api/job.ts';
import { isProblem } from '../base/errors.ts';
import { chosenJobs, forEachJob } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Deletes finished jobs with their results, after asking. */
export async function deleteJob(services: Services, ...given: unknown[]): Promise<void> {
  const { connection } = services;
  const { backend } = connection;
  const jobs = await chosenJobs(services, {
    given,
    fits: (job) => isFinished(job.status),
    question: vscode.l10n.t('Which prediction should be deleted?'),
    none: vscode.l10n.t('Only predictions that have ended can be deleted. Cancel it first.'),
    many: true,
  });
  if (jobs.length === 0 || !(await confirm(jobs))) return;
  connection.mustBe(backend, vscode.l10n.t('Nothing was deleted.'));
  const errors = await forEachJob(jobs, async ({ id }) => {
    try {
      await connection.useAt(backend, (client) => client.delete(id));
    } catch (error) {
      if (!isProblem(error) || error.kind !== 'not-found') throw error;
    }
    if (connection.backend === backend) services.store.drop([id]);
    await services.notifier.forget([id], backend);
  });
  await services.store.refresh();
  if (errors.length > 0) throw errors[0];
}

async function confirm(jobs: readonly Job[]): Promise<boolean> {
  const yes = vscode.l10n.t('Delete');
  const [only] = jobs;
  const question =
    only && jobs.length === 1
      ? vscode.l10n.t('Delete the prediction "{0}"?', only.name)
      : vscode.l10n.t('Delete {0} predictions?', jobs.length);
  const detail = vscode.l10n.t('Structures, logs and all other result files are deleted for good.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
