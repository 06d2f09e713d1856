// Structures as the viewer's page is told of them.
import type { StructureToShow } from '../../scripts/support/viewerBrowser.ts';
import { bytes, experimentalPdb, fourBands, pdbText, REMARK, RESIDUES } from './structureFiles.ts';

/** A model with a quarter of its residues in each band. */
export const MODEL: StructureToShow = {
  fileName: 'model.pdb',
  format: 'pdb',
  bytes: bytes(pdbText([REMARK], fourBands)),
};

/** What was measured: B-factors, and no confidence. */
export const EXPERIMENT: StructureToShow = { fileName: '5eep.pdb', format: 'pdb', bytes: bytes(experimentalPdb()) };

/** Which of two chains a residue is in, each with half of them. */
export const twoChains = (residue: number): string => (residue < RESIDUES / 2 ? 'A' : 'B');

/** The model as two chains. */
export const TWO_CHAINS: StructureToShow = {
  fileName: 'm.pdb',
  format: 'pdb',
  bytes: bytes(pdbText([REMARK], fourBands, { chain: twoChains })),
};

/** A file of predicted aligned errors: what is expected for residue `j` when `i` is laid over its true place. */
export function paeFile(size: number, error: (i: number, j: number) => number): Uint8Array {
  const rows = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => error(i, j)));
  return bytes(JSON.stringify([{ predicted_aligned_error: rows }]));
}
