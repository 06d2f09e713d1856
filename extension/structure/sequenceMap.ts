/** Which residue of a chain of a structure is which residue of a sequence in a FASTA file. Pure. */

import { alignSequences } from './align.ts';
import type { ChainSequence } from './linkMessages.ts';

/** A chain laid on a sequence; positions from 0, -1 where there is no partner. */
export interface SequenceMap {
  /** For each residue of the chain its position in the sequence. */
  readonly toSequence: Int32Array;
  /** For each residue of the sequence its position in the chain. */
  readonly toChain: Int32Array;
  /** Partners with the same letter, and with another one; `X` is neither. */
  readonly identical: number;
  readonly different: number;
}

/** A chain and a record are of the same protein when so many of the partners have the same letter … */
const LEAST_IDENTITY = 0.95;
/** … and so much of the chain has a partner: a tag or a linker may have none. */
const LEAST_COVERED = 0.8;
/** Fewer identical letters than that are chance, unless the sequences are equal. */
const FEWEST_IDENTICAL = 8;
/** Products of two lengths up to here are aligned: a tenth of a second of the extension host. */
const MOST_CELLS = 6_000_000;
/** Pieces of a chain that are looked for in a sequence before anything costly is done. */
const PROBES = 12;
const PROBE_LENGTH = 6;

/**
 * Lays a chain on a sequence. The chain may lack residues (disordered, or not covered by a template), may have modified or
 * a few mutated ones, and may be numbered in any way; where the numbers fit they decide, since an alignment alone cannot
 * know on which side of a gap equal letters belong.
 *
 * @param sequence letters only, upper-case
 * @returns undefined when they are not the same protein
 */
export function mapSequence(chain: ChainSequence, sequence: string): SequenceMap | undefined {
  if (chain.sequence === sequence) {
    return mapOf(chain.sequence, sequence, (at) => at);
  }
  if (!mayBeSame(chain.sequence, sequence)) return undefined;
  return byNumbers(chain, sequence) ?? byAlignment(chain.sequence, sequence);
}

/** Cheap: answers no for nearly everything that is another protein, and never for the same one. */
export function mayBeSame(chain: string, sequence: string): boolean {
  if (chain.length < FEWEST_IDENTICAL || chain.length * LEAST_COVERED > sequence.length) return false;
  if (chain.length < 3 * PROBE_LENGTH) return true;
  const step = (chain.length - PROBE_LENGTH) / (PROBES - 1);
  let found = 0;
  for (let probe = 0; probe < PROBES; probe++) {
    const at = Math.round(probe * step);
    if (sequence.includes(chain.slice(at, at + PROBE_LENGTH))) found++;
  }
  return found >= PROBES / 4;
}

function byNumbers({ sequence: letters, numbers }: ChainSequence, sequence: string): SequenceMap | undefined {
  for (const offset of offsets(letters, numbers, sequence)) {
    let last = -1;
    const rises = numbers.every((number) => {
      const rise = number - offset > last;
      last = number - offset;
      return rise;
    });
    if (!rises) continue;
    const map = mapOf(letters, sequence, (at) => (numbers[at] ?? 0) - offset);
    if (isSame(map)) return map;
  }
  return undefined;
}

/** Likely differences of number and position, the likeliest first: numbers from 1, then what pieces of the chain say. */
function offsets(letters: string, numbers: readonly number[], sequence: string): number[] {
  const votes = new Map<number, number>([[1, 0.5]]);
  const step = Math.max(1, Math.floor(letters.length / 64));
  for (let at = 0; at + PROBE_LENGTH <= letters.length; at += step) {
    const place = sequence.indexOf(letters.slice(at, at + PROBE_LENGTH));
    if (place < 0) continue;
    const offset = (numbers[at] ?? 0) - place;
    votes.set(offset, (votes.get(offset) ?? 0) + 1);
  }
  return [...votes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([offset]) => offset);
}

function byAlignment(letters: string, sequence: string): SequenceMap | undefined {
  const whole = sequence.indexOf(letters);
  if (whole >= 0) return mapOf(letters, sequence, (at) => at + whole);
  const pairs = alignSequences(letters, sequence, { mostCells: MOST_CELLS, same: true });
  if (!pairs) return undefined;
  const partner = new Map(pairs);
  const map = mapOf(letters, sequence, (at) => partner.get(at) ?? -1);
  return isSame(map) ? map : undefined;
}

function mapOf(letters: string, sequence: string, partner: (at: number) => number): SequenceMap {
  const toSequence = new Int32Array(letters.length).fill(-1);
  const toChain = new Int32Array(sequence.length).fill(-1);
  let identical = 0;
  let different = 0;
  for (let at = 0; at < letters.length; at++) {
    const place = partner(at);
    if (place < 0 || place >= sequence.length) continue;
    toSequence[at] = place;
    toChain[place] = at;
    const [letter, other] = [letters[at], sequence[place]];
    // A residue without a letter of its own may be any: it speaks neither for nor against.
    if (letter === 'X' || other === 'X') continue;
    if (letter === other) identical++;
    else different++;
  }
  return { toSequence, toChain, identical, different };
}

function isSame({ toSequence, identical, different }: SequenceMap): boolean {
  const partners = toSequence.reduce((count, place) => count + (place >= 0 ? 1 : 0), 0);
  return (
    identical >= FEWEST_IDENTICAL &&
    identical >= LEAST_IDENTITY * (identical + different) &&
    partners >= LEAST_COVERED * toSequence.length
  );
}

/** A chain of a structure on one of the chains of a record. */
export interface RecordMap extends SequenceMap {
  /** Index in the record's chains. */
  readonly recordChain: number;
}

/**
 * Lays the chains of a structure on those of one record. Copies are given out in order: of a record `A:A` the first
 * chain of the structure is the first copy; where the structure has more copies than the record, they share.
 *
 * @returns for each chain of the structure its place, or undefined
 */
export function mapChains(
  chains: readonly ChainSequence[],
  record: readonly string[],
): readonly (RecordMap | undefined)[] {
  const uses = record.map(() => 0);
  return chains.map((chain) => {
    let best: RecordMap | undefined;
    for (const [recordChain, sequence] of record.entries()) {
      const map = mapSequence(chain, sequence);
      if (!map) continue;
      const better =
        !best ||
        map.identical > best.identical ||
        (map.identical === best.identical && (uses[recordChain] ?? 0) < (uses[best.recordChain] ?? 0));
      if (better) best = { ...map, recordChain };
    }
    if (best) uses[best.recordChain] = (uses[best.recordChain] ?? 0) + 1;
    return best;
  });
}

/** Positions of another sequence, as spans: `partner` has -1 where there is none. */
export function partnersOf(
  partner: Int32Array,
  from: number,
  to: number,
): { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (let at = Math.max(0, from); at < Math.min(to, partner.length); at++) {
    const place = partner[at] ?? -1;
    if (place < 0) continue;
    const span = spans.at(-1);
    if (span?.to === place) span.to = place + 1;
    else spans.push({ from: place, to: place + 1 });
  }
  return spans;
}
