// What is to be seen in a picture of the screen.
import { PNG } from 'pngjs';

/** Pixels of a PNG that are clearly coloured: neither grey, nor black, nor white. */
export function colouredPixels(png: Buffer): number {
  const { data } = PNG.sync.read(png);
  let count = 0;
  for (let index = 0; index < data.length; index += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(index, index + 3);
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count++;
  }
  return count;
}
