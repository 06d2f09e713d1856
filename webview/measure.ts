/** Counts what is drawn, colour by colour. Tests ask for it; it only looks. */

import { t } from '@vscode/l10n';
import type { PixelCounts } from '../extension/structure/protocol.ts';
import { BAND_COLORS, BANDS, type Band, type Palette } from './confidence.ts';

/** Farther than this from every band in chromaticity (sum of differences of parts) is none of them. */
const TOLERANCE = 0.16;

type Chromaticity = readonly [number, number, number];

/** Parts of red, green and blue in a colour: light and shadow change a colour's brightness, hardly its parts. */
function chromaticity(red: number, green: number, blue: number): Chromaticity {
  const sum = red + green + blue || 1;
  return [red / sum, green / sum, blue / sum];
}

/**
 * Counts the pixels of each confidence band.
 * @param rgba four bytes a pixel; a transparent pixel is background
 */
export function countBandPixels(rgba: Uint8ClampedArray, palette: Palette): PixelCounts {
  const bands = BANDS.map(({ band }) => {
    const color = BAND_COLORS[palette][band];
    return { band, parts: chromaticity((color >> 16) & 255, (color >> 8) & 255, color & 255) };
  });
  const counts: Record<Band | 'other' | 'background', number> = {
    veryHigh: 0,
    high: 0,
    low: 0,
    veryLow: 0,
    other: 0,
    background: 0,
  };
  for (let at = 0; at < rgba.length; at += 4) {
    if ((rgba[at + 3] ?? 0) < 128) {
      counts.background++;
      continue;
    }
    const [red, green, blue] = chromaticity(rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0);
    let nearest: Band | 'other' = 'other';
    let least = TOLERANCE;
    for (const { band, parts } of bands) {
      const distance = Math.abs(red - parts[0]) + Math.abs(green - parts[1]) + Math.abs(blue - parts[2]);
      if (distance < least) {
        least = distance;
        nearest = band;
      }
    }
    counts[nearest]++;
  }
  return counts;
}

/** Draws a picture on a canvas of its own and reads its pixels back. */
export async function readPixels(picture: Blob): Promise<ImageData> {
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(t('This browser cannot draw pictures.'));
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
