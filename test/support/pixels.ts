// What is to be seen in a picture of the screen.
import { PNG } from 'pngjs';

/** For each pixel of a PNG whether it is clearly coloured: neither grey, nor black, nor white. */
function coloured(png: Buffer): boolean[] {
  const { data } = PNG.sync.read(png);
  return Array.from({ length: data.length / 4 }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 4, pixel * 4 + 3);
    return Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
  });
}

export function colouredPixels(png: Buffer): number {
  return coloured(png).filter(Boolean).length;
}

/** How much of what is coloured in one of two pictures of the same size is so in both: 0 to 1. */
export function likeness(one: Buffer, other: Buffer): number {
  const [a, b] = [coloured(one), coloured(other)];
  if (a.length !== b.length) return 0;
  const both = a.filter((is, pixel) => is && b[pixel]).length;
  const any = a.filter((is, pixel) => is || b[pixel]).length;
  return any === 0 ? 0 : both / any;
}
