/** Models of results among others: called by their job, found by their address. */

import * as vscode from 'vscode';
import type { StructureModel } from '../structure/structureSubject.ts';
import type { BackendResults, ResultReader } from './resultReader.ts';
import { structureAt } from './resultStructures.ts';
import { parseResultUri, RESULT_SCHEME } from './resultUri.ts';

/** One model of a job, by default its best. @param path of its file below the job's results */
export async function modelOfJob(results: BackendResults, jobId: string, path?: string): Promise<StructureModel> {
  const { title, models, selectedModel = 0 } = await structureAt(results, jobId, path);
  const model = models[selectedModel];
  if (!model) throw new Error(vscode.l10n.t('{0} has no model.', title));
  return { ...model, label: `${title} · ${model.label}` };
}

/** The model at an address of a result file; undefined when the address is of something else. */
export function modelAtPlace(results: ResultReader, place: vscode.Uri): Promise<StructureModel> | undefined {
  if (place.scheme !== RESULT_SCHEME) return undefined;
  const found = parseResultUri(place, results.backend);
  return found && modelOfJob(results.at(found.backend), found.jobId, found.path);
}
