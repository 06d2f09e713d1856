// What the tests of the AlphaFold engine run on: its search programs from Debian, its code from PyPI.
import { ensurePackages } from './apt.ts';
import { setUpPython } from './python.ts';
import type { SetupResult } from './result.ts';

/** The search programs that AlphaFold starts, and the sequences and structures that tests make databases of. */
export const SEARCH_PACKAGES = [
  'hmmer',
  'hmmer-examples',
  'hhsuite',
  'hhsuite-data',
  'kalign',
  'promod3',
  'promod3-data',
] as const;

export async function setUpAlphafold(): Promise<SetupResult> {
  const installed = await ensurePackages(SEARCH_PACKAGES, 'the search programs of AlphaFold');
  return installed.ok ? setUpPython('alphafold') : installed;
}
