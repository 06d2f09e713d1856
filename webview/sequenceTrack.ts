/** The sequence below the structure: one letter a residue, its colour under it; points at residues and selects them. */

import { t } from '@vscode/l10n';
import { CELL, type DistanceTrace, drawTrace, PLOT, PLOT_TOP } from './distancePlot.ts';
import { el } from './dom.ts';
import { inMember } from './members.ts';
import { residuesBetween, type SequenceLayout } from './sequence.ts';
import { drawColumn, LETTERS, RULER, TICK, TRACK_HEIGHT } from './sequenceColumn.ts';
import type { StructureData } from './structureData.ts';
import { trackColors } from './theme.ts';

/** What the user does with the track. Residues are indices in `StructureData.residues`. */
export interface TrackActions {
  point(residue: number | undefined): void;
  select(residues: readonly number[]): void;
  /** Looks at the residue in 3D. */
  focus(residue: number): void;
  /** The residue in words, for screen readers. */
  describe(residue: number): string;
}

/** How long the letters wait for the structure at most (ms). */
const PATIENCE_MS = 500;

/** What the track shows. */
export interface TrackContent {
  readonly data: StructureData;
  readonly layout: SequenceLayout;
  /** Colour of each atom, 0xRRGGBB; a residue has that of the atom that stands for it. */
  readonly colors: Uint32Array;
  /** Distances to other structures; one is drawn as bars above the letters, several as lines. */
  readonly traces: readonly DistanceTrace[];
}

/** Makes it. */
export function createSequenceTrack(actions: TrackActions): {
  readonly element: HTMLElement;
  /** Shows another structure, or the same in other colours; nothing hides the track. */
  show(content: TrackContent | undefined): void;
  /** Marks residues; `pointed` is brought into sight when `reveal` is set. */
  mark(selected: ReadonlySet<number>, pointed: number | undefined, reveal: boolean): void;
} {
  const canvas = el('canvas', {
    class: 'sequence-cells',
    tabindex: 0,
    role: 'slider',
    'aria-label': t('Sequence'),
    'aria-roledescription': t('sequence'),
    'aria-valuemin': 1,
  });
  const width = el('div', { class: 'sequence-width' });
  const scroller = el('div', { class: 'sequence-scroller', tabindex: -1 }, canvas, width);
  // It has its place before there is a sequence: giving the 3D view another size takes as long as drawing in it. Most
  // sequences are longer than the window is wide.
  canvas.style.width = '100%';
  canvas.style.height = `${TRACK_HEIGHT}px`;
  width.style.width = '200%';
  const element = el('section', { class: 'sequence', 'aria-label': t('Sequence') }, scroller);
  element.inert = true;
  const track = new Track(canvas, scroller, width, actions);
  return {
    element,
    show(content) {
      element.hidden = content === undefined || content.layout.residues.length === 0;
      element.inert = element.hidden;
      track.show(element.hidden ? undefined : content);
    },
    mark: (selected, pointed, reveal) => track.mark(selected, pointed, reveal),
  };
}

class Track {
  readonly #canvas: HTMLCanvasElement;
  readonly #scroller: HTMLElement;
  readonly #width: HTMLElement;
  readonly #actions: TrackActions;
  #content: TrackContent | undefined;
  #selected: ReadonlySet<number> = new Set();
  #pointed: number | undefined;
  /** Where a selection by keys or by dragging began. */
  #anchor: number | undefined;
  #cursor: number | undefined;
  #frame = 0;
  /** While the structure is drawn first. */
  #waiting = false;

