import type { Services } from './services.ts';

/** Finds a record of the FASTA file that is open, by name, description or number. */
export async function goToRecord({ fasta }: Services): Promise<void> {
  await (await fasta.load()).goTo();
}
