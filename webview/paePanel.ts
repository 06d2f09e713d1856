/** The heat map of predicted aligned errors beside the structure: points at pairs of residues, and selects by brushing. */

import { t } from '@vscode/l10n';
import { el } from './dom.ts';
import { meanPae, type Pae, paeColor } from './pae.ts';
import { describeSelection } from './sequence.ts';
import type { StructureData } from './structureData.ts';
import { trackColors } from './theme.ts';

/** What the user does with the map. Residues are indices in `StructureData.residues`. */
export interface PaeActions {
  point(residue: number | undefined): void;
  select(residues: readonly number[]): void;
}

/** What the map shows. */
export interface PaeContent {
  readonly pae: Pae;
  readonly data: StructureData;
  /** For each row of the table its residue. */
  readonly residues: readonly number[];
}

/** Makes it. */
export function createPaePanel(actions: PaeActions): {
  readonly element: HTMLElement;
  show(content: PaeContent | undefined): void;
  mark(selected: ReadonlySet<number>, pointed: number | undefined): void;
} {
  const image = el('canvas', {
    class: 'pae-map',
    tabindex: 0,
    role: 'img',
    'aria-label': t('Predicted aligned error'),
  });
  const text = el('p', { class: 'pae-text', 'aria-live': 'polite' });
  const from = el('span', {}, '0');
  const to = el('span');
  const scale = el('canvas', { class: 'pae-scale', 'aria-hidden': 'true', width: 128, height: 1 });
  const element = el(
    'section',
    { class: 'pae', 'aria-label': t('Predicted aligned error') },
    el('h2', {}, t('Predicted aligned error')),
    image,
    el('div', { class: 'pae-key' }, from, scale, to),
    text,
  );
  element.hidden = true;
  const map = new PaeMap(image, text, actions);
  return {
    element,
    show(content) {
      element.hidden = content === undefined;
      if (content) {
        to.textContent = `${Math.round(content.pae.max)} Å`;
        drawScale(scale);
      }
      map.show(content);
    },
    mark: (selected, pointed) => map.mark(selected, pointed),
  };
}

function drawScale(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  for (let x = 0; x < canvas.width; x++) {
    context.fillStyle = `rgb(${paeColor(x / canvas.width, 1).join(' ')})`;
    context.fillRect(x, 0, 1, 1);
  }
}

const EXPLANATION = t(
  'Dark: the position of one residue relative to the other can be trusted. Drag over the map to select both parts.',
);

