import * as vscode from 'vscode';
import { JOBS_VIEW } from '../jobs/jobsView.ts';
import type { Services } from './services.ts';

/** Asks the backend now. */
export async function refreshJobs({ connection, store }: Services): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: JOBS_VIEW } }, async () => {
    if (connection.state.kind === 'failed') await connection.retry();
    await Promise.all([store.refresh(), connection.checkEngines(true)]);
  });
}
