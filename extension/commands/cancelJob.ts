import * as vscode from 'vscode';
import { isLive } from '../../backend/api/job.ts';
import { isProblem } from '../base/errors.ts';
import { chosenJobs, forEachJob } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Ends jobs that wait or run. */
export async function cancelJob(services: Services, ...given: unknown[]): Promise<void> {
  const { connection, store } = services;
  const { backend } = connection;
  const jobs = await chosenJobs(services, {
    given,
    fits: (job) => isLive(job.status) && job.status !== 'CANCELLING',
    question: vscode.l10n.t('Which prediction should be cancelled?'),
    none: vscode.l10n.t('There is no waiting or running prediction to cancel.'),
    many: true,
  });
  connection.mustBe(backend, vscode.l10n.t('Nothing was cancelled.'));
  const errors = await forEachJob(jobs, async ({ id }) => {
    try {
      const job = await connection.useAt(backend, (client) => client.cancel(id));
      if (connection.backend === backend) store.apply([job]);
    } catch (error) {
      // It ended in the meantime, which is as good.
      if (!isProblem(error) || (error.kind !== 'job-is-finished' && error.kind !== 'not-found')) throw error;
    }
  });
  if (jobs.length > 0) await store.refresh();
  if (errors.length > 0) throw errors[0];
}
