import { QUEUE_MEMORY } from '../connection/queueMemory.ts';
import { predictStructure } from './predictStructure.ts';
import type { Services } from './services.ts';

/**
 * Shows what each queue would take for one record of a FASTA document, before anything is paid for.
 *
 * @param given the document and a line of the record; by default the record with the cursor
 */
export async function estimateRecord(services: Services, ...given: unknown[]): Promise<void> {
  const features = await services.fasta.load();
  await features.estimate(
    async (target, queue) => {
      await services.memory.update(QUEUE_MEMORY, queue);
      await predictStructure(services, { ...target, queue });
    },
    ...given,
  );
}
