/** Makes the picture that is saved: the structure at full resolution, its legend, and words in the file about both. */

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
  const shrink = wanted / bitmap.width;
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * shrink), Math.round(bitmap.height * shrink));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw pictures.');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  if (content.legend && options.legend) drawLegend(context, content.legend, content, canvas.width / width);
  const png = await canvas.convertToBlob({ type: 'image/png' });
  return addPngTexts(new Uint8Array(await png.arrayBuffer()), content.texts);
}

/** Draws the legend in the lower left corner, as large as it stands in the page. */
function drawLegend(
  context: OffscreenCanvasRenderingContext2D,
  legend: Legend,
  content: PictureContent,
  scale: number,
): void {
  const line = 20;
  const rows = legend.gradient ? 2 : legend.rows.length;
  const left = 20;
  let y = context.canvas.height / scale - 22 - rows * line;
  context.save();
  context.scale(scale, scale);
  context.fillStyle = content.textColor;
  context.textBaseline = 'middle';
  const write = (text: string, x: number, weight = 400): number => {
    context.font = `${weight} 13px ${content.fontFamily}`;
    context.fillText(text, x, y);
    return context.measureText(text).width;
  };
  const titleWidth = write(legend.title, left, 600);
  if (legend.summary) write(legend.summary, left + titleWidth + 10);
  y += line + 2;
  if (legend.gradient) {
    const { stops, from, to } = legend.gradient;
    const bar = context.createLinearGradient(left, 0, left + 160, 0);
    for (let i = 0; i <= 8; i++) bar.addColorStop(i / 8, cssColor(gradientColor(stops, i / 8)));
    context.fillStyle = bar;
    context.fillRect(left, y - 6, 160, 12);
    context.fillStyle = content.textColor;
    y += line;
    write(from, left);
    context.textAlign = 'right';
    write(to, left + 160);
  }
  for (const row of legend.gradient ? [] : legend.rows) {
    context.fillStyle = cssColor(row.color);
    context.fillRect(left, y - 6, 12, 12);
    context.fillStyle = content.textColor;
    write(row.label, left + 20);
    write(row.range ?? '', left + 95);
    context.textAlign = 'right';
    if (row.percent !== undefined) write(`${row.percent} %`, left + 190);
    context.textAlign = 'left';
    y += line;
  }
  context.restore();
}
