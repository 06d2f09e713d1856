/** A second structure laid over the shown one, in NGL. */

import * as NGL from 'ngl';
import { COMPARED_COLOR, type Comparison, type ResiduePair } from './comparison.ts';
import type { StructureData } from './structureData.ts';

type Component = InstanceType<typeof NGL.StructureComponent>;

/** Coordinates of the atoms that stand for residues, three numbers each. */
function coordinates(component: Component, data: StructureData, residues: readonly number[]): Float32Array {
  const { x, y, z } = component.structure.atomStore;
  const found = new Float32Array(residues.length * 3);
  for (const [at, residue] of residues.entries()) {
    const atom = data.residues[residue]?.atom ?? 0;
    found.set([x[atom] ?? 0, y[atom] ?? 0, z[atom] ?? 0], at * 3);
  }
  return found;
}

/**
 * Moves `other` so that its paired atoms lie on those of `shown` with the least sum of squares (Kabsch 1976), and draws it.
 * @returns the distance of each pair afterwards (Å)
 */
export function layOver(
  shown: { readonly component: Component; readonly data: StructureData },
  other: { readonly component: Component; readonly data: StructureData },
  pairs: readonly ResiduePair[],
): Comparison['distances'] {
  const fixed = coordinates(
    shown.component,
    shown.data,
    pairs.map(([residue]) => residue),
  );
  const moving = pairs.map(([, residue]) => residue);
  new NGL.Superposition(coordinates(other.component, other.data, moving), fixed).transform(other.component.structure);
  other.component.structure.refreshPosition();
  const moved = coordinates(other.component, other.data, moving);
  other.component.removeAllRepresentations();
  other.component.addRepresentation('cartoon', {
    sele: '(protein or nucleic) and /0',
    colorScheme: 'uniform',
    colorValue: COMPARED_COLOR,
    opacity: 0.75,
    aspectRatio: 5,
    radiusScale: 0.7,
    smoothSheet: true,
    disablePicking: true,
  });
  return Float32Array.from(pairs, (_, at) => {
    const [dx, dy, dz] = [0, 1, 2].map((axis) => (fixed[at * 3 + axis] ?? 0) - (moved[at * 3 + axis] ?? 0));
    return Math.hypot(dx ?? 0, dy ?? 0, dz ?? 0);
  });
}
