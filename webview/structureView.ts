/** What the page asks of a 3D library. Only `nglView.ts` knows which one it is. */

import type { StructureFormat } from '../extension/structure/formats.ts';
import type { ModelSelection, StructureData } from './structureData.ts';

/** Ways to draw a structure, in the order of the toolbar. */
export type Representation = 'cartoon' | 'surface' | 'licorice' | 'ball+stick';

/** The camera: 16 numbers of a 4×4 matrix, column by column, independent of the size of the view. */
export type Orientation = readonly number[];

/** What to draw and how. */
export interface Drawing {
  readonly representation: Representation;
  readonly model: ModelSelection;
  /** Colour of each atom, 0xRRGGBB. */
  readonly colors: Uint32Array;
  /** Ligands and ions in the colours of their elements instead of `colors`. */
  readonly elementColorsForLigands: boolean;
}

/** A structure file to load. */
export interface StructureFile {
  readonly bytes: Uint8Array;
  readonly format: StructureFormat;
  /** What it is called in errors. */
  readonly name: string;
}

/** Two residues that stand for each other, by their indices: first in the shown structure, then in the other. */
export type ResiduePair = readonly [shown: number, other: number];

/** How a structure that is laid over the shown one lies on it. */
export interface Comparison {
  readonly pairs: readonly ResiduePair[];
  /** Distance of each pair after superposition (Å), in the order of `pairs`. */
  readonly distances: Float32Array;
}

/** A structure that lies over the shown one. */
export interface LaidOver {
  readonly data: StructureData;
  readonly comparison: Comparison;
  /** How it was moved to lie there: a rotation and a shift (Å), column by column. */
  readonly motion: Orientation;
}

/** How a structure that lies over the shown one is drawn. */
export interface OverlayLook {
  readonly visible: boolean;
  /** One colour (0xRRGGBB), or one for each of its atoms. */
  readonly colors: Uint32Array | number;
}

/** Two atoms, by their indices. */
export type AtomPair = readonly [from: number, to: number];

/** How to make a picture. */
export interface ImageRequest {
  /** Whole number of picture pixels per CSS pixel of the view. */
  readonly factor: number;
  readonly antialias: boolean;
  readonly transparent: boolean;
}

/** A 3D view in an element of the page. */
export interface StructureView {
  /** The element that takes keyboard focus and pointer. */
  readonly canvas: HTMLCanvasElement;
  /** Size in CSS pixels. */
  readonly size: { readonly width: number; readonly height: number };

  /**
   * Takes the place of what was loaded before. Nothing is drawn yet.
   * @throws UnreadableStructureError for a file that holds no structure.
   */
  load(bytes: Uint8Array, format: StructureFormat, name: string): Promise<StructureData>;
  /** Draws the loaded structure; resolves when it is drawn, workers included, or when a newer drawing took over. */
  draw(drawing: Drawing): Promise<void>;
  /** Changes the colours of what is drawn; shapes are not computed again. */
  recolor(colors: Pick<Drawing, 'colors' | 'elementColorsForLigands'>): void;

  /** Shows the side chains of residues (indices in `StructureData.residues`) in the colours of the drawing. */
  select(residues: readonly number[]): void;
  /**
   * Lays a further structure over the shown one, in place of one with the same `id`; it is drawn once
   * {@link lookOverlay} says how. A new {@link load} takes all of them away.
   * @param model which member of the shown structure; asked once the file is read
   * @returns undefined when another structure was loaded meanwhile
   * @throws UnreadableStructureError also when the two have too little in common
   */
  addOverlay(id: number, file: StructureFile, model: () => ModelSelection): Promise<LaidOver | undefined>;
  /**
   * Lays it over another member of the shown structure.
   * @returns undefined when there is none with that `id`
   * @throws UnreadableStructureError when the two have too little in common; it then stays where it was
   */
  layAnew(id: number, model: ModelSelection): LaidOver | undefined;
  lookOverlay(id: number, look: OverlayLook): void;
  removeOverlay(id: number): void;
  /** Marks the one residue that is pointed at, anywhere in the page. */
  point(residue: number | undefined): void;
  /** Draws lines between atoms with their lengths in ångström. */
  measureDistances(pairs: readonly AtomPair[]): void;
  /** The atom of a residue that has the name of another atom; undefined when there is none. */
  sameAtom(atom: number, residue: number): number | undefined;
  /** A distance in words, for example `A LYS 45 NZ – B GLU 12 OE1: 2.8 Å`. */
  describeDistance(pair: AtomPair): string;

  setSpin(on: boolean): void;
  /** Looks at the whole structure along its shortest axis. */
  resetCamera(): void;
  /** Comes close to residues without turning; nothing happens for an empty list. */
  focus(residues: readonly number[]): void;
  getOrientation(): Orientation;
  setOrientation(orientation: Orientation): void;
  /** Turns the structure about the screen's axes by angles in radians. */
  rotate(aboutX: number, aboutY: number): void;
  /** Comes closer (> 0) or goes away (< 0) by a part of the distance. */
  zoom(part: number): void;
  /** @param color red, green, blue in 0–255 */
  setBackground(color: readonly [number, number, number]): void;
  /** Fits the drawing to the element's size. */
  resize(): void;

  /** A PNG of what is shown, without the animation moving on. */
  makeImage(request: ImageRequest): Promise<Blob>;

  /** Called with the atom under the pointer, or undefined. */
  onHover(listener: (atom: number | undefined) => void): void;
  /** Called with the atom that was clicked, or undefined for the background. */
  onClick(listener: (atom: number | undefined, click: { readonly extend: boolean }) => void): void;
  /** Called whenever the camera has moved. */
  onMove(listener: () => void): void;
  /** Called when the graphics driver took the drawing away; the view must then be disposed and made again. */
  onContextLost(listener: () => void): void;

  /** Gives the graphics context, the animation and all listeners back. */
  dispose(): void;
}
