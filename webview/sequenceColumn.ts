/** One column of the sequence: the letter of a residue, its colour under it, and its number above every tenth. */

import { CELL } from './distancePlot.ts';
import { cssColor } from './dom.ts';
import { letterOf, type SequenceLayout } from './sequence.ts';
import type { StructureData } from './structureData.ts';
import type { trackColors } from './theme.ts';

/** Sizes in CSS pixels. */
export const RULER = 15;
export const LETTERS = 18;
const BAR = 7;
export const TRACK_HEIGHT = RULER + LETTERS + BAR;
/** A number stands above every so-many-th residue. */
export const TICK = 10;

/** How the columns look. Residues are indices in `StructureData.residues`. */
export interface ColumnLook {
  readonly theme: ReturnType<typeof trackColors>;
  readonly selected: ReadonlySet<number>;
  /** Residues with a frame: the one that is pointed at, and the one with the cursor. */
  readonly framed: readonly (number | undefined)[];
}

/** Draws it where it belongs; the top of the ruler is at 0. */
export function drawColumn(
  context: CanvasRenderingContext2D,
  {
    data,
    layout,
    colors,
  }: { readonly data: StructureData; readonly layout: SequenceLayout; readonly colors: Uint32Array },
  column: number,
  { theme, selected, framed }: ColumnLook,
): void {
  const index = layout.residueOfColumn[column] ?? -1;
  const residue = data.residues[index];
  const x = column * CELL;
  const middle = x + CELL / 2;
  if (!residue) {
    const isBreak = layout.residueOfColumn[column - 1] !== -1 && layout.residueOfColumn[column + 1] !== -1;
    if (isBreak && column > 0) {
      context.fillStyle = theme.quiet;
      context.font = `11px ${theme.family}`;
      context.fillText('…', middle, RULER + LETTERS / 2);
    }
    return;
  }
  if (selected.has(index)) {
    context.fillStyle = theme.selection;
    context.fillRect(x, RULER, CELL, LETTERS);
  }
  if (framed.includes(index)) {
    context.strokeStyle = theme.focus;
    context.strokeRect(x + 0.5, RULER + 0.5, CELL - 1, LETTERS - 1);
  }
  context.fillStyle = theme.text;
  context.font = `12px ${theme.monospace}`;
  context.fillText(letterOf(residue.name), middle, RULER + LETTERS / 2 + 0.5);
  context.fillStyle = cssColor(colors[residue.atom] ?? 0);
  context.fillRect(x, RULER + LETTERS, CELL, BAR - 2);
  // Residues that were inserted after a number have the same one: 100, 100A, 100B would stand over each other.
  if (residue.number % TICK === 0 && residue.insertion === '') {
    context.fillStyle = theme.quiet;
    context.font = `10px ${theme.family}`;
    context.fillText(String(residue.number), middle, RULER / 2 + 1);
  }
}
