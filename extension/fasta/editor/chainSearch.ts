/** Finds the records that hold the chains of a structure, in slices. */

import type { ChainSequence } from '../../structure/linkMessages.ts';
import { mapChains, type RecordMap } from '../../structure/sequenceMap.ts';
import { chainsOf } from '../analysis/recordText.ts';
import type { FastaDocument } from '../document/fastaDocument.ts';

/** Where a chain of a structure stands in a document. */
export interface ChainPlace extends RecordMap {
  /** The record, by its number in the document. */
  readonly chunk: number;
}

/** For each chain of a structure its place, or undefined. */
export type ChainPlaces = readonly (ChainPlace | undefined)[];

/** Residues of a record beyond which it is not compared: no protein is longer (titin has 38,000). */
const MOST_RESIDUES = 50_000;

/** The chains of a structure in one record. */
export function placesInRecord(fasta: FastaDocument, chains: readonly ChainSequence[], chunk: number): ChainPlaces {
  const record = chainsOf(fasta.lines, fasta.linesOf(chunk));
  const length = record.reduce((sum, chain) => sum + chain.length, 0);
  if (length === 0 || length > MOST_RESIDUES) return chains.map(() => undefined);
  return mapChains(chains, record).map((map) => map && { ...map, chunk });
}

/**
 * The record of each chain: the one most alike; among equals, one that holds further chains of the structure, then the
 * first. Stops early once every chain has found its very sequence.
 *
 * @param first a record to look at before all others, for example where the chains were before an edit
 */
export function* findChains(
  fasta: FastaDocument,
  chains: readonly ChainSequence[],
  first: number | undefined,
): Generator<void, ChainPlaces> {
  let best: ChainPlaces = chains.map(() => undefined);
  const take = (chunk: number): boolean => {
    const places = placesInRecord(fasta, chains, chunk);
    const found = places.filter((place) => place !== undefined).length;
    best = best.map((known, index) => {
      const place = places[index];
      if (!place || !known) return place ?? known;
      const more = best.filter((other) => other?.chunk === known.chunk).length < found;
      return place.identical > known.identical || (place.identical === known.identical && more) ? place : known;
    });
    return chains.every(({ sequence }, index) => isWhole(best[index], sequence.length));
  };
  if (first !== undefined && first < fasta.chunks && take(first)) return best;
  for (let chunk = 0; chunk < fasta.chunks; chunk++) {
    if (chunk !== first && take(chunk)) return best;
    yield;
  }
  return best;
}

/** The record has the very sequence of the chain, and nothing more. */
const isWhole = (place: ChainPlace | undefined, length: number): boolean =>
  place !== undefined && place.identical === length && place.toChain.length === length;
