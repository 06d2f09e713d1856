import * as vscode from 'vscode';
import { chosenJobs } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Copies the ids of jobs, one on a line, as the command line takes them. */
export async function copyJobId(services: Services, ...given: unknown[]): Promise<void> {
  const jobs = await chosenJobs(services, {
    given,
    fits: () => true,
    question: vscode.l10n.t('Whose id should be copied?'),
    none: vscode.l10n.t('There is no prediction yet.'),
  });
  if (jobs.length > 0) await vscode.env.clipboard.writeText(jobs.map(({ id }) => id).join('\n'));
}
