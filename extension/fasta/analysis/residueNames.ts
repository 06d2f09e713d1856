/** What the letters of a sequence are called. The names are chemistry's own and are not translated here. */

import { UNUSUAL_RESIDUES } from '../../../backend/api/fasta/alphabet.ts';

/** Three-letter codes (IUPAC-IUB JCBN 1983). */
export const THREE_LETTERS: Readonly<Record<string, string>> = {
  A: 'Ala',
  B: 'Asx',
  C: 'Cys',
  D: 'Asp',
  E: 'Glu',
  F: 'Phe',
  G: 'Gly',
  H: 'His',
  I: 'Ile',
  J: 'Xle',
  K: 'Lys',
  L: 'Leu',
  M: 'Met',
  N: 'Asn',
  O: 'Pyl',
  P: 'Pro',
  Q: 'Gln',
  R: 'Arg',
  S: 'Ser',
  T: 'Thr',
  U: 'Sec',
  V: 'Val',
  W: 'Trp',
  X: 'Xaa',
  Y: 'Tyr',
  Z: 'Glx',
};

/** Whether a letter is one of B J O U X Z. */
export function isUnusual(letter: string): boolean {
  return letter in UNUSUAL_RESIDUES;
}
