/** Structures laid over the shown one: asking for them, laying them over, and how each looks. */

import { t } from '@vscode/l10n';
import type { HostMessage, OverlayMessage } from '../extension/structure/protocol.ts';
import { MOST_TOGETHER } from '../extension/structure/togetherMessages.ts';
import { beforeMotion, fartherAway } from './camera.ts';
import { describeComparison } from './comparison.ts';
import { summarise } from './confidence.ts';
import { UnreadableStructureError } from './errors.ts';
import { readHeader } from './header.ts';
import type { Host } from './host.ts';
import { inflate } from './inflate.ts';
import { colorFor, OVERLAY_COLORS, type OverlayColor } from './overlayColors.ts';
import { coloringFor, createScene, type Scene, sceneColors } from './scene.ts';
import type { RememberedLook, ViewerState } from './state.ts';
import { type ModelSelection, memberOf, polymerResidues } from './structureData.ts';
import { createStructuresPanel } from './structuresPanel.ts';
import type { Comparison, Orientation, StructureView } from './structureView.ts';

/** What the user chose to lay over the shown structure. */
export type TogetherChoice = 'files' | 'results' | number;

/** A structure that is laid over the shown one. */
export interface Companion {
  readonly index: number;
  readonly label: string;
  readonly visible: boolean;
  /** Colour in lists and plots, 0xRRGGBB. */
  readonly color: number;
  readonly comparison: Comparison;
}

/** What it asks of the page. */
export interface TogetherPage {
  readonly state: () => ViewerState;
  /** The companions have changed: the plot of distances, the words, and what can be chosen. */
  readonly changed: (companions: readonly Companion[]) => void;
  readonly makeReference: (index: number) => void;
  readonly rememberLooks: (looks: readonly RememberedLook[]) => void;
  readonly say: (text: string) => void;
}

interface Overlay extends RememberedLook {
  readonly label: string;
  readonly scene: Scene;
  readonly comparison: Comparison;
  readonly motion: Orientation;
}

/** In lists and plots, what is coloured as the reference has no colour of its own. */
const OWN_COLOR = 0x8a8a8a;

export class PageTogether {
  readonly #host: Host;
  readonly #page: TogetherPage;
  readonly #panel: ReturnType<typeof createStructuresPanel>;
  #shown: { readonly view: StructureView; readonly scene: Scene } | undefined;
  /** The member of an ensemble that is shown. */
  #model: ModelSelection = 0;
  #serial = -1;
  #overlays: readonly Overlay[] = [];
  /** How many the editor has yet to send. */
  #expected = 0;
  /** What has come for a structure that is not drawn yet. */
  #waiting: OverlayMessage[] = [];
  /** One is laid over after the other, in the order in which they came. */
  #adding: Promise<void> = Promise.resolve();

