/** A structure as the page's own code sees it, free of any 3D library. */

/**
 * What a residue is drawn as. Modified residues inside a chain are `polymer`. Where a crystal holds several residues at one
 * place of a chain (microheterogeneity), one of them is `polymer`; the others are `alternate`, and count as none.
 */
export type ResidueKind = 'polymer' | 'alternate' | 'ligand' | 'ion' | 'water';

/** Secondary structure, as the file states it or as it was computed from the backbone. */
export type SecondaryStructure = 'helix' | 'strand' | 'coil';

/** One residue, nucleotide, ligand, ion or water. */
export interface ResidueInfo {
  /** Three-letter or component name, for example `LYS`. */
  readonly name: string;
  /** Number as the file gives it; may be negative. */
  readonly number: number;
  /** Insertion code; usually empty. */
  readonly insertion: string;
  /** Chain name as the file's author gave it. */
  readonly chain: string;
  readonly kind: ResidueKind;
  /** Whether it is a nucleotide; absent for all else. */
  readonly isNucleic?: true;
  readonly secondary: SecondaryStructure;
  /** Index of the model (0 in all but ensembles). */
  readonly model: number;
  /** Index of the atom that stands for the residue: CA, C4' or P, else its first atom. */
  readonly atom: number;
}

/** Atoms and residues of a loaded file, models one after the other. */
export interface StructureData {
  readonly atomCount: number;
  readonly modelCount: number;
  readonly residues: readonly ResidueInfo[];
  /** Whether any of the residues is a nucleotide. */
  readonly hasNucleic: boolean;
  /** For each atom, the index of its residue. */
  readonly residueOfAtom: ArrayLike<number>;
  /** For each atom, its B-factor column. */
  readonly bFactors: ArrayLike<number>;
}

/** `all`, or the index of one model of an ensemble. */
export type ModelSelection = number | 'all';

/** The member that structures are compared with: of all members at once, the first. */
export function memberOf(model: ModelSelection): number {
  return model === 'all' ? 0 : model;
}

/** Residues of proteins and nucleic acids in the selected model, in file order. */
export function polymerResidues(data: StructureData, model: ModelSelection): ResidueInfo[] {
  return data.residues.filter((residue) => residue.kind === 'polymer' && (model === 'all' || residue.model === model));
}
