/** Atoms of an NGL structure, by their names. */

import type { Structure } from 'ngl';
import type { AtomPair } from './structureView.ts';

/** A distance in words, for example `A LYS 45 NZ – B GLU 12 OE1: 2.8 Å`. */
export function describeDistance(structure: Structure, [from, to]: AtomPair): string {
  const [a, b] = [structure.getAtomProxy(from), structure.getAtomProxy(to)];
  const name = (atom: typeof a): string =>
    `${atom.chainname} ${atom.resname} ${atom.resno}${atom.inscode} ${atom.atomname}`.trim();
  return `${name(a)} – ${name(b)}: ${a.distanceTo(b).toFixed(1)} Å`;
}

/** The atom of a residue that has the name (and the alternate location) of another atom. */
export function sameAtom(structure: Structure, atom: number, residue: number): number | undefined {
  const wanted = structure.getAtomProxy(atom);
  const { atomOffset, atomCount } = structure.residueStore;
  const first = atomOffset[residue] ?? 0;
  const other = structure.getAtomProxy(first);
  for (let index = first; index < first + (atomCount[residue] ?? 0); index++) {
    other.index = index;
    if (other.atomname === wanted.atomname && other.altloc === wanted.altloc) return index;
  }
  return undefined;
}
