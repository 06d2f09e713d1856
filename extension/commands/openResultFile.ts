import * as vscode from 'vscode';
import { FileNode } from '../jobs/nodes/fileNode.ts';
import { structureAt } from '../results/resultStructures.ts';
import { type ResultPlace, resultUri } from '../results/resultUri.ts';
import { parseStructureFileName } from '../structure/formats.ts';
import { STRUCTURE_EDITOR } from '../structure/structureEditor.ts';
import { chosenJobs } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Opens one file of a result: structures in the viewer, everything else as read-only text. */
export async function openResultFile(services: Services, ...given: unknown[]): Promise<void> {
  const place = given[0] instanceof FileNode ? ofRow(given[0]) : await ask(services, given);
  if (!place) return;
  const { backend, jobId, path } = place;
  const results = services.results.at(backend);
  const { models } = await results.manifest(jobId);
  if (models.some(({ files }) => files.pdb === path || files.cif === path)) {
    services.panels.open(await structureAt(results, jobId, path));
    return;
  }
  const uri = resultUri(place);
  if (parseStructureFileName(path)) await vscode.commands.executeCommand('vscode.openWith', uri, STRUCTURE_EDITOR);
  else await vscode.commands.executeCommand('vscode.open', uri);
}

const ofRow = ({ backend, job, file }: FileNode): ResultPlace => ({ backend, jobId: job.id, path: file.path });

async function ask(services: Services, given: readonly unknown[]): Promise<ResultPlace | undefined> {
  const [job] = await chosenJobs(services, {
    given,
    fits: ({ status }) => status === 'SUCCEEDED',
    question: vscode.l10n.t('Whose result files?'),
    none: vscode.l10n.t('There is no predicted structure yet.'),
  });
  if (!job) return undefined;
  const { backend } = services.results;
  const { files } = await services.results.manifest(job.id);
  const placeHolder = vscode.l10n.t('Which file of {0}?', job.name);
  const path = await vscode.window.showQuickPick(
    files.map((file) => file.path),
    { placeHolder },
  );
  return path === undefined ? undefined : { backend, jobId: job.id, path };
}
