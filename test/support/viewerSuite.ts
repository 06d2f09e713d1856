// The viewer's page for all tests of a `describe`: one browser, and what is done again and again with the page in it.
import assert from 'node:assert/strict';
import { startViewerBrowser, type ViewerBrowser, type ViewerPage } from '../../scripts/support/viewerBrowser.ts';
import { BANDS, type Band } from '../../webview/confidence.ts';
import { screenshot } from './workbench.ts';

export const THEMES = ['light', 'dark', 'high-contrast'] as const;

/** A tab as wide as a window, with room for lists and maps beside the structure. */
export const WIDE = { width: 1280, height: 720 } as const;

/** Width of one residue in the sequence, and where the residues of its first chain begin. */
const CELL = 11;
const FIRST = 3 * CELL;

type Point = readonly [x: number, y: number];

/** A page with what tests do with it. */
export interface ViewerSuite {
  /** The page that was opened last. */
  readonly viewer: ViewerPage;
  readonly open: (options?: Parameters<ViewerBrowser['open']>[0]) => Promise<void>;
  /** Closes the page, and fails when it complained of anything. */
  readonly closeQuietly: () => Promise<void>;
  /** Waits while the page says that it is busy. It does not say so at once; `viewer.measure` waits for the drawing itself. */
  readonly drawn: () => Promise<void>;
  /** Where an element is. */
  readonly box: (selector: string) => Promise<{ x: number; y: number; width: number; height: number }>;
  /** Drags from one place in an element to another. */
  readonly drag: (selector: string, from: Point, to: Point) => Promise<void>;
  /**
   * Clicks in the structure, around a place that far to the right of its middle, until the line below it says something.
   * A click finds an atom only where one is drawn: best with a surface.
   */
  readonly clickUntil: (dx: number, said: RegExp) => Promise<void>;
  /** The line below the structure: what is pointed at or selected. */
  readonly line: () => Promise<string>;
  /** Saves a picture of the page, for a person to look at. */
  readonly shot: (name: string) => Promise<unknown>;
}

/** Starts a browser before the tests of the `describe` that calls it, and ends it after them. */
export function viewerSuite(): ViewerSuite {
  let browser: ViewerBrowser;
  // One object for all pages, so that tests can name it before there is any; nothing in a page depends on `this`.
  const viewer = {} as ViewerPage;

  before(async () => {
    browser = await startViewerBrowser();
  });
  after(() => browser?.close());

  const box: ViewerSuite['box'] = async (selector) => {
    const found = await viewer.page.locator(selector).boundingBox();
    assert.ok(found, selector);
    return found;
  };

  const line = (): Promise<string> => viewer.text('.residue');

  return {
    viewer,
    async open(options) {
      Object.assign(viewer, await browser.open(options));
    },
    async closeQuietly() {
      // Looked at before: what closing breaks off is nothing to complain of.
      const complaints = [...viewer.complaints];
      await viewer.close();
      assert.deepEqual(complaints, []);
    },
    drawn: () => viewer.page.locator('.overlay').waitFor({ state: 'hidden' }),
    box,
    async drag(selector, from, to) {
      const { x, y } = await box(selector);
      const { mouse } = viewer.page;
      await mouse.move(x + from[0], y + from[1]);
      await mouse.down();
      await mouse.move(x + to[0], y + to[1], { steps: 4 });
      await mouse.up();
    },
    async clickUntil(dx, said) {
      const stage = await box('.stage canvas');
      const [x, y] = [stage.x + stage.width / 2 + dx, stage.y + stage.height / 2];
      const { mouse } = viewer.page;
      for (let tries = 0; !said.test(await line()); tries++) {
        assert.ok(tries < 100, `${await line()} instead of ${said}`);
        await mouse.click(x + (tries % 7), y + (tries % 5));
        await mouse.move(5, y);
        await viewer.page.waitForTimeout(100);
      }
    },
    line,
    shot: (name) => screenshot(viewer.page, `viewer-${name}`),
  };
}

/** How far to the right the middle of a residue of the first chain is in the sequence. */
export function inSequence(residue: number): number {
  return FIRST + (residue + 0.5) * CELL;
}

/** Every band covers more than edges and shadows of others could look like. */
export function assertAllBands(pixels: Readonly<Record<Band, number>>, what = 'drawn'): void {
  for (const { band } of BANDS) assert.ok(pixels[band] > 400, `${what}, ${band}: ${pixels[band]}`);
}
