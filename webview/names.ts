/** What representations, colourings and numbers of things are called, in the editor's language. */

import { t } from '@vscode/l10n';
import type { Coloring } from './coloring.ts';
import type { Representation } from './structureView.ts';

export const REPRESENTATION_NAMES: Readonly<Record<Representation, string>> = {
  cartoon: t('Cartoon'),
  surface: t('Surface'),
  licorice: t('Licorice'),
  'ball+stick': t('Ball & stick'),
};

/** Confidence is not among them: it is called as its maker calls it. */
export const COLORING_NAMES: Readonly<Record<Exclude<Coloring, 'confidence'>, string>> = {
  'b-factor': t('B-factor'),
  chain: t('Chain'),
  rainbow: t('Position in chain'),
  secondary: t('Secondary structure'),
  residue: t('Residue type'),
  hydrophobicity: t('Hydrophobicity'),
};

export function countResidues(count: number): string {
  return count === 1 ? t('1 residue') : t('{0} residues', count);
}

export function countChains(count: number): string {
  return count === 1 ? t('1 chain') : t('{0} chains', count);
}

export function countAtoms(count: number): string {
  return count === 1 ? t('1 atom') : t('{0} atoms', count);
}