  constructor(host: Host, page: TogetherPage) {
    this.#host = host;
    this.#page = page;
    this.#panel = createStructuresPanel({
      setVisible: (index, visible) => this.#look(index, { visible }),
      setColor: (index, color) => this.#look(index, { color }),
      makeReference: (index) => page.makeReference(index),
      takeAway: (index) => this.#takeAway(index),
    });
  }

  /** The list beside the structure. */
  get element(): HTMLElement {
    return this.#panel.element;
  }

  /** Another structure is on its way. @param expected how many will be laid over it */
  expect(serial: number, expected: number): void {
    this.attach(undefined, serial);
    this.#expected = expected;
    this.#refresh();
  }

  /** Another structure is drawn, or there is none any more; what lay over the last one is gone. */
  attach(shown: { readonly view: StructureView; readonly scene: Scene } | undefined, serial: number): void {
    this.#shown = shown;
    if (!shown) this.#expected = 0;
    this.#serial = serial;
    this.#overlays = [];
    this.#refresh();
    this.#addWaiting();
  }

  /** The colouring or the palette has changed. */
  recolor(): void {
    for (const overlay of this.#overlays) if (overlay.color === 'own') this.#draw(overlay);
  }

  /** Another member of an ensemble is shown: all are laid over that one. */
  setModel(model: ModelSelection): void {
    if (model === this.#model) return;
    this.#model = model;
    if (!this.#shown) return;
    const { view } = this.#shown;
    this.#overlays = this.#overlays.flatMap((overlay) => {
      try {
        return { ...overlay, ...view.layAnew(overlay.index, model) };
      } catch (error) {
        view.removeOverlay(overlay.index);
        this.#refuse(overlay.index, error);
        return [];
      }
    });
    this.#refresh();
  }

  /** The camera for a structure that is to be shown itself: where it lies over the shown one, it stays. */
  cameraFor(index: number): Orientation | undefined {
    const overlay = this.#overlays.find((one) => one.index === index);
    return overlay && this.#shown && beforeMotion(this.#shown.view.getOrientation(), overlay.motion);
  }

  choose(choice: TogetherChoice): void {
    if (choice === 'files') this.#host.post({ type: 'add-files' });
    else if (choice === 'results') this.#host.post({ type: 'add-results' });
    else this.#host.post({ type: 'lay-over', index: choice });
  }

  receive(message: Extract<HostMessage, { type: 'overlay' | 'overlay-failed' }>): void {
    if (message.type === 'overlay') {
      this.#waiting.push(message);
      this.#addWaiting();
    } else if (message.serial === this.#serial) {
      this.#page.say(message.text);
      this.#arrived();
    }
  }

  /** One of those that were expected has come, or will not come. */
  #arrived(): void {
    this.#expected = Math.max(0, this.#expected - 1);
    this.#refresh();
  }

  #addWaiting(): void {
    this.#waiting = this.#waiting.filter(({ serial }) => serial >= this.#serial);
    if (!this.#shown) return;
    const ready = this.#waiting.filter(({ serial }) => serial === this.#serial);
    this.#waiting = this.#waiting.filter((message) => !ready.includes(message));
    for (const message of ready) this.#adding = this.#adding.then(() => this.#add(message));
  }

  async #add(message: OverlayMessage): Promise<void> {
    const { index, label, serial, fileName, format, confidence } = message;
    const shown = this.#shown;
    if (!shown || serial !== this.#serial) return;
    try {
      const bytes = await inflate(message.bytes);
      const header = readHeader(bytes, format);
      const laid = await shown.view.addOverlay(index, { bytes, format, name: label }, () => this.#model);
      if (!laid || serial !== this.#serial || shown !== this.#shown) return;
      const { confidence: _confidence, provenance: _provenance, pae: _pae, ...same } = shown.scene.message;
      const own = { ...same, fileName, format, ...(confidence && { confidence }) };
      const scene = createScene(own, header, laid.data, '');
      const others = this.#overlays.filter((overlay) => overlay.index !== index);
      const { looks } = this.#page.state();
      const visible = looks.find((look) => look.index === index)?.visible ?? true;
      const color = colorFor(index, looks, others);
      const { comparison, motion } = laid;
      const overlay = { index, label, visible, color, scene, comparison, motion };
      this.#overlays = [...others, overlay];
      this.#draw(overlay);
      this.#arrived();
    } catch (error) {
      this.#refuse(index, error);
      this.#arrived();
    }
  }

  /** One cannot be laid over: says why, and tells the editor. */
  #refuse(index: number, error: unknown): void {
    this.#host.post({ type: 'take-away', index });
    const reason = error instanceof Error ? error.message : String(error);
    this.#page.say(error instanceof UnreadableStructureError ? `${reason} ${error.remedy}` : reason);
  }

  #takeAway(index: number): void {
    this.#shown?.view.removeOverlay(index);
    this.#overlays = this.#overlays.filter((overlay) => overlay.index !== index);
    this.#host.post({ type: 'take-away', index });
    this.#refresh();
  }

  /** The list has taken a part of the width: what was seen stays in sight. */
  #makeRoom(): void {
    const view = this.#shown?.view;
    if (!view) return;
    const before = view.size.width;
    view.resize();
    const { width } = view.size;
    if (width > 0 && width < before) view.setOrientation(fartherAway(view.getOrientation(), before / width));
  }

  #look(index: number, change: Partial<RememberedLook>): void {
    this.#overlays = this.#overlays.map((overlay) => (overlay.index === index ? { ...overlay, ...change } : overlay));
    const changed = this.#overlays.find((overlay) => overlay.index === index);
    if (changed) this.#draw(changed);
    const others = this.#page.state().looks.filter((look) => !this.#overlays.some((one) => one.index === look.index));
    const looks = this.#overlays.map(({ index: at, visible, color }) => ({ index: at, visible, color }));
    this.#page.rememberLooks([...others, ...looks]);
    this.#refresh();
  }

  #draw({ index, visible, color, scene }: Overlay): void {
    const { coloring, palette } = this.#page.state();
    const colors = color === 'own' ? sceneColors(scene, coloringFor(scene, coloring), palette) : colorOf(color);
    this.#shown?.view.lookOverlay(index, { visible, colors });
  }

  #refresh(): void {
    const scene = this.#shown?.scene;
    const size = scene ? polymerResidues(scene.data, memberOf(this.#model)).length : 0;
    const wasHidden = this.element.hidden;
    this.#panel.show(
      scene && {
        reference: { label: referenceLabel(scene), values: describeValues(scene, this.#model) },
        rows: this.#overlays.map((overlay) => ({
          ...overlay,
          fit: describeComparison(overlay.comparison, size),
          values: describeValues(overlay.scene, 0),
        })),
      },
      this.#expected > 0,
    );
    if (wasHidden && !this.element.hidden) this.#makeRoom();
    this.#page.changed(
      this.#overlays.map(({ index, label, visible, color, comparison }) => ({
        index,
        label,
        visible,
        color: colorOf(color),
        comparison,
      })),
    );
  }
}

/** Whether one more structure fits. */
export function hasRoom(companions: readonly Companion[]): boolean {
  return companions.length + 1 < MOST_TOGETHER;
}

const colorOf = (color: OverlayColor): number =>
  color === 'own' ? OWN_COLOR : (OVERLAY_COLORS[color]?.color ?? OWN_COLOR);

const referenceLabel = ({ message }: Scene): string => message.models[message.selectedModel]?.label ?? message.title;

/** What the numbers of a structure are; those of an experiment are never a confidence. */
function describeValues({ data, meaning, values }: Scene, model: ModelSelection): string {
  if (meaning.kind === 'b-factor') return t('B-factors, no confidence');
  const { mean } = summarise(polymerResidues(data, model).map(({ atom }) => values[atom] ?? Number.NaN));
  return t('{0}, mean {1}', meaning.name, mean.toFixed(1));
}
