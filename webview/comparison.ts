/** Which residues of two structures are compared, and how far apart they are. Pure. */

import { t } from '@vscode/l10n';
import { alignSequences } from '../extension/structure/align.ts';
import { countResidues } from './names.ts';
import { letterOf } from './sequence.ts';
import type { StructureData } from './structureData.ts';
import type { Comparison, ResiduePair } from './structureView.ts';

/** Fewer pairs fix no superposition in space. */
export const FEWEST_PAIRS = 3;

interface Chain {
  readonly name: string;
  /** Indices of its residues. */
  readonly residues: number[];
  readonly sequence: string;
}

function chainsOf(data: StructureData): Chain[] {
  const chains = new Map<string, number[]>();
  for (const [index, residue] of data.residues.entries()) {
    if (residue.kind !== 'polymer' || residue.model !== 0) continue;
    const chain = chains.get(residue.chain);
    if (chain) chain.push(index);
    else chains.set(residue.chain, [index]);
  }
  return [...chains].map(([name, residues]) => ({
    name,
    residues,
    sequence: residues.map((index) => letterOf(data.residues[index]?.name ?? '')).join(''),
  }));
}

/** Identical pairs that an alignment must have, as a part of the shorter chain, for two chains to be the same thing. */
const LEAST_IDENTITY = 0.2;

/**
 * Pairs residues: each chain of the shown structure with the chain of the other that it is most alike, every chain used
 * once; inside two chains by sequence alignment.
 */
export function pairResidues(shown: StructureData, other: StructureData): ResiduePair[] {
  const candidates = chainsOf(shown).flatMap((a) =>
    chainsOf(other).flatMap((b) => {
      const aligned = alignSequences(a.sequence, b.sequence) ?? [];
      const identical = aligned.filter(([i, j]) => a.sequence[i] === b.sequence[j]).length;
      if (identical < LEAST_IDENTITY * Math.min(a.sequence.length, b.sequence.length)) return [];
      return [{ a, b, aligned, score: identical + (a.name === b.name ? 0.5 : 0) }];
    }),
  );
  const usedNames = { a: new Set<string>(), b: new Set<string>() };
  const pairs: ResiduePair[] = [];
  for (const { a, b, aligned } of candidates.sort((x, y) => y.score - x.score)) {
    if (usedNames.a.has(a.name) || usedNames.b.has(b.name)) continue;
    usedNames.a.add(a.name);
    usedNames.b.add(b.name);
    for (const [i, j] of aligned) {
      const [from, to] = [a.residues[i], b.residues[j]];
      if (from !== undefined && to !== undefined) pairs.push([from, to]);
    }
  }
  return pairs.sort(([x], [y]) => x - y);
}

/** Root mean square of the distances (Å). */
export function rmsd({ distances }: Pick<Comparison, 'distances'>): number {
  let sum = 0;
  for (const distance of distances) sum += distance * distance;
  return Math.sqrt(sum / distances.length);
}

/** For example `RMSD 1.32 Å over 140 residues (98 %), 121 of them within 2 Å`. @param size residues of the shown structure */
export function describeComparison(comparison: Comparison, size: number): string {
  const near = comparison.distances.filter((distance) => distance <= 2).length;
  const { length } = comparison.distances;
  return t(
    'RMSD {0} Å over {1} ({2} %), {3} of them within 2 Å',
    rmsd(comparison).toFixed(2),
    countResidues(length),
    Math.round((length / Math.max(1, size)) * 100),
    near,
  );
}
