/** Makes the picture that is saved: the structure at full resolution, its legend, and words in the file about both. */

import { t } from '@vscode/l10n';
import { gradientColor } from './coloring.ts';
import { cssColor } from './dom.ts';
import type { Legend } from './legend.ts';
import type { PictureOptions } from './picturePopover.ts';
import { addPngTexts } from './png.ts';
import type { StructureView } from './structureView.ts';

/** Largest side of a picture (px): the largest canvas every browser engine can hold. */
const MAX_SIDE = 16_384;

/** What goes into a picture besides the structure. */
export interface PictureContent {
  readonly legend: Legend | undefined;
  /** CSS colour behind the structure and the legend, unless the picture is transparent. */
  readonly backgroundColor: string;
  /** Colour of the legend's text. */
  readonly textColor: string;
  readonly fontFamily: string;
  /** Words for the file, by PNG keyword. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Draws and encodes a picture. */
export async function makePicture(
  view: StructureView,
  options: PictureOptions,
  content: PictureContent,
): Promise<Uint8Array> {
  const { width } = view.size;
  const wanted = 'factor' in options.size ? width * options.size.factor : options.size.width;
  const scale = Math.min(wanted, (MAX_SIDE / Math.max(view.size.height, width)) * width) / width;
  // The view draws whole multiples of itself; a larger one is then made smaller, which only smoothes it.
  const blob = await view.makeImage({
    factor: Math.max(1, Math.ceil(scale - 1e-6)),
    antialias: true,
    transparent: options.background === 'transparent',
  });
  const bitmap = await createImageBitmap(blob);
  const unit = wanted / width;
  const height = Math.round((bitmap.height * wanted) / bitmap.width);
  const strip = content.legend && options.legend ? layOut(content.legend, content, width) : undefined;
  const canvas = new OffscreenCanvas(Math.round(wanted), height + Math.round((strip?.height ?? 0) * unit));
  const context = canvas.getContext('2d');
  if (!context) throw new Error(t('This browser cannot draw pictures.'));
  if (options.background !== 'transparent') {
    context.fillStyle = content.backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, height);
  bitmap.close();
  if (strip) {
    context.translate(0, height);
    context.scale(unit, unit);
    for (const piece of strip.pieces) drawPiece(context, piece, content);
  }
  const png = await canvas.convertToBlob({ type: 'image/png' });
  return addPngTexts(new Uint8Array(await png.arrayBuffer()), content.texts);
}

/** Something in the strip below the structure, in CSS pixels. */
interface Piece {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly bold?: boolean;
  readonly color?: number;
  readonly gradient?: readonly number[];
}

const LINE = 24;
const EDGE = 16;
const GAP = 22;
const SWATCH = 12;
const GRADIENT = 160;
const font = (bold: boolean | undefined, family: string): string => `${bold ? 600 : 400} 13px ${family}`;

/** Places the legend in lines below the structure, so that it covers nothing. */
function layOut(
  legend: Legend,
  content: PictureContent,
  width: number,
): { readonly pieces: readonly Piece[]; readonly height: number } {
  const ruler = new OffscreenCanvas(1, 1).getContext('2d');
  const widthOf = (text: string, bold?: boolean): number => {
    if (!ruler) return text.length * 8;
    ruler.font = font(bold, content.fontFamily);
    return ruler.measureText(text).width;
  };
  const pieces: Piece[] = [];
  let x = EDGE;
  let y = EDGE;
  const place = (piece: Omit<Piece, 'x' | 'y'>, size: number, gap: number): void => {
    if (x > EDGE && x + size > width - EDGE) {
      x = EDGE;
      y += LINE;
    }
    pieces.push({ ...piece, x, y });
    x += size + gap;
  };
  place({ text: legend.title, bold: true }, widthOf(legend.title, true), 10);
  if (legend.mean) {
    const text = t('mean {0}', legend.mean);
    place({ text }, widthOf(text), 10);
  }
  x += 14;
  if (legend.gradient) {
    const { from, to, stops } = legend.gradient;
    place({ text: from }, widthOf(from), 8);
    place({ text: '', gradient: stops }, GRADIENT, 8);
    place({ text: to }, widthOf(to), 8);
  }
  const rows = legend.rows.map(({ label, range, percent, color }) => {
    const text = [label, range, percent === undefined ? '' : `${percent} %`].filter((part) => part).join('  ');
    return { text, color, size: SWATCH + 7 + widthOf(text) };
  });
  // Rows that would break off after the title, and fit together on a line of their own, get that line.
  const together = rows.reduce((sum, { size }) => sum + size + GAP, -GAP);
  if (x + together > width - EDGE && EDGE + together <= width - EDGE) x = width;
  for (const { text, color, size } of rows) place({ text, color }, size, GAP);
  return { pieces, height: y + EDGE };
}

function drawPiece(context: OffscreenCanvasRenderingContext2D, piece: Piece, content: PictureContent): void {
  const { x, y, text, bold, color, gradient } = piece;
  const top = y - SWATCH / 2;
  if (gradient) {
    const bar = context.createLinearGradient(x, 0, x + GRADIENT, 0);
    for (let i = 0; i <= 8; i++) bar.addColorStop(i / 8, cssColor(gradientColor(gradient, i / 8)));
    context.fillStyle = bar;
    context.fillRect(x, top, GRADIENT, SWATCH);
  }
  if (color !== undefined) {
    context.fillStyle = cssColor(color);
    context.fillRect(x, top, SWATCH, SWATCH);
  }
  context.font = font(bold, content.fontFamily);
  context.textBaseline = 'middle';
  context.fillStyle = content.textColor;
  context.fillText(text, color === undefined ? x : x + SWATCH + 7, y);
}
