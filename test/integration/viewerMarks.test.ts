import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import {
  type StructureToShow,
  startViewerBrowser,
  type ViewerBrowser,
  type ViewerPage,
} from '../../scripts/support/viewerBrowser.ts';
import { fourBands, pdbText, REMARK, RESIDUES } from '../support/structureFiles.ts';

const SHOTS = new URL('../e2e/shots/', import.meta.url);
/** Width of one residue in the track, and where its first chain's residues begin. */
const CELL = 11;
const FIRST = 3 * CELL;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const chain = (residue: number): string => (residue < RESIDUES / 2 ? 'A' : 'B');
const MODEL: StructureToShow = {
  fileName: 'm.pdb',
  format: 'pdb',
  bytes: bytes(pdbText([REMARK], fourBands, { chain })),
};

/** Two chains that know themselves and not each other. */
function errors(size: number): Uint8Array {
  const half = size / 2;
  const row = (i: number): number[] => Array.from({ length: size }, (_, j) => (i < half === j < half ? 2 : 20));
  return bytes(JSON.stringify([{ predicted_aligned_error: Array.from({ length: size }, (_, i) => row(i)) }]));
}

describe('the structure page marks residues', function () {
  this.timeout(240_000);
  let browser: ViewerBrowser;
  let viewer: ViewerPage;

  before(async () => {
    mkdirSync(SHOTS, { recursive: true });
    browser = await startViewerBrowser();
  });
  after(() => browser.close());

  beforeEach(async () => {
    viewer = await browser.open({ width: 1280, height: 720, theme: 'dark' });
  });
  afterEach(async () => {
    const complaints = [...viewer.complaints];
    await viewer.close();
    assert.deepEqual(complaints, []);
  });

  const line = (): Promise<string> => viewer.text('.residue');
  const shot = (name: string): Promise<unknown> =>
    viewer.page.screenshot({ path: new URL(`viewer-${name}.png`, SHOTS).pathname });

  async function box(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
    const found = await viewer.page.locator(selector).boundingBox();
    assert.ok(found, selector);
    return found;
  }

  async function drag(selector: string, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    const { x, y } = await box(selector);
    await viewer.page.mouse.move(x + from[0], y + from[1]);
    await viewer.page.mouse.down();
    await viewer.page.mouse.move(x + to[0], y + to[1], { steps: 4 });
    await viewer.page.mouse.up();
  }

  it('that are pointed at or selected in the sequence', async () => {
    await viewer.show(MODEL);
    const before = (await viewer.measure()).pixels;
    const { x, y } = await box('.sequence-cells');
    await viewer.page.mouse.move(x + FIRST + 4.5 * CELL, y + 25);
    assert.match(await line(), /^Chain A · [A-Z]{3} \d+ · Estimated CA-lDDT 95\.0/);
    await viewer.page.mouse.move(x + FIRST + 4.5 * CELL, y - 200);
    await drag('.sequence-cells', [FIRST + CELL / 2, 25], [FIRST + 29.5 * CELL, 25]);
    await viewer.page.mouse.move(x + 600, 5);
    assert.match(await line(), /^Selected: A \d+–\d+ · 30 residues · mean Estimated CA-lDDT 95\.0$/);
    const after = (await viewer.measure()).pixels;
    assert.ok(after.veryHigh > before.veryHigh, 'side chains of the first quarter are drawn');
    await shot('sequence');
    await viewer.page.keyboard.press('Escape');
    assert.match(await line(), /2 chains · 140 residues/);
  });

  it('for the keyboard and for screen readers', async () => {
    await viewer.show(MODEL);
    const track = viewer.page.getByRole('slider', { name: 'Sequence' });
    await track.focus();
    await viewer.page.keyboard.press('End');
    assert.equal(await track.getAttribute('aria-valuenow'), String(RESIDUES));
    assert.match(
      (await track.getAttribute('aria-valuetext')) ?? '',
      /^Chain B · [A-Z]{3} \d+ · Estimated CA-lDDT 30\.0/,
    );
    await viewer.page.keyboard.press('Home');
    for (let step = 0; step < 4; step++) await viewer.page.keyboard.press('Shift+ArrowRight');
    await viewer.page.keyboard.press('Enter');
    await viewer.page.mouse.move(600, 5);
    await viewer.page.locator('.residue').filter({ hasText: 'Chain A' }).waitFor();
    await viewer.page.keyboard.press('Escape');
    assert.equal(await track.getAttribute('aria-valuenow'), '5');
  });

  it('in the map of predicted aligned errors, both ways', async () => {
    await viewer.show({ ...MODEL, pae: errors(RESIDUES) });
    const map = await box('.pae-map');
    await viewer.page.mouse.move(map.x + map.width * 0.75, map.y + map.height * 0.25);
    assert.match(await viewer.text('.pae-text'), /^B [A-Z]{3} \d+ when aligned on A [A-Z]{3} \d+: 20\.0 Å$/);
    await drag('.pae-map', [map.width * 0.55, map.height * 0.05], [map.width * 0.9, map.height * 0.4]);
    await viewer.page.mouse.move(5, 300);
    assert.match(await viewer.text('.pae-text'), /^Between B .* and A .*: mean 20\.0 Å$/);
    assert.match(await line(), /^Selected: A \d+–\d+, B \d+–\d+ · \d+ residues/);
    await shot('pae');
    await drag('.sequence-cells', [FIRST + CELL / 2, 25], [FIRST + 9.5 * CELL, 25]);
    await viewer.page.mouse.move(5, 300);
    assert.match(await viewer.text('.pae-text'), /^Within A .*: mean 2\.0 Å$/);
  });

  it('and says why errors of another structure, or none at all, are not shown', async () => {
    await viewer.show({ ...MODEL, pae: errors(10) });
    assert.match(await viewer.text('.notice'), /are of 10 residues, the structure has 140/);
    await viewer.show({ ...MODEL, pae: bytes('{"pae": [[') });
    assert.match(await viewer.text('.notice'), /not JSON/);
    await viewer.show(MODEL);
    assert.equal(await viewer.page.locator('.pae').isVisible(), false);
  });

  it('and measures between clicked atoms', async () => {
    await viewer.show(MODEL);
    await viewer.page.getByRole('radio', { name: 'Surface' }).check();
    await viewer.page.getByRole('button', { name: 'Measure' }).click();
    assert.equal(await line(), 'Measuring: click the first atom.');
    const stage = await box('.stage canvas');
    const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 2];
    const clickUntil = async (dx: number, said: RegExp): Promise<void> => {
      for (let tries = 0; !said.test(await line()); tries++) {
        assert.ok(tries < 100, `${await line()} instead of ${said}`);
        await viewer.page.mouse.click(x + dx + (tries % 7), y + (tries % 5));
        await viewer.page.mouse.move(5, y);
        await viewer.page.waitForTimeout(100);
      }
    };
    await clickUntil(-60, /^Measuring: click the second atom\.$/);
    await clickUntil(60, /^[AB] [A-Z]{3} \d+ \w+ – .*: \d+\.\d Å · Measuring: click the first atom\.$/);
    await viewer.page.getByRole('radio', { name: 'Cartoon' }).check();
    await viewer.page.locator('.overlay').waitFor({ state: 'hidden' });
    await shot('distance');
    await viewer.page.getByRole('button', { name: 'Clear distances' }).click();
    assert.equal(await viewer.page.getByRole('button', { name: 'Clear distances' }).isVisible(), false);
  });

  it('and saves a report that stands alone', async () => {
    await viewer.show({ ...MODEL, title: 'two <b>domains</b>', pae: errors(RESIDUES) });
    await viewer.page.getByRole('button', { name: 'Save report…' }).click();
    const { fileName, bytes: saved } = await viewer.next('save-file');
    assert.equal(fileName, 'm-report.html');
    const report = await viewer.page.context().newPage();
    const requests: string[] = [];
    report.on('request', (request) => requests.push(request.url()));
    await report.setContent(new TextDecoder().decode(saved));
    assert.equal(await report.locator('h1').innerText(), 'two <b>domains</b>');
    assert.equal(await report.locator('svg rect').count(), RESIDUES);
    const loaded = await report
      .locator('img')
      .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
    assert.deepEqual(loaded, [1800, RESIDUES]);
    assert.deepEqual(
      requests.filter((url) => !url.startsWith('data:')),
      [],
    );
    await report.screenshot({ path: new URL('viewer-report.png', SHOTS).pathname, fullPage: true });
    await report.close();
  });
});
