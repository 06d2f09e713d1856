/** The structure view on NGL. Only files named after it import NGL. */

import { t } from '@vscode/l10n';
import * as NGL from 'ngl';
import type { StructureFormat } from '../extension/structure/formats.ts';
import { cssColor } from './dom.ts';
import { describeDistance, sameAtom } from './nglAtoms.ts';
import { NglCamera } from './nglCamera.ts';
import { readStructureData } from './nglData.ts';
import { loadStructure } from './nglLoad.ts';
import { NglMarks } from './nglMarks.ts';
import { NglOverlays } from './nglOverlays.ts';
import { createStage } from './nglStage.ts';
import type { Drawn } from './nglTypes.ts';
import { atomsDrawn, partsOf } from './representations.ts';
import { type ModelSelection, polymerResidues, type StructureData } from './structureData.ts';
import type {
  AtomPair,
  Drawing,
  ImageRequest,
  LaidOver,
  Orientation,
  OverlayLook,
  StructureFile,
  StructureView,
} from './structureView.ts';
import { workersRun } from './workers.ts';

type Component = InstanceType<typeof NGL.StructureComponent>;

/**
 * Makes a view that fills `container`.
 * @param canvas to draw on, with a WebGL 2 context; made here when there is none
 * @throws Error when this browser cannot draw in 3D
 */
export function createNglView(container: HTMLElement, canvas?: HTMLCanvasElement): StructureView {
  return new NglView(container, canvas);
}

/** How long the camera flies to a residue (ms). */
const FOCUS_MS = 400;

class NglView implements StructureView {
  readonly #container: HTMLElement;
  readonly #stage: NGL.Stage;
  readonly #aborter = new AbortController();
  readonly #scheme: string;
  readonly #overlays: NglOverlays;
  readonly #camera: NglCamera;
  #colors: Uint32Array = new Uint32Array();
  #component: Component | undefined;
  /** What was shown before and stays until its successor is drawn: an empty picture in between takes time too. */
  #outdated: Component | undefined;
  #marks: NglMarks | undefined;
  #data: StructureData | undefined;
  #model: ModelSelection = 0;
  /** Representations that may take the colours of their elements. */
  #ligands: readonly NGL.RepresentationElement[] = [];
  /** Counts files that were asked for: what is read of an earlier one is dropped. */
  #loading = 0;
  /** Counts drawings: one that waited while a newer one began draws no more. */
  #drawing = 0;
  #workers: Promise<boolean> | undefined;

