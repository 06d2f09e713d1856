import type { Services } from './services.ts';

/** Writes the records of a FASTA document into files of their own. */
export async function splitFasta({ fasta }: Services, ...given: unknown[]): Promise<void> {
  await (await fasta.load()).split(...given);
}
