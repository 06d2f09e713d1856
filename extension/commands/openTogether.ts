import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';
import { jobIdOf } from '../jobs/jobsView.ts';
import { ModelNode } from '../jobs/nodes/modelNode.ts';
import { modelOfJob } from '../results/resultModels.ts';
import { parseStructureFileName } from '../structure/formats.ts';
import { structureSet } from '../structure/structureSets.ts';
import { modelOfFile } from '../structure/structureShelf.ts';
import type { StructureModel } from '../structure/structureSubject.ts';
import { MOST_TOGETHER } from '../structure/togetherMessages.ts';
import { chosenJobs } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Opens structures in one view, superposed: jobs, models of jobs, and structure files. */
export async function openTogether(services: Services, ...given: unknown[]): Promise<void> {
  const models = await chosenModels(services, given);
  if (models.length === 0) return;
  if (models.length > MOST_TOGETHER) {
    throw new UserError(
      vscode.l10n.t(
        '{0} structures are chosen, and {1} fit into one view. Choose fewer.',
        models.length,
        MOST_TOGETHER,
      ),
    );
  }
  services.panels.open(structureSet(services.shelf, models));
}

/** The best model of each prediction that the user picks. */
export async function chooseResults(
  services: Pick<Services, 'results' | 'store' | 'view'>,
): Promise<readonly StructureModel[]> {
  const jobs = await chosenJobs(services, {
    given: [],
    fits: (job) => job.status === 'SUCCEEDED',
    question: vscode.l10n.t('Which structures should be shown together?'),
    none: vscode.l10n.t('There is no predicted structure yet.'),
    many: true,
  });
  const { results } = services;
  return Promise.all(jobs.map(({ id }) => modelOfJob(results.at(results.backend), id)));
}

async function chosenModels(services: Services, [first, all]: readonly unknown[]): Promise<readonly StructureModel[]> {
  if (first === undefined) return chooseResults(services);
  const rows: readonly unknown[] = Array.isArray(all) && all.length > 0 ? all : [first];
  const models = await Promise.all(rows.map((row) => modelOf(services, row)));
  return models.filter((model) => model !== undefined);
}

async function modelOf({ results, store }: Services, row: unknown): Promise<StructureModel | undefined> {
  if (row instanceof vscode.Uri) return parseStructureFileName(row.path) ? modelOfFile(row) : undefined;
  const id = typeof row === 'string' ? row : jobIdOf(row);
  if (id === undefined || store.find(id)?.status !== 'SUCCEEDED') return undefined;
  return modelOfJob(results.at(results.backend), id, row instanceof ModelNode ? row.path : undefined);
}