  constructor(container: HTMLElement, canvas: HTMLCanvasElement | undefined) {
    this.#container = container;
    this.#stage = createStage(container, canvas);
    this.#overlays = new NglOverlays(this.#stage);
    this.#camera = new NglCamera(this.#stage);
    // NGL hides the focus ring of its canvas; the page's style sheet shows one.
    this.canvas.style.removeProperty('outline');
    const colorOf = (atom: number): number => this.#colors[atom] ?? 0x999999;
    this.#scheme = NGL.ColormakerRegistry.addScheme(function () {
      this.atomColor = (atom) => colorOf(atom.index);
    }, 'foldpad');
  }

  get canvas(): HTMLCanvasElement {
    return this.#stage.viewer.renderer.domElement;
  }

  get size(): { readonly width: number; readonly height: number } {
    return { width: this.#stage.viewer.width, height: this.#stage.viewer.height };
  }

  async load(bytes: Uint8Array, format: StructureFormat, name: string): Promise<StructureData> {
    const number = ++this.#loading;
    this.#drawing++;
    let loaded: Component;
    try {
      loaded = await loadStructure(this.#stage, bytes, format, name);
    } catch (error) {
      if (number === this.#loading) this.#removeAll();
      throw error;
    }
    const data = readStructureData(loaded.structure);
    if (number !== this.#loading) {
      // Another file was asked for meanwhile.
      this.#stage.removeComponent(loaded);
      return data;
    }
    if (this.#outdated) this.#remove(this.#component);
    else this.#outdated = this.#component;
    // The shown structure may have been drawn otherwise meanwhile; what still waits for that is too late.
    this.#drawing++;
    this.#component = loaded;
    this.#marks = new NglMarks(loaded, this.#scheme);
    this.#data = data;
    return data;
  }

  async draw(drawing: Drawing): Promise<void> {
    const component = this.#component;
    const data = this.#data;
    if (!component || !data) return;
    const number = ++this.#drawing;
    if (drawing.representation === 'surface') this.#workers ??= workersRun();
    const useWorker = (await this.#workers) ?? false;
    if (number !== this.#drawing) return;
    this.#model = drawing.model;
    this.#colors = drawing.colors;
    if (this.#outdated) {
      this.#overlays.clear();
      this.#remove(this.#outdated);
      this.#outdated = undefined;
    }
    this.#removeRepresentations(component);
    const parts = partsOf(drawing.representation, drawing.model, {
      atoms: atomsDrawn(data, drawing.model),
      useWorker,
      hasPolymer: polymerResidues(data, drawing.model).length > 2,
      hasNucleic: data.hasNucleic,
      hasLigands: data.residues.some(({ kind }) => kind === 'ligand'),
      hasIons: data.residues.some(({ kind }) => kind === 'ion'),
    });
    const added = parts.map(({ type, isLigand, parameters }) => {
      const colorScheme = isLigand && drawing.elementColorsForLigands ? 'element' : this.#scheme;
      return { isLigand, element: component.addRepresentation(type, { ...parameters, colorScheme }) };
    });
    this.#ligands = added.filter(({ isLigand }) => isLigand).map(({ element }) => element);
    this.#marks?.restore();
    await new Promise<void>((resolve) => this.#stage.tasks.onZeroOnce(resolve));
    // A drawing is one mesh or two: to find out whether they are in sight, every corner would be looked at.
    (this.#stage.viewer.scene as Drawn).traverse((object) => {
      object.frustumCulled = false;
    });
  }

  recolor({ colors, elementColorsForLigands }: Pick<Drawing, 'colors' | 'elementColorsForLigands'>): void {
    this.#colors = colors;
    for (const ligand of this.#ligands) {
      ligand.setParameters({ colorScheme: elementColorsForLigands ? 'element' : this.#scheme });
    }
    this.#component?.updateRepresentations({ color: true });
  }

  /**
   * NGL goes on counting the work of a representation that is removed before its worker has answered; every later
   * drawing and picture would then wait for ever.
   */
  #removeRepresentations(component: Component): void {
    for (const element of [...component.reprList]) {
      const unfinished = element.repr.tasks.count;
      element.dispose();
      this.#stage.tasks.change(-unfinished);
    }
    this.#ligands = [];
  }

  #remove(component: Component | undefined): void {
    if (!component) return;
    this.#removeRepresentations(component);
    this.#stage.removeComponent(component);
  }

  #removeAll(): void {
    this.#overlays.clear();
    this.#remove(this.#outdated);
    this.#remove(this.#component);
    this.#outdated = undefined;
    this.#component = undefined;
    this.#marks = undefined;
    this.#data = undefined;
  }

  select(residues: readonly number[]): void {
    this.#marks?.select(residues);
  }

  point(residue: number | undefined): void {
    this.#marks?.point(residue);
  }

  measureDistances(pairs: readonly AtomPair[]): void {
    this.#marks?.measure(pairs);
  }

  async addOverlay(id: number, file: StructureFile, model: () => ModelSelection): Promise<LaidOver | undefined> {
    const component = this.#component;
    const data = this.#data;
    if (!component || !data) throw new Error(t('There is nothing to compare with.'));
    return this.#overlays.add(id, file, { component, data }, model);
  }

  layAnew(id: number, model: ModelSelection): LaidOver | undefined {
    const component = this.#component;
    const data = this.#data;
    return component && data && this.#overlays.layAnew(id, { component, data }, model);
  }

  lookOverlay(id: number, look: OverlayLook): void {
    this.#overlays.look(id, look);
  }

  removeOverlay(id: number): void {
    this.#overlays.remove(id);
  }

  sameAtom(atom: number, residue: number): number | undefined {
    return this.#component && sameAtom(this.#component.structure, atom, residue);
  }

  describeDistance(pair: AtomPair): string {
    return this.#component ? describeDistance(this.#component.structure, pair) : '';
  }

  focus(residues: readonly number[]): void {
    const sele = this.#marks?.selection(residues);
    if (sele) this.#component?.autoView(sele, FOCUS_MS);
  }

  setSpin(on: boolean): void {
    this.#camera.setSpin(on);
  }

  resetCamera(): void {
    if (!this.#component || !this.#data) return;
    // A legend that has just appeared makes the view narrower before anybody has been told.
    this.resize();
    this.#camera.fit(this.#component.structure.atomStore, this.#data, this.#model);
  }

  getOrientation(): Orientation {
    return this.#camera.orientation;
  }

  setOrientation(orientation: Orientation): void {
    this.#camera.orientation = orientation;
  }

  rotate(aboutX: number, aboutY: number): void {
    this.#camera.rotate(aboutX, aboutY);
  }

  zoom(part: number): void {
    this.#camera.zoom(part);
  }

  setBackground([red, green, blue]: readonly [number, number, number]): void {
    // In words: NGL takes the number of black for no colour at all.
    this.#stage.setParameters({ backgroundColor: cssColor((red << 16) | (green << 8) | blue) });
  }

  resize(): void {
    const { width, height } = this.#container.getBoundingClientRect();
    // Telling NGL makes it draw again, and give its buffers back for new ones.
    if (width !== this.size.width || height !== this.size.height) this.#stage.handleResize();
  }

  makeImage(request: ImageRequest): Promise<Blob> {
    return this.#camera.makeImage(request);
  }

  onHover(listener: (atom: number | undefined) => void): void {
    this.#stage.signals.hovered.add((pick?: { atom?: { index: number }; closestBondAtom?: { index: number } }) =>
      listener((pick?.atom ?? pick?.closestBondAtom)?.index),
    );
  }

  onClick(listener: (atom: number | undefined, click: { readonly extend: boolean }) => void): void {
    type Pick = { atom?: { index: number }; closestBondAtom?: { index: number }; shiftKey?: boolean };
    this.#stage.signals.clicked.add((pick?: Pick) =>
      listener((pick?.atom ?? pick?.closestBondAtom)?.index, { extend: pick?.shiftKey === true }),
    );
  }

  onMove(listener: () => void): void {
    this.#camera.onMove(listener);
  }

  onContextLost(listener: () => void): void {
    this.canvas.addEventListener(
      'webglcontextlost',
      (event) => {
        event.preventDefault();
        listener();
      },
      { signal: this.#aborter.signal },
    );
  }

  dispose(): void {
    this.#aborter.abort();
    const { viewer } = this.#stage;
    this.#camera.dispose();
    this.#removeAll();
    this.#stage.removeAllComponents();
    this.#stage.signals.hovered.removeAll();
    this.#stage.signals.clicked.removeAll();
    NGL.ColormakerRegistry.removeScheme(this.#scheme);
    this.#stage.mouseBehavior.dispose();
    this.#stage.keyBehavior.dispose();
    // NGL's own dispose leaves the canvas in the page and the context with the driver (ngl issue 987).
    this.#stage.dispose();
    viewer.renderer.forceContextLoss();
    viewer.wrapper.remove();
    this.#stage.tooltip.remove();
  }
}
