/** How gladly the side chain of a residue leaves water. Pure. */

/**
 * Hydropathy index of Kyte and Doolittle (1982, J. Mol. Biol. 157, 105–132, table 2): no unit; from −4.5 (arginine, stays
 * in water) to +4.5 (isoleucine, leaves it). Modified residues have the value of their parents, selenomethionine that of
 * methionine, selenocysteine that of cysteine.
 */
const KYTE_DOOLITTLE: Readonly<Record<string, number>> = {
  ILE: 4.5,
  VAL: 4.2,
  LEU: 3.8,
  PHE: 2.8,
  CYS: 2.5,
  SEC: 2.5,
  MET: 1.9,
  MSE: 1.9,
  ALA: 1.8,
  GLY: -0.4,
  THR: -0.7,
  TPO: -0.7,
  SER: -0.8,
  SEP: -0.8,
  TRP: -0.9,
  TYR: -1.3,
  PTR: -1.3,
  PRO: -1.6,
  HIS: -3.2,
  GLU: -3.5,
  GLN: -3.5,
  ASP: -3.5,
  ASN: -3.5,
  LYS: -3.9,
  ARG: -4.5,
};

/** Least and greatest index. */
export const HYDROPATHY_RANGE: readonly [number, number] = [-4.5, 4.5];

/** Index of a residue; undefined for nucleotides, ligands and residues the scale does not know. */
export function hydropathyOf(name: string): number | undefined {
  return KYTE_DOOLITTLE[name.toUpperCase()];
}
