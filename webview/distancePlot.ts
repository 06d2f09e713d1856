/** The plot above the sequence: how far each residue is from its partner in structures that are laid over. */

import { cssColor } from './dom.ts';
import type { SequenceLayout } from './sequence.ts';

/** Width of one residue (CSS pixels). */
export const CELL = 11;
/** Height of the plot (CSS pixels), and the distance (Å) that fills it: beyond it, folds differ. */
export const PLOT = 44;
export const PLOT_TOP = 8;

/** Distance of each residue to its partner in another structure (Å). */
export interface DistanceTrace {
  /** 0xRRGGBB. */
  readonly color: number;
  readonly byResidue: ReadonlyMap<number, number>;
}

/** Bars for the only trace, a stepped line for one of several: bars would cover each other. */
export function drawTrace(
  context: CanvasRenderingContext2D,
  layout: SequenceLayout,
  { color, byResidue }: DistanceTrace,
  { first, last, isOnly }: { readonly first: number; readonly last: number; readonly isOnly: boolean },
): void {
  context.fillStyle = cssColor(color);
  context.strokeStyle = cssColor(color);
  context.lineWidth = 2;
  context.beginPath();
  let isDrawing = false;
  for (let column = first; column < last; column++) {
    const distance = byResidue.get(layout.residueOfColumn[column] ?? -1);
    if (distance === undefined) {
      isDrawing = false;
      continue;
    }
    const height = Math.max(1, (Math.min(distance, PLOT_TOP) / PLOT_TOP) * (PLOT - 4));
    const x = column * CELL;
    if (isOnly) {
      context.fillRect(x + 1, -height, CELL - 2, height);
      continue;
    }
    if (isDrawing) context.lineTo(x, -height);
    else context.moveTo(x, -height);
    context.lineTo(x + CELL, -height);
    isDrawing = true;
  }
  context.stroke();
  context.lineWidth = 1;
}
