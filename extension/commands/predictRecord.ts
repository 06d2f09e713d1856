import type { Job } from '../../backend/api/job.ts';
import { predictStructure } from './predictStructure.ts';
import type { Services } from './services.ts';

/**
 * Predicts one record of a FASTA document.
 *
 * @param given the document and a line of the record; by default the record with the cursor
 */
export async function predictRecord(services: Services, ...given: unknown[]): Promise<readonly Job[]> {
  const target = await (await services.fasta.load()).target(...given);
  return target ? predictStructure(services, target) : [];
}
