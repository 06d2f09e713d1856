/** Which residues of two structures are compared, and how far apart they are. Pure. */

import { t } from '@vscode/l10n';
import { alignSequences } from '../extension/structure/align.ts';
import { countResidues } from './names.ts';
import { letterOf } from './sequence.ts';
import { type ModelSelection, memberOf, type StructureData } from './structureData.ts';
import type { Comparison, ResiduePair } from './structureView.ts';

/** Fewer pairs fix no superposition in space. */
export const FEWEST_PAIRS = 3;

interface Chain {
  readonly name: string;
  /** Indices of its residues. */
  readonly residues: number[];
  readonly sequence: string;
  /** Letters of nucleotides are letters of amino acids, too: the sequence does not tell. */
  readonly isNucleic: boolean;
}

function chainsOf(data: StructureData, member: number): Chain[] {
  const chains = new Map<string, number[]>();
  for (const [index, residue] of data.residues.entries()) {
    if (residue.kind !== 'polymer' || residue.model !== member) continue;
    const chain = chains.get(residue.chain);
    if (chain) chain.push(index);
    else chains.set(residue.chain, [index]);
  }
  return [...chains].map(([name, residues]) => ({
    name,
    residues,
    sequence: residues.map((index) => letterOf(data.residues[index]?.name ?? '')).join(''),
    // An amino acid at the end of a tRNA does not make it a protein.
    isNucleic: residues.filter((index) => data.residues[index]?.isNucleic).length * 2 > residues.length,
  }));
}

/** Up to so many aligned pairs, no identity but 100 % says anything. */
const SHORT = 11;
/** From here on the curve for proteins is flat (aligned pairs). */
const LONG = 450;
/** No fewer identical pairs say that two proteins are related (%). */
const LEAST = 20;
/**
 * How much more two nucleic acids need (percentage points), and how much is enough for short ones (%): with four letters,
 * unrelated sequences of 40 to 400 are aligned with 54 % identical pairs on average and at most 78 to 60 %; oligonucleotides
 * that differ in one base are still the same thing.
 */
const NUCLEIC = { more: 40, most: 90 };

/**
 * Identical pairs (%) that an alignment of so many pairs must have for two chains to be related: short ones are often alike
 * by chance. The curve of Rost (1999, Protein Eng. 12, 85–94), p = n + 480 L^(−0.32 (1 + e^(−L/1000))), here with n = 0 for
 * proteins and never below 20 %.
 */
export function leastIdentity(pairs: number, isNucleic: boolean): number {
  if (pairs <= SHORT) return 100;
  const length = Math.min(pairs, LONG);
  const curve = Math.max(LEAST, 480 * length ** (-0.32 * (1 + Math.exp(-length / 1000))));
  return isNucleic ? Math.min(NUCLEIC.most, curve + NUCLEIC.more) : Math.min(100, curve);
}

/**
 * Relatives whose sequences have drifted far apart are still as long as each other: from so many pairs on that cover so
 * much of the longer chain, {@link LEAST} is enough. Of random sequences of 100 residues, 0.7 % are alike that much.
 */
const WHOLE = { pairs: 100, part: 0.8 };

/** Aligns two chains; undefined where they have no more in common than any two have. */
function relate(a: Chain, b: Chain) {
  if (a.isNucleic !== b.isNucleic) return undefined;
  const aligned = alignSequences(a.sequence, b.sequence) ?? [];
  const identical = aligned.filter(([i, j]) => a.sequence[i] === b.sequence[j]).length;
  const isPiece = identical === Math.min(a.sequence.length, b.sequence.length);
  // Two chains overlap by a few identical residues sooner or later; a short one must be found as a whole.
  if (aligned.length <= SHORT && !isPiece) return undefined;
  const longer = Math.max(a.sequence.length, b.sequence.length);
  const isWhole = !a.isNucleic && aligned.length >= Math.max(WHOLE.pairs, WHOLE.part * longer);
  const least = isWhole ? LEAST : leastIdentity(aligned.length, a.isNucleic);
  const isSame = a.sequence === b.sequence;
  if (!isSame && identical * 100 < least * aligned.length) return undefined;
  return { a, b, aligned, score: identical + (a.name === b.name ? 0.5 : 0) };
}

/**
 * Pairs residues: each chain of the shown structure with the chain of the other that it is most alike, every chain used
 * once; inside two chains by sequence alignment. Chains that are not related stay without a partner.
 *
 * @param model which member of the shown structure; of the other it is always the first, which is the one that is drawn
 */
export function pairResidues(shown: StructureData, other: StructureData, model: ModelSelection): ResiduePair[] {
  const others = chainsOf(other, 0);
  const candidates = chainsOf(shown, memberOf(model)).flatMap((a) => others.flatMap((b) => relate(a, b) ?? []));
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
