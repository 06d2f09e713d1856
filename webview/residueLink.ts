/** What is pointed at, selected and measured: one truth for the 3D view, the sequence and the plots. */

import type { Scene } from './scene.ts';
import type { AtomPair, StructureView } from './structureView.ts';

/** Where somebody points or selects; the others are told. */
export type Origin = 'structure' | 'sequence' | 'pae' | 'fasta';

/** Everybody who shows what is marked. */
export interface MarkListener {
  /**
   * @param selected indices of residues
   * @param reveal whether the pointed residue should be brought into sight
   */
  mark(selected: ReadonlySet<number>, pointed: number | undefined, reveal: boolean): void;
}

/** What a user has marked and does not want to mark again. */
export interface Marks {
  /** Indices of residues. */
  readonly selected: readonly number[];
  readonly distances: readonly AtomPair[];
}

/** Holds what is marked in the scene that is shown. */
export class ResidueLink {
  readonly #listeners: readonly MarkListener[];
  readonly #changed: () => void;
  #scene: Scene | undefined;
  #view: StructureView | undefined;
  #selected: ReadonlySet<number> = new Set();
  #pointed: number | undefined;
  #measuring = false;
  #firstAtom: number | undefined;
  #distances: readonly AtomPair[] = [];

  /** @param changed called after the selection, the pointed residue or a measurement has changed */
  constructor(listeners: readonly MarkListener[], changed: () => void) {
    this.#listeners = listeners;
    this.#changed = changed;
  }

  get selected(): ReadonlySet<number> {
    return this.#selected;
  }

  get pointed(): number | undefined {
    return this.#pointed;
  }

  /** Whether clicks in the structure measure instead of selecting. */
  get measuring(): boolean {
    return this.#measuring;
  }

  /** Whether the next click ends a distance. */
  get hasFirstAtom(): boolean {
    return this.#firstAtom !== undefined;
  }

  get distances(): readonly AtomPair[] {
    return this.#distances;
  }

  /** Another structure is shown (or none): nothing of the last one stays marked. */
  attach(scene: Scene | undefined, view: StructureView | undefined): void {
    this.#scene = scene;
    this.#view = view;
    this.#selected = new Set();
    this.#pointed = undefined;
    this.#firstAtom = undefined;
    this.#distances = [];
    this.#tell('structure');
  }

  /** What was marked in this structure before comes back. */
  restore({ selected, distances }: Marks): void {
    this.#selected = new Set(selected);
    this.#distances = distances;
    this.#view?.select(selected);
    this.#view?.measureDistances(distances);
    this.#tell('sequence');
  }

  point(residue: number | undefined, origin: Origin): void {
    if (residue === this.#pointed) return;
    this.#pointed = residue;
    this.#view?.point(residue);
    this.#tell(origin);
  }

  select(residues: Iterable<number>): void {
    this.#selected = new Set(residues);
    this.#view?.select([...this.#selected]);
    this.#tell('sequence');
  }

  /**
   * Another member of an ensemble is shown: what is marked is marked there, and what is measured is measured there.
   * @param to the residue there; undefined for one that it lacks, which stays marked no more
   */
  move(to: (residue: number) => number | undefined): void {
    if (this.#firstAtom !== undefined) this.#firstAtom = this.#atomThere(this.#firstAtom, to);
    if (this.#distances.length > 0) {
      this.#distances = this.#distances.flatMap(([from, until]): AtomPair[] => {
        const [a, b] = [this.#atomThere(from, to), this.#atomThere(until, to)];
        // Of an atom to itself in another member there is nothing to measure in one.
        return a === undefined || b === undefined || a === b ? [] : [[a, b]];
      });
      this.#view?.measureDistances(this.#distances);
      this.#changed();
    }
    if (this.#selected.size === 0 && this.#pointed === undefined) return;
    this.#selected = new Set([...this.#selected].flatMap((residue) => to(residue) ?? []));
    this.#pointed = this.#pointed === undefined ? undefined : to(this.#pointed);
    this.#view?.select([...this.#selected]);
    this.#view?.point(this.#pointed);
    // Nothing is brought into sight: it is where it was.
    this.#tell('sequence');
  }

  /** Comes close to the selected residues, or to the one named. */
  focus(residue?: number): void {
    this.#view?.focus(residue === undefined ? [...this.#selected] : [residue]);
  }

  setMeasuring(on: boolean): void {
    this.#measuring = on;
    this.#firstAtom = undefined;
    this.#changed();
  }

  clearDistances(): void {
    this.#distances = [];
    this.#firstAtom = undefined;
    this.#view?.measureDistances([]);
    this.#changed();
  }

  /** A click in the structure: measures, or selects a residue (with Shift in addition to those selected). */
  click(atom: number | undefined, extend: boolean): void {
    if (this.#measuring) {
      this.#measureTo(atom);
      return;
    }
    const residue = this.residueOf(atom);
    if (residue === undefined) {
      if (!extend) this.select([]);
    } else if (!extend) this.select([residue]);
    else if (this.#selected.has(residue)) this.select([...this.#selected].filter((other) => other !== residue));
    else this.select([...this.#selected, residue]);
  }

  /** The residue of an atom. */
  residueOf(atom: number | undefined): number | undefined {
    return atom === undefined ? undefined : this.#scene?.data.residueOfAtom[atom];
  }

  #atomThere(atom: number, to: (residue: number) => number | undefined): number | undefined {
    const residue = this.residueOf(atom);
    const there = residue === undefined ? undefined : to(residue);
    return there === undefined ? undefined : this.#view?.sameAtom(atom, there);
  }

  #measureTo(atom: number | undefined): void {
    if (atom === undefined) this.#firstAtom = undefined;
    else if (this.#firstAtom === undefined) this.#firstAtom = atom;
    else if (this.#firstAtom !== atom) {
      this.#distances = [...this.#distances, [this.#firstAtom, atom]];
      this.#firstAtom = undefined;
      this.#view?.measureDistances(this.#distances);
    }
    this.#changed();
  }

  #tell(origin: Origin): void {
    for (const listener of this.#listeners) listener.mark(this.#selected, this.#pointed, origin !== 'sequence');
    this.#changed();
  }
}
