/** How far each part of a model can be trusted, from the B-factor column of its PDB file. Pure. */

export interface ResidueConfidence {
  readonly chain: string;
  /** Residue number of the file. */
  readonly number: number;
  /** 0–100 */
  readonly value: number;
}

export interface Region {
  readonly chain: string;
  readonly from: number;
  readonly to: number;
  /** Mean over its residues. */
  readonly mean: number;
}

/** Borders of the confidence bands as the AlphaFold database has them: very high ≥ 90, high ≥ 70, low ≥ 50. */
const BANDS = { veryHigh: 90, high: 70, low: 50 } as const;

/** One entry for each residue with a Cα atom, first alternative, in the order of the file (columns of PDB format 3.3). */
export function readConfidence(pdb: string): readonly ResidueConfidence[] {
  const residues: ResidueConfidence[] = [];
  for (const line of pdb.split('\n')) {
    if (line.startsWith('ENDMDL')) break;
    if (!line.startsWith('ATOM') || line.slice(12, 16) !== ' CA ' || !' A'.includes(line.charAt(16))) continue;
    const value = Number(line.slice(60, 66));
    const number = Number(line.slice(22, 26));
    if (Number.isFinite(value) && Number.isInteger(number)) residues.push({ chain: line.charAt(21), number, value });
  }
  return residues;
}

/** Residues in each band. */
export function countBands(
  residues: readonly ResidueConfidence[],
): Record<'veryHigh' | 'high' | 'low' | 'veryLow', number> {
  const counts = { veryHigh: 0, high: 0, low: 0, veryLow: 0 };
  for (const { value } of residues) {
    if (value >= BANDS.veryHigh) counts.veryHigh++;
    else if (value >= BANDS.high) counts.high++;
    else if (value >= BANDS.low) counts.low++;
    else counts.veryLow++;
  }
  return counts;
}

/** Unbroken stretches of residues below 70, longest first. */
export function weakRegions(residues: readonly ResidueConfidence[]): readonly Region[] {
  const regions: ResidueConfidence[][] = [];
  let last: ResidueConfidence | undefined;
  for (const residue of residues) {
    const follows = last && last.chain === residue.chain && residue.number === last.number + 1;
    if (residue.value < BANDS.high) {
      const open = regions.at(-1);
      if (follows && last && last.value < BANDS.high && open) open.push(residue);
      else regions.push([residue]);
    }
    last = residue;
  }
  return regions
    .flatMap((region) => {
      const [first] = region;
      const end = region.at(-1);
      if (!first || !end) return [];
      const mean = region.reduce((sum, { value }) => sum + value, 0) / region.length;
      return [{ chain: first.chain, from: first.number, to: end.number, mean }];
    })
    .sort((a, b) => b.to - b.from - (a.to - a.from));
}
