import * as vscode from 'vscode';
import { FILTERS, filterText } from '../jobs/jobFilter.ts';
import { JOBS_VIEW } from '../jobs/jobsView.ts';
import type { Services } from './services.ts';

/** Chooses which jobs the view shows. */
export async function filterJobs({ filter, store, view }: Services): Promise<void> {
  const items = FILTERS.map((name) => ({
    label: filterText(name),
    ...(name === filter.name ? { description: vscode.l10n.t('current') } : {}),
    name,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Which of the {0} jobs should be shown?', store.jobs.length),
  });
  if (!picked) return;
  await filter.choose(picked.name);
  const older = () => view.findOlder(() => filter.name === picked.name);
  await vscode.window.withProgress({ location: { viewId: JOBS_VIEW } }, older);
}
