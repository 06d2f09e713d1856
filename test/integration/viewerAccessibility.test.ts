import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import {
  type StructureToShow,
  startViewerBrowser,
  type ViewerBrowser,
  type ViewerPage,
} from '../../scripts/support/viewerBrowser.ts';
import { fourBands, pdbText, REMARK, RESIDUES } from '../support/structureFiles.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const THEMES = ['light', 'dark', 'high-contrast'] as const;
/** What axe calls a violation that keeps people out. */
const GRAVE = ['serious', 'critical'];

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const row = Array.from({ length: RESIDUES }, (_, index) => index % 30);
const MODEL: StructureToShow = {
  fileName: 'model.pdb',
  format: 'pdb',
  bytes: bytes(pdbText([REMARK], fourBands)),
  models: [{ label: 'Rank 1' }, { label: 'Rank 2' }],
  pae: bytes(JSON.stringify([{ predicted_aligned_error: Array.from({ length: RESIDUES }, () => row) }])),
};

const OTHER = { fileName: 'other.pdb', format: 'pdb', bytes: bytes(pdbText([REMARK], () => 80)) } as const;

/** Violations that keep people out, one line for each element. */
async function violations(page: Page): Promise<string[]> {
  // Not a script of the page: its policy lets none in.
  await page.evaluate(AXE);
  const results = await page.evaluate(
    (options) => (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    { resultTypes: ['violations'] } satisfies RunOptions,
  );
  assert.ok(results.passes.length > 5, 'axe looked at something');
  return results.violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
    );
}

describe('the structure page is accessible', function () {
  this.timeout(120_000);
  let browser: ViewerBrowser;
  let viewer: ViewerPage;

  before(async () => {
    browser = await startViewerBrowser();
  });
  after(() => browser.close());
  afterEach(() => viewer.close());

  const check = async (state: string): Promise<void> => {
    assert.deepEqual(await violations(viewer.page), [], state);
  };

  for (const theme of THEMES) {
    it(`in the ${theme} theme`, async () => {
      viewer = await browser.open({ width: 1280, height: 720, theme });
      const { page } = viewer;
      await viewer.send({ type: 'reading', fileName: 'model.pdb' });
      await page.getByRole('progressbar').waitFor();
      await check('reading');

      await viewer.show(MODEL);
      await page.locator('.pae-map').waitFor();
      await check('structure, sequence and errors');

      await page.getByRole('slider', { name: 'Sequence' }).press('End');
      await page.getByRole('slider', { name: 'Sequence' }).press('Space');
      await viewer.send({ type: 'overlay', index: 1, label: 'Rank 2', ...OTHER, serial: 1 });
      await page.getByRole('region', { name: 'Structures' }).waitFor();
      await viewer.send({ type: 'notice', text: 'The file was changed on disk.' });
      await check('several structures, a selection and a notice');

      await page.getByRole('button', { name: 'Save picture…' }).click();
      await check('the picture form');
      await page.keyboard.press('Escape');

      await viewer.send({ type: 'unreadable', problem: 'It cannot be read.', remedy: 'Choose another file.' });
      await page.getByRole('alert').waitFor();
      await check('an error');
    });
  }

  it('as a report', async () => {
    viewer = await browser.open({ width: 1280, height: 720 });
    await viewer.show(MODEL);
    await viewer.page.getByRole('button', { name: 'Save report…' }).click();
    const { bytes: report } = await viewer.next('save-file');
    await viewer.page.setContent(new TextDecoder().decode(report));
    await check('the report');
  });
});
