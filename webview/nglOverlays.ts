/** Structures laid over the shown one, in NGL. */

import { t } from '@vscode/l10n';
import * as NGL from 'ngl';
import { bothMotions } from './camera.ts';
import { FEWEST_PAIRS, pairResidues } from './comparison.ts';
import { UnreadableStructureError } from './errors.ts';
import { readStructureData } from './nglData.ts';
import { loadStructure } from './nglLoad.ts';
import type { Matrix } from './nglTypes.ts';
import type { ModelSelection, StructureData } from './structureData.ts';
import type { Comparison, LaidOver, Orientation, OverlayLook, ResiduePair, StructureFile } from './structureView.ts';

type Component = InstanceType<typeof NGL.StructureComponent>;

/** A structure that NGL holds. */
interface Held {
  readonly component: Component;
  readonly data: StructureData;
}

/** Colour of what was never given one. */
const NO_COLOR = 0x999999;

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
 * Moves `other` so that its paired atoms lie on those of `shown` with the least sum of squares (Kabsch 1976).
 * @returns the distance of each pair afterwards (Å), and the motion
 */
function superpose(
  shown: Held,
  other: Held,
  pairs: readonly ResiduePair[],
): { readonly distances: Comparison['distances']; readonly motion: Orientation } {
  const fixed = coordinates(
    shown.component,
    shown.data,
    pairs.map(([residue]) => residue),
  );
  const moving = pairs.map(([, residue]) => residue);
  const superposition = new NGL.Superposition(coordinates(other.component, other.data, moving), fixed);
  superposition.transform(other.component.structure);
  other.component.structure.refreshPosition();
  const moved = coordinates(other.component, other.data, moving);
  const distances = Float32Array.from(pairs, (_, at) => {
    const [dx, dy, dz] = [0, 1, 2].map((axis) => (fixed[at * 3 + axis] ?? 0) - (moved[at * 3 + axis] ?? 0));
    return Math.hypot(dx ?? 0, dy ?? 0, dz ?? 0);
  });
  return { distances, motion: Array.from((superposition.transformationMatrix as Matrix).elements) };
}

/**
 * Lays a structure over a member of the shown one.
 * @param name of its file
 * @throws UnreadableStructureError when they have too little in common
 */
function lay(shown: Held, other: Held, model: ModelSelection, name: string): LaidOver {
  const pairs = pairResidues(shown.data, other.data, model);
  if (pairs.length < FEWEST_PAIRS) {
    throw new UnreadableStructureError(
      t('{0} has no chain that is like one of the shown structure.', name),
      t('Compare with another structure of the same protein, or of a relative.'),
    );
  }
  const { distances, motion } = superpose(shown, other, pairs);
  return { data: other.data, comparison: { pairs, distances }, motion };
}

interface Overlay extends Held {
  readonly name: string;
  /** From where its file has it to where it lies. */
  motion: Orientation;
  /** Colour scheme of its own, and the colours that it gives. */
  readonly scheme: string;
  colors: Uint32Array | number;
}

/** The overlays of one stage. */
export class NglOverlays {
  readonly #stage: NGL.Stage;
  readonly #overlays = new Map<number, Overlay>();
  /** Counts shown structures: what was loaded for an earlier one is dropped. */
  #shown = 0;

  constructor(stage: NGL.Stage) {
    this.#stage = stage;
  }

  /**
   * Loads a structure and lays it over the shown one; it is drawn once {@link look} says how.
   * @param model which member of the shown one; asked once the file is read
   * @returns undefined when another structure is shown by now
   */
  async add(id: number, file: StructureFile, shown: Held, model: () => ModelSelection): Promise<LaidOver | undefined> {
    this.remove(id);
    const number = this.#shown;
    const component = await loadStructure(this.#stage, file.bytes, file.format, file.name);
    if (number !== this.#shown) {
      this.#stage.removeComponent(component);
      return undefined;
    }
    const data = readStructureData(component.structure);
    let laid: LaidOver;
    try {
      laid = lay(shown, { component, data }, model(), file.name);
    } catch (error) {
      this.#stage.removeComponent(component);
      throw error;
    }
    const { motion } = laid;
    const overlay: Overlay = { component, data, name: file.name, motion, scheme: '', colors: NO_COLOR };
    const scheme = NGL.ColormakerRegistry.addScheme(function () {
      this.atomColor = ({ index }) =>
        typeof overlay.colors === 'number' ? overlay.colors : (overlay.colors[index] ?? NO_COLOR);
    }, `foldpad-overlay-${id}`);
    this.#overlays.set(id, Object.assign(overlay, { scheme }));
    return laid;
  }

  /** Lays it over another member of the shown structure. @throws UnreadableStructureError as {@link add} does */
  layAnew(id: number, shown: Held, model: ModelSelection): LaidOver | undefined {
    const overlay = this.#overlays.get(id);
    if (!overlay) return undefined;
    const laid = lay(shown, overlay, model, overlay.name);
    overlay.motion = bothMotions(overlay.motion, laid.motion);
    overlay.component.updateRepresentations({ position: true });
    return { ...laid, motion: overlay.motion };
  }

  /** Draws it, or draws it otherwise. */
  look(id: number, { visible, colors }: OverlayLook): void {
    const overlay = this.#overlays.get(id);
    if (!overlay) return;
    overlay.colors = colors;
    const { component, scheme } = overlay;
    if (component.reprList.length > 0) component.updateRepresentations({ color: true });
    else if (visible) {
      // Slimmer than the shown structure, so that the two are told apart where they coincide.
      component.addRepresentation('cartoon', {
        sele: '(protein or nucleic) and /0',
        colorScheme: scheme,
        aspectRatio: 5,
        radiusScale: 0.5,
        smoothSheet: true,
        disablePicking: true,
      });
    }
    component.setVisibility(visible);
  }

  remove(id: number): void {
    const overlay = this.#overlays.get(id);
    if (!overlay) return;
    this.#overlays.delete(id);
    this.#stage.removeComponent(overlay.component);
    NGL.ColormakerRegistry.removeScheme(overlay.scheme);
  }

  /** Another structure will be shown. */
  clear(): void {
    this.#shown++;
    for (const id of [...this.#overlays.keys()]) this.remove(id);
  }
}
