/** What is marked in a drawing: selected residues, the one that is pointed at, measured distances. */

import type * as NGL from 'ngl';
import type { AtomPair } from './structureView.ts';

type Component = InstanceType<typeof NGL.StructureComponent>;
type Element = NGL.RepresentationElement;

/** Between the colours of the bands and those of chains: nothing else in a drawing has it. */
const MARK_COLOR = 0xff2bd6;
/** More atoms than that are not drawn one by one; their residues stay marked in the sequence. */
const MOST_ATOMS = 20_000;

/** Marks of one component. After its representations were taken away, {@link NglMarks.restore} brings them back. */
export class NglMarks {
  readonly #component: Component;
  readonly #scheme: string;
  #selected: readonly number[] = [];
  #pointed: number | undefined;
  #distances: readonly AtomPair[] = [];
  #elements: { selected?: Element; pointed?: Element; distances?: Element } = {};

  /** @param scheme colour scheme of the drawing, so that selected side chains have its colours */
  constructor(component: Component, scheme: string) {
    this.#component = component;
    this.#scheme = scheme;
  }

  /** @param residues indices of residues */
  select(residues: readonly number[]): void {
    this.#selected = residues;
    this.#replace('selected');
  }

  point(residue: number | undefined): void {
    if (residue === this.#pointed) return;
    this.#pointed = residue;
    this.#replace('pointed');
  }

  measure(pairs: readonly AtomPair[]): void {
    this.#distances = pairs;
    this.#replace('distances');
  }

  /** All representations of the component were removed: draws the marks again. */
  restore(): void {
    this.#elements = {};
    for (const kind of ['selected', 'pointed', 'distances'] as const) this.#replace(kind);
  }

  /** NGL's selection of the atoms of residues; undefined for none, or for too many. */
  selection(residues: readonly number[]): string | undefined {
    const { atomOffset, atomCount } = this.#component.structure.residueStore;
    const atoms: number[] = [];
    for (const residue of residues) {
      const first = atomOffset[residue] ?? 0;
      for (let atom = first; atom < first + (atomCount[residue] ?? 0); atom++) atoms.push(atom);
      if (atoms.length > MOST_ATOMS) return undefined;
    }
    return atoms.length === 0 ? undefined : `@${atoms.join(',')}`;
  }

  #replace(kind: 'selected' | 'pointed' | 'distances'): void {
    const old = this.#elements[kind];
    if (old) this.#component.removeRepresentation(old);
    delete this.#elements[kind];
    const made = this.#draw(kind);
    if (made) this.#elements[kind] = made;
  }

  #draw(kind: 'selected' | 'pointed' | 'distances'): Element | undefined {
    switch (kind) {
      case 'selected': {
        const sele = this.selection(this.#selected);
        if (!sele) return undefined;
        const parameters = { sele, colorScheme: this.#scheme, multipleBond: 'off', radiusScale: 1.15 } as const;
        return this.#component.addRepresentation('licorice', parameters);
      }
      case 'pointed': {
        const sele = this.#pointed === undefined ? undefined : this.selection([this.#pointed]);
        const look = { colorScheme: 'uniform', colorValue: MARK_COLOR, opacity: 0.55, disablePicking: true };
        return sele ? this.#component.addRepresentation('spacefill', { sele, radiusScale: 0.7, ...look }) : undefined;
      }
      case 'distances': {
        if (this.#distances.length === 0) return undefined;
        const atomPair = this.#distances.map(([from, to]) => [`@${from}`, `@${to}`]);
        return this.#component.addRepresentation('distance', {
          atomPair,
          colorScheme: 'uniform',
          colorValue: MARK_COLOR,
          labelUnit: 'angstrom',
          labelColor: MARK_COLOR,
          labelSize: 2,
          labelZOffset: 2,
          useCylinder: true,
          radiusSize: 0.12,
        });
      }
    }
  }
}
