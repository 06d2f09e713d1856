/** The page: takes messages and clicks, keeps the state, and brings view, legend and controls in line with it. */

import { t } from '@vscode/l10n';
import type { HostMessage, StructureMessage } from '../extension/structure/protocol.ts';
import { describeCoarseness, describeProvenance } from './describe.ts';
import { UnreadableStructureError } from './errors.ts';
import { readHeader } from './header.ts';
import type { Host } from './host.ts';
import { inflate } from './inflate.ts';
import { describeDrawing, lookOf } from './look.ts';
import { PageDrawing } from './pageDrawing.ts';
import { PageExports, type Shown } from './pageExports.ts';
import { PageFailures } from './pageFailures.ts';
import { PageFasta } from './pageFasta.ts';
import { type KeepMarks, PageMarks } from './pageMarks.ts';
import { createPageParts, type PageActions, type PageParts } from './pageParts.ts';
import { PageState } from './pageState.ts';
import { PageTogether } from './pageTogether.ts';
import { type MakeView, PageView } from './pageView.ts';
import { createScene, modelFor, type Scene } from './scene.ts';
import { sha256 } from './sha256.ts';
import type { ViewerState } from './state.ts';
import { polymerResidues } from './structureData.ts';
import type { StructureView } from './structureView.ts';
import { backgroundColor, onThemeChange } from './theme.ts';
import { listenToKeys } from './viewKeys.ts';

/** How long opening may take before the page says so, as long as the editor waits with its own progress bar (ms). */
const OPENING_MS = 800;
/** A page that nobody sees draws no pictures (ms). */
const NO_PICTURE_MS = 250;

/** Resolves after the browser has drawn. */
const nextPicture = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, NO_PICTURE_MS);
  });

/** Holds the page together. */
export class StructurePage {
  readonly #host: Host;
  readonly #state: PageState;
  readonly #parts: PageParts;
  readonly #marks: PageMarks;
  readonly #together: PageTogether;
  readonly #fasta: PageFasta;
  readonly #exports: PageExports;
  readonly #failures: PageFailures;
  readonly #view: PageView;
  readonly #drawing: PageDrawing;
  #scene: Scene | undefined;
  /** Serial of the newest structure message. */
  #serial = -1;
  /** Raised when a structure begins to load and when a failure takes everything away: what is late is dropped. */
  #turn = 0;
  #canOpenAsText = false;

