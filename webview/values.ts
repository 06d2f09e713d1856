/** The number behind each atom's colour: confidence on 0–100, or the B-factor. Pure. */

import type { ValueFacts, ValueMeaning } from './metric.ts';
import { polymerResidues, type StructureData } from './structureData.ts';

/** Written values have two decimals; a difference below it is rounding. */
const SAME = 0.011;

/** Part of the residues cut off at each end of the B-factor gradient, so that one loose loop does not grey out all else. */
const TAIL = 0.02;

/** What can be told from the values themselves. */
export function valueFacts(data: StructureData, fileName: string, perResidue?: readonly number[]): ValueFacts {
  const polymer = polymerResidues(data, 'all');
  const representatives = perResidue ?? polymer.map(({ atom }) => data.bFactors[atom] ?? Number.NaN);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of representatives) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { fileName, min, max, uniformInResidues: isUniform(data) };
}

function isUniform(data: StructureData): boolean {
  let compared = 0;
  for (let atom = 1; atom < data.atomCount; atom++) {
    const residue = data.residueOfAtom[atom];
    if (residue === undefined || residue !== data.residueOfAtom[atom - 1]) continue;
    if (data.residues[residue]?.kind !== 'polymer') continue;
    compared++;
    if (Math.abs((data.bFactors[atom] ?? 0) - (data.bFactors[atom - 1] ?? 0)) > SAME) return false;
  }
  return compared > 0;
}

/**
 * One value for each atom.
 * @param perResidue one value for each polymer residue in file order; atoms of other residues keep the file's value
 */
export function atomValues(data: StructureData, meaning: ValueMeaning, perResidue?: readonly number[]): Float32Array {
  const values = Float32Array.from(data.bFactors, (value) => value * meaning.factor);
  if (!perResidue) return values;
  const ofResidue = new Map(polymerResidues(data, 'all').map((residue, index) => [residue, perResidue[index]]));
  for (let atom = 0; atom < values.length; atom++) {
    const residue = data.residues[data.residueOfAtom[atom] ?? -1];
    const value = residue && ofResidue.get(residue);
    if (value !== undefined) values[atom] = value * meaning.factor;
  }
  return values;
}

/** Least and greatest value of a gradient over the polymer, without the outermost residues. */
export function gradientRange(data: StructureData, values: ArrayLike<number>): [number, number] {
  const sorted = polymerResidues(data, 'all')
    .map(({ atom }) => values[atom] ?? 0)
    .sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] ?? 0;
  return [at(TAIL), at(1 - TAIL)];
}
