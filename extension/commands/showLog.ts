import * as vscode from 'vscode';
import { chosenJobs } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Shows the log of a job, and follows it while the job runs. */
export async function showLog(services: Services, ...given: unknown[]): Promise<void> {
  const [job] = await chosenJobs(services, {
    given,
    fits: () => true,
    question: vscode.l10n.t('Whose log should be shown?'),
    none: vscode.l10n.t('There is no prediction yet.'),
  });
  if (job) services.jobLog.show(job);
}
