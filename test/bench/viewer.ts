/**
 * How quickly the viewer shows a result, beside a page that draws the same with Mol* and has nothing else; and whether a
 * structure of 100,000 atoms stays usable. Prints one JSON line per number. `node test/bench/viewer.ts [ROUNDS]`
 *
 * Both pages are opened in the same browser, in turns, outside VS Code, as frames of a window that is open already: what
 * VS Code adds to start a webview is the same for both. Times end when the browser has shown the frame that has the structure in its colours.
 */
import { chromium } from 'playwright-core';
import { setUpBrowser } from '../../scripts/setup/browser.ts';
import { describeFailure } from '../../scripts/setup/result.ts';
import { assembledPdb, copiesFor } from '../support/assembledStructure.ts';
import { BROWSER_FLAGS } from '../support/browser.ts';
import { fourBands, REMARK } from '../support/structureFiles.ts';
import { measureLarge } from './viewer/large.ts';
import { type Box, type Drawer, servePages } from './viewer/pages.ts';
import { type BenchFile, VIEWPORT, visit } from './viewer/visit.ts';

const SIZES = [2_000, 20_000];
const MOST_RATIO = 0.5;
const DRAWERS: readonly Drawer[] = ['foldpad', 'molstar'];

function report(line: {
  name: string;
  value: number;
  unit: string;
  target?: string;
  ok?: boolean;
  note?: string;
}): void {
  console.log(JSON.stringify({ ...line, value: Number(line.value.toPrecision(4)) }));
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const file = (copies: number, value: (residue: number) => number): BenchFile => ({
  fileName: `${copies}.pdb`,
  format: 'pdb',
  text: assembledPdb(copies, [REMARK], value),
});

const rounds = Number(process.argv[2] ?? 7);
if (!(Number.isInteger(rounds) && rounds > 0)) {
  console.error('Give the number of rounds as a positive number.');
  process.exit(2);
}
const found = await setUpBrowser();
if (!found.ok) throw new Error(describeFailure(found));
const pages = await servePages();
const browser = await chromium.launch({ executablePath: found.browser, headless: true, args: [...BROWSER_FLAGS] });
let missed = false;
try {
  // Both draw into the part of the page that Foldpad leaves for the structure.
  const whole: Box = { x: 0, y: 0, ...VIEWPORT };
  const first = await visit(browser, pages, 'foldpad', [file(1, fourBands)], whole);
  const box = await first.frame.locator('.stage').boundingBox();
  await first.close();
  if (!box) throw new Error('The page shows no structure.');
  pages.setMolstarBox(box);
  for (const size of SIZES) {
    // The second has none of the colours that are waited for: when they come back, the first is drawn again.
    const files = [file(copiesFor(size), fourBands), file(1, () => 30)];
    const cold: Record<Drawer, number[]> = { foldpad: [], molstar: [] };
    const warm: Record<Drawer, number[]> = { foldpad: [], molstar: [] };
    for (let round = 0; round < rounds; round++) {
      for (const drawer of DRAWERS) {
        const open = await visit(browser, pages, drawer, files, box);
        cold[drawer].push(open.coldMs);
        await open.replace(1);
        warm[drawer].push(await open.show(0));
        await open.close();
      }
    }
    for (const [what, times, most] of [
      // What a click on a result costs: each has a tab of its own.
      ['a new page', cold, MOST_RATIO],
      // What switching between the models of a result costs.
      ['a page that is open', warm, undefined],
    ] as const) {
      const [ours, theirs] = [median(times.foldpad), median(times.molstar)];
      const name = `${size.toLocaleString('en')} atoms, ${what}`;
      const ratio = ours / theirs;
      missed ||= most !== undefined && ratio > most;
      report({ name: `${name}: Foldpad, median`, value: ours, unit: 'ms' });
      report({ name: `${name}: lean Mol*, median`, value: theirs, unit: 'ms' });
      report({
        name: `${name}: Foldpad / Mol*`,
        value: ratio,
        unit: '×',
        ...(most !== undefined && { target: `≤ ${most} ×`, ok: ratio <= most }),
        note: `${rounds} rounds in turns; drawn by the processor (SwiftShader)`,
      });
    }
  }
  report({ name: 'script of the page: Foldpad', value: pages.scriptBytes('foldpad') / 1e6, unit: 'MB' });
  report({ name: 'script of the page: lean Mol*', value: pages.scriptBytes('molstar') / 1e6, unit: 'MB' });
  for (const line of await measureLarge(browser, pages, box)) {
    missed ||= line.ok === false;
    report(line);
  }
} finally {
  await browser.close();
  await pages.close();
}
if (missed) console.error('Not all that was promised was kept; the lines above say what.');