  constructor(canvas: HTMLCanvasElement, scroller: HTMLElement, width: HTMLElement, actions: TrackActions) {
    this.#canvas = canvas;
    this.#scroller = scroller;
    this.#width = width;
    this.#actions = actions;
    scroller.addEventListener('scroll', () => this.#drawSoon());
    new ResizeObserver(() => this.#drawSoon()).observe(scroller);
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerleave', () => actions.point(undefined));
    canvas.addEventListener('pointerdown', (event) => this.#press(event));
    canvas.addEventListener('dblclick', (event) => {
      const residue = this.#residueAt(event);
      if (residue !== undefined) actions.focus(residue);
    });
    canvas.addEventListener('keydown', (event) => this.#key(event));
    canvas.addEventListener('focus', () => this.#setCursor(this.#cursor ?? this.#content?.layout.residues[0], false));
  }

  show(content: TrackContent | undefined): void {
    const isNew = content?.data !== this.#content?.data;
    if (isNew) {
      this.#cursor = undefined;
      this.#anchor = undefined;
      this.#scroller.scrollLeft = 0;
    }
    this.#content = content;
    if (!content) return;
    this.#moveToMember(content);
    this.#width.style.width = `${content.layout.columns * CELL + CELL}px`;
    this.#canvas.setAttribute('aria-valuemax', String(content.layout.residues.length));
    this.#tellCursor(this.#cursor ?? content.layout.residues[0] ?? -1);
    if (isNew) this.#drawAfterStructure();
    else this.#drawSoon();
  }

  /** Cursor and anchor are of the member of an ensemble that was shown before: they keep their places. */
  #moveToMember({ data, layout }: TrackContent): void {
    if (this.#cursor === undefined || layout.columnOfResidue[this.#cursor] !== -1) return;
    const move = inMember(data, data.residues[layout.residues[0] ?? -1]?.model ?? 0);
    this.#cursor = move(this.#cursor);
    this.#anchor = this.#anchor === undefined ? undefined : move(this.#anchor);
  }

  mark(selected: ReadonlySet<number>, pointed: number | undefined, reveal: boolean): void {
    this.#selected = selected;
    this.#pointed = pointed;
    if (reveal && pointed !== undefined) this.#reveal(pointed);
    this.#drawSoon();
  }

  #residueAt(event: MouseEvent): number | undefined {
    const { layout } = this.#content ?? {};
    if (!layout) return undefined;
    const x = event.clientX - this.#scroller.getBoundingClientRect().left + this.#scroller.scrollLeft;
    const residue = layout.residueOfColumn[Math.floor(x / CELL)] ?? -1;
    return residue < 0 ? undefined : residue;
  }

  #move(event: PointerEvent): void {
    const residue = this.#residueAt(event);
    this.#actions.point(residue);
    if (residue !== undefined && this.#anchor !== undefined && (event.buttons & 1) === 1) this.#selectTo(residue);
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const residue = this.#residueAt(event);
    this.#canvas.setPointerCapture(event.pointerId);
    if (residue === undefined) {
      this.#actions.select([]);
      return;
    }
    if (!event.shiftKey || this.#anchor === undefined) this.#anchor = residue;
    this.#setCursor(residue, false);
    this.#selectTo(residue);
  }

  #selectTo(residue: number): void {
    if (this.#content) this.#actions.select(residuesBetween(this.#content.layout, this.#anchor ?? residue, residue));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const residues = this.#content?.layout.residues ?? [];
    const at = residues.indexOf(this.#cursor ?? -1);
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageUp: at - TICK,
      PageDown: at + TICK,
      Home: 0,
      End: residues.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      const residue = residues[Math.min(Math.max(to, 0), residues.length - 1)];
      if (residue === undefined) return;
      if (!event.shiftKey || this.#anchor === undefined) this.#anchor = event.shiftKey ? this.#cursor : residue;
      this.#setCursor(residue, true);
      if (event.shiftKey) this.#selectTo(residue);
    } else if (event.key === 'Enter' && this.#cursor !== undefined) this.#actions.focus(this.#cursor);
    else if (event.key === ' ' && this.#cursor !== undefined) this.#actions.select([this.#cursor]);
    else if (event.key === 'Escape') this.#actions.select([]);
    else return;
    event.preventDefault();
  }

  #setCursor(residue: number | undefined, point: boolean): void {
    if (residue === undefined || !this.#content) return;
    this.#cursor = residue;
    this.#tellCursor(residue);
    this.#reveal(residue);
    if (point) this.#actions.point(residue);
    this.#drawSoon();
  }

  /** Says where the cursor is, or will be when the track is reached. */
  #tellCursor(residue: number): void {
    this.#canvas.setAttribute('aria-valuenow', String((this.#content?.layout.residues.indexOf(residue) ?? -1) + 1));
    this.#canvas.setAttribute('aria-valuetext', this.#actions.describe(residue));
  }

  #reveal(residue: number): void {
    const column = this.#content?.layout.columnOfResidue[residue] ?? -1;
    if (column < 0) return;
    const { scrollLeft, clientWidth } = this.#scroller;
    const x = column * CELL;
    if (x >= scrollLeft + 2 * CELL && x <= scrollLeft + clientWidth - 3 * CELL) return;
    this.#scroller.scrollLeft = x - clientWidth / 2;
  }

  /** The structure comes first: the letters wait for the frame after the one that has it. */
  #drawAfterStructure(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    const draw = (): void => {
      this.#waiting = false;
      this.#drawSoon();
    };
    requestAnimationFrame(() => requestIdleCallback(draw, { timeout: PATIENCE_MS }));
  }

  #drawSoon(): void {
    if (this.#waiting) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (!this.#waiting) this.#draw();
    });
  }

  /** Draws what is in sight: a track of a hundred thousand residues costs no more than one of a hundred. */
  #draw(): void {
    const content = this.#content;
    const width = this.#scroller.clientWidth;
    const context = content && this.#canvas.getContext('2d');
    if (!context || width === 0) return;
    const scale = window.devicePixelRatio;
    this.#canvas.width = Math.round(width * scale);
    const plot = content.traces.length > 0 ? PLOT : 0;
    this.#canvas.height = Math.round((TRACK_HEIGHT + plot) * scale);
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${TRACK_HEIGHT + plot}px`;
    context.scale(scale, scale);
    const left = this.#scroller.scrollLeft;
    context.translate(-left, plot);
    const theme = trackColors();
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const first = Math.max(0, Math.floor(left / CELL) - TICK);
    const last = Math.min(content.layout.columns, Math.ceil((left + width) / CELL) + TICK);
    const framed = [this.#pointed, document.activeElement === this.#canvas ? this.#cursor : undefined];
    const look = { theme, selected: this.#selected, framed };
    for (let column = first; column < last; column++) drawColumn(context, content, column, look);
    for (const trace of content.traces)
      drawTrace(context, content.layout, trace, { first, last, isOnly: content.traces.length === 1 });
    context.textAlign = 'left';
    if (plot > 0) {
      context.fillStyle = theme.quiet;
      context.font = `10px ${theme.family}`;
      context.fillText(`${PLOT_TOP} Å`, left + 4, 8 - PLOT);
    }
    context.fillStyle = theme.text;
    context.font = `600 12px ${theme.family}`;
    for (const { column, chain } of content.layout.labels) {
      if (column >= first - 3 && column < last) context.fillText(chain, column * CELL + 6, RULER + LETTERS / 2);
    }
  }
}
