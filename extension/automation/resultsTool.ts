/** `foldpad_results`: ranked models, how far to trust which part, and where the files are; opens the structure if asked. */

import type { Services } from '../commands/services.ts';
import { structureAt } from '../results/resultStructures.ts';
import { resultUri } from '../results/resultUri.ts';
import { readConfidence } from './confidenceProfile.ts';
import { readResultsInput, ToolInputError } from './toolInput.ts';
import { jobText, resultsText } from './toolText.ts';

/** @returns what the model is told */
export async function resultsTool(services: Services, given: unknown, signal: AbortSignal): Promise<string> {
  const { job_id: id, open } = readResultsInput(given);
  const { connection, panels } = services;
  const results = services.results.at(connection.backend);
  const { job } = await connection.use((client) => client.get(id, { signal }));
  if (job.status !== 'SUCCEEDED') {
    throw new ToolInputError(`There is no result: the job has not succeeded.\n${jobText(job)}`);
  }
  const result = await results.manifest(id);
  const best = result.models.reduce((a, b) => (b.rank < a.rank ? b : a));
  const pdb = new TextDecoder().decode(await results.file(id, best.files.pdb, signal));
  if (open) panels.open(await structureAt(results, id));
  const text = resultsText(result, readConfidence(pdb), (path) =>
    resultUri({ backend: results.backend, jobId: id, path }).toString(),
  );
  return open ? `${text}\nThe structure is open in the viewer.` : text;
}
