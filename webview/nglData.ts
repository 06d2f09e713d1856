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
  const places = new Map<string, Place>();
  let hasNucleic = false;
  structure.eachResidue((residue) => {
    const representative = residue.traceAtomIndex;
    // Without a trace atom the index points before the residue.
    const wanted = kindOf(residue);
    const isNucleic = residue.isNucleic();
    hasNucleic ||= isNucleic;
    const hasTrace = wanted === 'polymer' && representative >= residue.atomOffset;
    const kind = wanted === 'polymer' ? takePlace(places, residues, residue, hasTrace) : wanted;
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

/** A place in a chain, and which residue has it. */
interface Place {
  readonly index: number;
  readonly hasTrace: boolean;
}

/** The parts of a residue that tell its place. */
interface Placed {
  readonly structure: Structure;
  readonly modelIndex: number;
  readonly chainname: string;
  readonly resno: number;
  readonly inscode: string;
  readonly atomOffset: number;
}

/** Codes of atoms that have no other location, as NGL holds them: none, and a blank. */
const ONLY_LOCATIONS: readonly number[] = [0, 0x20];

/**
 * Gives the next residue its place in the chain, or finds it taken. NGL begins a residue wherever the name changes: of a
 * proline that is also a serine it makes two residues, and where the file has their atoms in turns, one of every atom. The
 * place then belongs to the first that has its trace atom. Without alternate locations, equal numbers are a mere habit of
 * programs that write several molecules into one chain.
 */
function takePlace(places: Map<string, Place>, residues: ResidueInfo[], next: Placed, hasTrace: boolean): ResidueKind {
  const key = `${next.modelIndex} ${next.chainname} ${next.resno} ${next.inscode}`;
  const place = places.get(key);
  const location = next.structure.atomStore.altloc?.[next.atomOffset] ?? 0;
  if (place && !ONLY_LOCATIONS.includes(location)) {
    const taken = residues[place.index];
    if (!taken || place.hasTrace || !hasTrace) return 'alternate';
    residues[place.index] = { ...taken, kind: 'alternate' };
  }
  places.set(key, { index: residues.length, hasTrace });
  return 'polymer';
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
