/** Whether a structure of 100,000 atoms stays usable: opened, turned, its sequence scrolled, a residue selected. */

import type { Browser } from 'playwright-core';
import { assembledCif, copiesFor } from '../../support/assembledStructure.ts';
import { fourBands } from '../../support/structureFiles.ts';
import type { Box, Pages } from './pages.ts';
import { visit } from './visit.ts';

const ATOMS = 100_000;
/** A page that is blocked longer than this feels stuck (ms). */
const MOST_BLOCKED_MS = 200;
const TURNING_MS = 5_000;
const SCROLLS = 20;
const HEADER = 'loop_\n_ma_qa_metric.id\n_ma_qa_metric.name\n1 pLDDT';

/** A measurement, as `npm run bench` reads it. */
export interface Line {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: string;
  readonly ok?: boolean;
  readonly note?: string;
}

/** Opens it and uses it. */
export async function measureLarge(browser: Browser, pages: Pages, box: Box): Promise<Line[]> {
  const file = {
    fileName: 'large.cif',
    format: 'cif',
    text: assembledCif(copiesFor(ATOMS), HEADER, fourBands),
  } as const;
  const open = await visit(browser, pages, 'foldpad', [file], box);
  const { page, frame } = open;
  try {
    const loading = await open.longestTask();
    const spin = frame.getByRole('button', { name: 'Spin' });
    await spin.click();
    await page.waitForTimeout(1_000);
    open.frames.forget();
    await page.waitForTimeout(TURNING_MS);
    const pictures = open.frames.count;
    await spin.click();
    const turning = await open.longestTask();

    const track = frame.locator('.sequence-cells');
    await track.hover();
    for (let step = 0; step < SCROLLS; step++) {
      await page.mouse.wheel(2_000, 0);
      await page.waitForTimeout(50);
    }
    await track.click({ position: { x: 300, y: 25 } });
    // What is pointed at is described before what is selected.
    await page.mouse.move(300, 5);
    await frame.getByText(/^Selected:/).waitFor();
    const using = await open.longestTask();

    const name = `${ATOMS.toLocaleString('en')} atoms`;
    const blocked = (what: string, value: number): Line => ({
      name: `${name}: longest task ${what}`,
      value,
      unit: 'ms',
      target: `≤ ${MOST_BLOCKED_MS} ms`,
      ok: value <= MOST_BLOCKED_MS,
    });
    return [
      { name: `${name}: a new page to the coloured structure`, value: open.coldMs, unit: 'ms' },
      { name: `${name}: longest task while it is opened`, value: loading, unit: 'ms' },
      {
        name: `${name}: pictures a second while it turns`,
        value: pictures / (TURNING_MS / 1_000),
        unit: '/s',
        note: 'on the screen; drawn by the processor (SwiftShader), without a graphics card',
      },
      blocked('while it turns', turning),
      blocked('while its sequence is scrolled and a residue selected', using),
    ];
  } finally {
    await open.close();
  }
}