  constructor(root: HTMLElement, host: Host, makeView: MakeView) {
    this.#host = host;
    this.#state = new PageState(host);
    this.#fasta = new PageFasta(host);
    this.#together = new PageTogether(host, {
      state: () => this.#state.current,
      makeReference: (index) => this.#select(index),
      rememberLooks: (looks) => this.#state.change({ looks }),
      changed: (companions) => {
        this.#parts.toolbar.showCompanions(companions);
        this.#marks.compare(companions);
      },
      say: (text) => this.#parts.say(text),
    });
    const actions: PageActions = {
      chooseRepresentation: (representation) => this.#change({ representation }, 'draw'),
      chooseColoring: (coloring) => this.#change({ coloring }, 'recolor'),
      choosePalette: (palette) => this.#change({ palette }, 'recolor'),
      chooseEnsembleModel: (ensembleModel) => this.#change({ ensembleModel }, 'draw'),
      chooseModel: (index) => this.#select(index),
      compareWith: (choice) => this.#together.choose(choice),
      showInFasta: () => this.#fasta.reveal(),
      setSpin: (spin) => this.#change({ spin }, 'spin'),
      setMeasuring: (on) => this.#marks.link.setMeasuring(on),
      clearDistances: () => this.#marks.link.clearDistances(),
      point: (residue, origin) => this.#marks.link.point(residue, origin),
      select: (residues) => this.#marks.link.select(residues),
      focus: (residue) => this.#marks.link.focus(residue),
      describe: (residue) => this.#marks.describe(residue),
      reset: () => this.#view.current?.resetCamera(),
      savePicture: (options) => void this.#exports.savePicture(options),
      saveReport: () => void this.#exports.saveReport(),
    };
    this.#parts = createPageParts(root, actions, this.#together.element);
    this.#view = new PageView(this.#parts.stage, makeView, (view) => this.#prepare(view));
    this.#failures = new PageFailures(this.#parts.overlay, host);
    this.#drawing = new PageDrawing({
      state: this.#state,
      overlay: this.#parts.overlay,
      scene: () => this.#scene,
      view: () => this.#view.current,
      recolored: () => this.#together.recolor(),
      fail: (problem, remedy) => this.#fail(problem, remedy),
    });
    // What is selected in the editor is the editor's to keep.
    const keep: KeepMarks = (marks) =>
      this.#state.rememberMarks(this.#fasta.isTheirs ? { ...marks, selected: [] } : marks);
    this.#marks = new PageMarks(this.#parts, keep, this.#fasta);
    this.#exports = new PageExports(host, this.#marks, {
      say: (text) => this.#parts.say(text),
      shown: () => this.#shown(),
    });
  }

  /** Starts listening and tells the editor so. */
  start(): void {
    this.#host.listen((message) => this.#receive(message));
    new ResizeObserver(() => this.#view.current?.resize()).observe(this.#parts.stage);
    onThemeChange(() => this.#view.current?.setBackground(backgroundColor()));
    // A closed tab's page may live on for a while; its graphics context is given back at once.
    window.addEventListener('pagehide', () => this.#view.dispose());
    setTimeout(() => this.#parts.reveal(), OPENING_MS);
    this.#host.post({ type: 'ready' });
    // While the editor reads the file.
    this.#view.get().catch((error: unknown) => this.#failures.cannotDraw(error));
  }

  #receive(message: HostMessage): void {
    switch (message.type) {
      case 'reading':
        this.#parts.overlay.busy(t('Reading {0}…', message.fileName), OPENING_MS);
        return;
      case 'structure':
        void this.#show(message);
        return;
      case 'overlay':
      case 'overlay-failed':
        this.#together.receive(message);
        return;
      case 'models':
        this.#parts.toolbar.showModels(message.labels, this.#state.current.selectedModel);
        return;
      case 'marks':
        this.#fasta.receive(message, this.#marks.link);
        return;
      case 'unreadable':
        this.#fail(message.problem, message.remedy);
        return;
      case 'notice':
        this.#parts.say(message.text);
        return;
      case 'file-saved':
        this.#parts.say(message.outcome === 'saved' ? t('Saved {0}.', message.detail) : message.detail);
        return;
      case 'measure':
        void this.#exports.measure(message.id);
        return;
    }
  }

  async #show({ bytes, pae, ...message }: StructureMessage): Promise<void> {
    this.#serial = message.serial;
    this.#canOpenAsText = message.canOpenAsText;
    const turn = ++this.#turn;
    const isNewest = (): boolean => this.#turn === turn;
    try {
      this.#parts.overlay.busy(t('Opening {0}…', message.fileName), OPENING_MS);
      this.#parts.toolbar.showModels(
        message.models.map(({ label }) => label),
        message.selectedModel,
      );
      const digest = sha256(bytes);
      const whole = await inflate(bytes);
      const header = readHeader(whole, message.format);
      if (!isNewest()) return;
      const view = await this.#view.get();
      if (!isNewest()) return;
      const data = await view.load(whole, message.format, message.fileName);
      if (!isNewest()) return;
      this.#scene = createScene(message, header, data, await digest);
      this.#state.adopt(message);
      const scene = this.#scene;
      const model = modelFor(scene, this.#state.current.ensembleModel);
      this.#together.expect(message.serial, message.together ?? 0);
      const paeProblem = await this.#marks.attach(scene, view, model, pae);
      if (!isNewest()) return;
      await this.#drawing.draw();
      if (!isNewest()) return;
      this.#placeCamera(view);
      this.#state.placed();
      this.#parts.overlay.clear();
      this.#parts.reveal();
      // The structure comes first: what stands around it is told with the next picture.
      const { width, height } = view.size;
      await nextPicture();
      if (!isNewest()) return;
      this.#refresh();
      view.resize();
      if (view.size.width !== width || view.size.height !== height) this.#placeCamera(view);
      this.#parts.say(scene.warning ?? paeProblem ?? describeCoarseness(data, model));
      const residues = polymerResidues(data, 'all').length;
      this.#host.post({ type: 'shown', serial: message.serial, atoms: data.atomCount, residues });
      this.#fasta.attach(scene, message.serial);
      this.#together.attach({ view, scene }, message.serial);
      this.#marks.restore(this.#state.marksOf(scene.sha256));
    } catch (error) {
      if (!isNewest()) return;
      const problem = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof UnreadableStructureError ? error.remedy : t('Choose Try again.');
      this.#fail(problem, remedy);
      this.#host.post({ type: 'failed', serial: message.serial, problem });
    }
  }

  /** Asks for another model. One that lies over the shown one is then seen as it is seen now. */
  #select(index: number): void {
    this.#state.seeNext(index, this.#together.cameraFor(index));
    this.#host.post({ type: 'select-model', index });
  }

  /** Where it was before the page was reloaded or the model chosen, or so that all of the structure is in sight. */
  #placeCamera(view: StructureView): void {
    const { orientation } = this.#state.current;
    if (orientation) view.setOrientation(orientation);
    else view.resetCamera();
  }

  #prepare(view: StructureView): void {
    view.setBackground(backgroundColor());
    view.setSpin(this.#state.current.spin);
    view.onMove(() => this.#state.rememberSoon(() => (this.#scene ? this.#view.current?.getOrientation() : undefined)));
    this.#marks.listen(view);
    view.onContextLost(() => this.#loseView());
    listenToKeys(view, {
      toggleSpin: () => this.#change({ spin: !this.#state.current.spin }, 'spin'),
      selectNothing: () => this.#marks.link.select([]),
    });
  }

  #loseView(): void {
    this.#view.dispose();
    this.#clear();
    this.#failures.contextLost();
  }

  #fail(problem: string, remedy: string): void {
    this.#clear();
    this.#failures.failed(problem, remedy, this.#canOpenAsText);
  }

  /** Nothing is shown any more, and nothing that is still loading will be. */
  #clear(): void {
    this.#turn++;
    this.#scene = undefined;
    this.#marks.clear();
    this.#fasta.clear();
    this.#together.attach(undefined, this.#serial);
    this.#parts.setEnabled(false);
    this.#parts.legend.show(undefined, undefined);
  }

  #change(change: Partial<ViewerState>, effect: 'draw' | 'recolor' | 'spin'): void {
    this.#state.change(change);
    if (effect === 'spin') this.#view.current?.setSpin(this.#state.current.spin);
    if (effect === 'recolor') this.#drawing.recolor();
    if (effect === 'draw') void this.#drawing.redraw();
    this.#refresh();
  }

  /** Brings legend, toolbar and lines of text in line with scene and state. */
  #refresh(): void {
    const scene = this.#scene;
    if (!scene) return;
    const { palette, spin } = this.#state.current;
    const look = lookOf(scene, this.#state.current);
    const { coloring, colors, legend, model, representation } = look;
    this.#parts.setEnabled(true);
    this.#parts.toolbar.update({
      representation,
      coloring,
      spin,
      ensembleSize: scene.data.modelCount,
      ensembleModel: model,
      colorings: scene.colorings,
      confidenceName: scene.meaning.name,
    });
    this.#parts.legend.show(legend, coloring === 'confidence' ? palette : undefined);
    this.#fasta.setModel(model);
    this.#together.setModel(model);
    this.#marks.update(model, colors);
    this.#parts.setProvenance(describeProvenance(scene.message.provenance, scene.header));
    this.#view.current?.canvas.setAttribute('aria-label', describeDrawing(scene, look));
  }

  /** What is shown, when it is drawn. */
  async #shown(): Promise<Shown | undefined> {
    await this.#drawing.done;
    const view = this.#view.current;
    return this.#scene && view && { scene: this.#scene, view, state: this.#state.current };
  }
}