class PaeMap {
  readonly #canvas: HTMLCanvasElement;
  readonly #text: HTMLElement;
  readonly #actions: PaeActions;
  #content: PaeContent | undefined;
  #picture: OffscreenCanvas | undefined;
  /** Row of each residue. */
  #rowOf = new Map<number, number>();
  #selected: ReadonlySet<number> = new Set();
  #pointed: number | undefined;
  #brush: { readonly from: [number, number]; to: [number, number] } | undefined;
  /** Rows and columns that were brushed, while they are what is selected. */
  #spans: { readonly rows: readonly number[]; readonly columns: readonly number[] } | undefined;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, text: HTMLElement, actions: PaeActions) {
    this.#canvas = canvas;
    this.#text = text;
    this.#actions = actions;
    new ResizeObserver(() => this.#drawSoon()).observe(canvas);
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerleave', () => {
      if (!this.#brush) actions.point(undefined);
      this.#describe(undefined);
    });
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      const at = this.#cellAt(event);
      this.#brush = { from: at, to: at };
    });
    canvas.addEventListener('pointerup', () => this.#endBrush());
    canvas.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') actions.select([]);
    });
  }

  show(content: PaeContent | undefined): void {
    if (this.#content?.pae !== content?.pae) this.#picture = content && paint(content.pae);
    this.#content = content;
    this.#rowOf = new Map(content?.residues.map((residue, row) => [residue, row]));
    this.#brush = undefined;
    this.#describe(undefined);
    this.#drawSoon();
  }

  mark(selected: ReadonlySet<number>, pointed: number | undefined): void {
    if (this.#spans && selected !== this.#selected && !this.#isBrushed(selected)) this.#spans = undefined;
    this.#selected = selected;
    this.#pointed = pointed;
    if (pointed === undefined) this.#describe(undefined);
    this.#drawSoon();
  }

  #isBrushed(selected: ReadonlySet<number>): boolean {
    const { rows = [], columns = [] } = this.#spans ?? {};
    const brushed = new Set([...rows, ...columns].map((row) => this.#content?.residues[row]));
    return brushed.size === selected.size && [...selected].every((residue) => brushed.has(residue));
  }

  /** Column and row under the pointer, within the table. */
  #cellAt(event: PointerEvent): [number, number] {
    const box = this.#canvas.getBoundingClientRect();
    const size = this.#content?.pae.size ?? 1;
    const at = (part: number): number => Math.min(size - 1, Math.max(0, Math.floor(part * size)));
    return [at((event.clientX - box.left) / box.width), at((event.clientY - box.top) / box.height)];
  }

  #move(event: PointerEvent): void {
    if (!this.#content) return;
    const cell = this.#cellAt(event);
    if (this.#brush) this.#brush.to = cell;
    this.#actions.point(this.#content.residues[cell[0]]);
    this.#describe(cell);
    this.#drawSoon();
  }

  #endBrush(): void {
    const brush = this.#brush;
    this.#brush = undefined;
    if (!brush || !this.#content) return;
    const { residues } = this.#content;
    const span = (axis: 0 | 1): number[] => {
      const first = Math.min(brush.from[axis], brush.to[axis]);
      const last = Math.max(brush.from[axis], brush.to[axis]);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    };
    const spans = { columns: span(0), rows: span(1) };
    this.#spans = spans;
    this.#actions.select([...new Set([...spans.columns, ...spans.rows].flatMap((row) => residues[row] ?? []))]);
    this.#drawSoon();
  }

  #describe(cell: readonly [number, number] | undefined): void {
    const content = this.#content;
    if (!content || !cell) {
      this.#text.textContent = content ? this.#selectionText(content) : '';
      return;
    }
    const [column, row] = cell;
    const name = (index: number): string => {
      const residue = content.data.residues[content.residues[index] ?? -1];
      return residue ? `${residue.chain} ${residue.name} ${residue.number}${residue.insertion}`.trim() : '';
    };
    const value = content.pae.values[row * content.pae.size + column] ?? Number.NaN;
    this.#text.textContent = t('{0} when aligned on {1}: {2} Å', name(column), name(row), value.toFixed(1));
  }

  /** Of two selected stretches the mean error between them: what decides whether domains are placed. */
  #selectionText(content: PaeContent): string {
    const name = (rows: readonly number[]): string =>
      describeSelection(
        content.data,
        rows.flatMap((row) => content.residues[row] ?? []),
        2,
      );
    if (this.#spans) {
      const { rows, columns } = this.#spans;
      const mean = meanPae(content.pae, rows, columns).toFixed(1);
      return t('Between {0} and {1}: mean {2} Å', name(columns), name(rows), mean);
    }
    const rows = [...this.#selected].flatMap((residue) => this.#rowOf.get(residue) ?? []).sort((a, b) => a - b);
    if (rows.length === 0) return EXPLANATION;
    return t('Within {0}: mean {1} Å', name(rows), meanPae(content.pae, rows, rows).toFixed(1));
  }

  #drawSoon(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const context = this.#canvas.getContext('2d');
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!context || !this.#content || !this.#picture || width === 0) return;
    const scale = window.devicePixelRatio;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    context.imageSmoothingEnabled = this.#content.pae.size > this.#canvas.width;
    context.drawImage(this.#picture, 0, 0, this.#canvas.width, this.#canvas.height);
    const cell = this.#canvas.width / this.#content.pae.size;
    this.#drawChains(context, cell);
    const theme = trackColors();
    context.strokeStyle = theme.focus;
    context.fillStyle = 'rgb(255 43 214 / 22%)';
    for (const residue of this.#selected) {
      const row = this.#rowOf.get(residue);
      if (row === undefined) continue;
      context.fillRect(row * cell, 0, cell, this.#canvas.height);
      context.fillRect(0, row * cell, this.#canvas.width, cell);
    }
    const pointed = this.#pointed === undefined ? undefined : this.#rowOf.get(this.#pointed);
    if (pointed !== undefined) {
      context.fillStyle = 'rgb(255 43 214 / 85%)';
      const line = Math.max(scale, Math.min(cell, 2 * scale));
      context.fillRect((pointed + 0.5) * cell - line / 2, 0, line, this.#canvas.height);
      context.fillRect(0, (pointed + 0.5) * cell - line / 2, this.#canvas.width, line);
    }
    if (this.#brush) {
      const { from, to } = this.#brush;
      context.lineWidth = 2 * scale;
      const left = Math.min(from[0], to[0]);
      const top = Math.min(from[1], to[1]);
      const right = Math.max(from[0], to[0]) + 1;
      const bottom = Math.max(from[1], to[1]) + 1;
      context.strokeRect(left * cell, top * cell, (right - left) * cell, (bottom - top) * cell);
    }
  }

  /** Lines where one chain ends and the next begins. */
  #drawChains(context: CanvasRenderingContext2D, cell: number): void {
    const { data, residues } = this.#content as PaeContent;
    context.fillStyle = '#1f1f1f';
    for (const [row, residue] of residues.entries()) {
      const previous = residues[row - 1];
      if (previous === undefined || data.residues[previous]?.chain === data.residues[residue]?.chain) continue;
      context.fillRect(row * cell - 0.5, 0, 1.5, this.#canvas.height);
      context.fillRect(0, row * cell - 0.5, this.#canvas.width, 1.5);
    }
  }
}

/** One pixel a pair. */
export function paint({ size, values, max }: Pae): OffscreenCanvas {
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d');
  if (!context) throw new Error(t('This browser cannot draw pictures.'));
  const image = context.createImageData(size, size);
  for (let at = 0; at < values.length; at++) {
    const [red, green, blue] = paeColor(values[at] ?? 0, max);
    image.data.set([red, green, blue, 255], at * 4);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
