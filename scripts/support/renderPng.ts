/** A picture of a structure file, made by the structure page itself: what it shows is what the editor shows. */

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseStructureFileName } from '../../extension/structure/formats.ts';
import type { DeclaredConfidence, Provenance } from '../../extension/structure/protocol.ts';
import { startViewerBrowser, type ViewerPage } from './viewerBrowser.ts';

/** The picture is drawn at twice the size of the window, as “2 × the window” in the page does. */
const FACTOR = 2;

/** Height of the view (CSS px) in a picture that nobody sees. */
const LOW = 160;

/** A window in which the page lays itself out as on a desktop. */
const WINDOW = { width: 1100, height: 800 };

export interface PictureRequest {
  /** Size of the PNG in pixels, legend included. Even numbers come out exactly. */
  readonly width: number;
  readonly height: number;
  /** What the numbers mean; without it the file's header decides. */
  readonly confidence?: DeclaredConfidence;
  readonly provenance?: Provenance;
}

/**
 * Draws a structure file (`.pdb .ent .cif .mmcif .bcif`, also `.gz`) as a cartoon on white, coloured by confidence where
 * the file has one, with a legend below.
 * @returns one sentence about the picture: size of the structure, what it is coloured by, the mean
 * @throws Error when there is no browser, or when the file cannot be shown; it says why
 */
export async function renderStructurePng(structure: string, png: string, request: PictureRequest): Promise<string> {
  const fileName = path.basename(structure);
  const name = parseStructureFileName(fileName);
  if (!name) throw new Error(`${fileName} does not end like a structure file (.pdb, .cif, .bcif, each also .gz).`);
  const bytes = await readFile(structure);
  const browser = await startViewerBrowser();
  try {
    const viewer = await browser.open({ ...WINDOW, theme: 'light' });
    const answer = await viewer.show({
      fileName,
      format: name.format,
      bytes,
      ...(request.confidence && { confidence: request.confidence }),
      ...(request.provenance && { provenance: request.provenance }),
    });
    if (answer.type === 'failed') throw new Error(answer.problem);
    // How high the legend is depends on the width alone; a low picture tells it quickly.
    await fitStage(viewer, request.width / FACTOR, LOW);
    const legend = pngSize(await savePicture(viewer)).height - LOW * FACTOR;
    await fitStage(viewer, request.width / FACTOR, (request.height - legend) / FACTOR);
    await writeFile(png, await savePicture(viewer));
    return (await viewer.page.locator('.stage canvas').getAttribute('aria-label'))?.replace(/ Arrow keys.*$/, '') ?? '';
  } finally {
    await browser.close();
  }
}

/** Software rendering on a machine that has other things to do. */
const BUSY_MACHINE_MS = 120_000;

/** How often the window is tried in another size: with each, the page may wrap its toolbar otherwise. */
const TRIES = 5;

/** Makes the window so large that the 3D view has the given size, and looks at the whole structure again. */
async function fitStage({ page }: ViewerPage, width: number, height: number): Promise<void> {
  const canvas = page.locator('.stage canvas');
  for (let tries = 0; tries < TRIES; tries++) {
    // The drawing follows its element.
    await page.waitForFunction(
      () => {
        const [box, stage] = ['.stage canvas', '.stage'].map((one) =>
          document.querySelector(one)?.getBoundingClientRect(),
        );
        return box && stage && Math.abs(box.width - stage.width) < 1 && Math.abs(box.height - stage.height) < 1;
      },
      undefined,
      { timeout: BUSY_MACHINE_MS },
    );
    const stage = await canvas.boundingBox();
    const window = page.viewportSize();
    if (!stage || !window) throw new Error('The structure page shows no drawing.');
    const [wider, higher] = [width - stage.width, height - stage.height];
    if (Math.abs(wider) < 1 && Math.abs(higher) < 1) {
      await canvas.press('r');
      return;
    }
    await page.setViewportSize({ width: Math.round(window.width + wider), height: Math.round(window.height + higher) });
  }
  throw new Error(`The structure page does not make room for a picture of ${width} by ${height} pixels.`);
}

async function savePicture(viewer: ViewerPage): Promise<Uint8Array> {
  await viewer.page.getByTitle('Save a picture in high resolution').click();
  await viewer.page.getByRole('button', { name: 'Save…', exact: true }).click();
  return (await viewer.next('save-file')).bytes;
}

/** Width and height stand at fixed places in a PNG's first chunk. */
function pngSize(png: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
