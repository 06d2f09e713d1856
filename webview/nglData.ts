/** Copies what the page needs out of an NGL structure. */

import type { Structure } from 'ngl';
import type { ResidueInfo, ResidueKind, SecondaryStructure, StructureData } from './structureData.ts';

/** One-letter codes of NGL: DSSP's helices and strands, and those it computes itself. */
const SECONDARY: Readonly<Record<string, SecondaryStructure>> = {
  h: 'helix',
  g: 'helix',
  i: 'helix',
  e: 'strand',
  b: 'strand',
};

/** Reads residues and values; the arrays of numbers are NGL's own, not copies. */
export function readStructureData(structure: Structure): StructureData {
  const residues: ResidueInfo[] = [];
  structure.eachResidue((residue) => {
    const representative = residue.traceAtomIndex;
    // Without a trace atom the index points before the residue.
    const hasTrace = residue.isPolymer() && representative >= residue.atomOffset;
    residues.push({
      name: residue.resname,
      number: residue.resno,
      insertion: residue.inscode,
      chain: residue.chainname,
      kind: kindOf(residue),
      secondary: SECONDARY[residue.sstruc] ?? 'coil',
      model: residue.modelIndex,
      atom: hasTrace ? representative : residue.atomOffset,
    });
  });
  return {
    atomCount: structure.atomStore.count,
    modelCount: Math.max(1, structure.modelStore.count),
    residues,
    residueOfAtom: structure.atomStore.residueIndex,
    bFactors: structure.atomStore.bfactor,
  };
}

function kindOf(residue: { isWater(): boolean; isIon(): boolean; isPolymer(): boolean }): ResidueKind {
  if (residue.isWater()) return 'water';
  if (residue.isIon()) return 'ion';
  return residue.isPolymer() ? 'polymer' : 'ligand';
}
