import * as vscode from 'vscode';
import { ModelNode } from '../jobs/nodes/modelNode.ts';
import { structureOf } from '../results/resultStructures.ts';
import { chosenJobs } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Opens the predicted structure of a job in the viewer. Given the row of a model, that model is shown first. */
export async function openStructure(services: Services, ...given: unknown[]): Promise<void> {
  const jobs = await chosenJobs(services, {
    given,
    fits: (job) => job.status === 'SUCCEEDED',
    question: vscode.l10n.t('Which structure should be opened?'),
    none: vscode.l10n.t('There is no predicted structure yet.'),
  });
  const [row] = given;
  const path = row instanceof ModelNode ? row.path : undefined;
  for (const { id } of jobs) services.panels.open(await structureOf(services.results, id, path));
}
