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
  let hasNucleic = false;
  structure.eachResidue((residue) => {
    const representative = residue.traceAtomIndex;
    // Without a trace atom the index points before the residue.
    const kind = kindOf(residue);
    const isNucleic = residue.isNucleic();
    hasNucleic ||= isNucleic;
    const hasTrace = kind === 'polymer' && representative >= residue.atomOffset;
    residues.push({
      name: residue.resname,
      number: residue.resno,
      insertion: residue.inscode,
      chain: residue.chainname,
      kind,
      ...(isNucleic && { isNucleic }),
      secondary: SECONDARY[residue.sstruc] ?? 'coil',
      model: residue.modelIndex,
      atom: hasTrace ? representative : residue.atomOffset,
    });
  });
  return {
    atomCount: structure.atomStore.count,
    modelCount: Math.max(1, structure.modelStore.count),
    residues,
    hasNucleic,
    residueOfAtom: structure.atomStore.residueIndex,
    bFactors: structure.atomStore.bfactor,
  };
}

/** The parts of a residue that tell its kind. */
interface Kinds {
  readonly hetero: number | boolean;
  isWater(): boolean;
  isIon(): boolean;
  isProtein(): boolean;
  isNucleic(): boolean;
  isPolymer(): boolean;
}

/**
 * NGL's own `isPolymer` goes by entities, and in PDB files with several models it knows the entities of one model only.
 * So it is asked only where it matters: for HETATM residues that could be part of a chain (MSE) or a ligand (GLU).
 * `representations.ts` selects in the same way.
 */
function kindOf(residue: Kinds): ResidueKind {
  if (residue.isWater()) return 'water';
  if (residue.isIon()) return 'ion';
  const couldBeChain = residue.isProtein() || residue.isNucleic();
  return couldBeChain && (!residue.hetero || residue.isPolymer()) ? 'polymer' : 'ligand';
}
