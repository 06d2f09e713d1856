import * as vscode from 'vscode';
import { isLive } from '../../backend/api/job.ts';
import { logUri } from '../logs/logUri.ts';
import { chosenJobs } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Opens the whole log of a job as a document; one of a job that runs is opened at its end, and grows. */
export async function openFullLog(services: Services, ...given: unknown[]): Promise<void> {
  const [job] = await chosenJobs(services, {
    given,
    fits: () => true,
    question: vscode.l10n.t('Whose log should be shown?'),
    none: vscode.l10n.t('There is no prediction yet.'),
  });
  if (!job) return;
  const document = await vscode.workspace.openTextDocument(logUri(services.connection.backend, job));
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  if (isLive(job.status)) editor.revealRange(document.lineAt(document.lineCount - 1).range);
}
