import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import type { StructureToShow } from '../../scripts/support/viewerBrowser.ts';
import { bytes, pdbText, REMARK, RESIDUES } from '../support/structureFiles.ts';
import { MODEL, paeFile } from '../support/structuresToShow.ts';
import { THEMES, viewerSuite, WIDE } from '../support/viewerSuite.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What axe calls a violation that keeps people out. */
const GRAVE = ['serious', 'critical'];

const RANKED: StructureToShow = {
  ...MODEL,
  models: [{ label: 'Rank 1' }, { label: 'Rank 2' }],
  pae: paeFile(RESIDUES, (_, residue) => residue % 30),
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
  const { viewer, open } = viewerSuite();
  afterEach(() => viewer.close());

  const check = async (state: string): Promise<void> => {
    assert.deepEqual(await violations(viewer.page), [], state);
  };

  for (const theme of THEMES) {
    it(`in the ${theme} theme`, async () => {
      await open({ ...WIDE, theme });
      const { page } = viewer;
      await viewer.send({ type: 'reading', fileName: 'model.pdb' });
      await page.getByRole('progressbar').waitFor();
      await check('reading');

      await viewer.show(RANKED);
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
    await open(WIDE);
    await viewer.show(RANKED);
    await viewer.page.getByRole('button', { name: 'Save report…' }).click();
    const { bytes: report } = await viewer.next('save-file');
    await viewer.page.setContent(new TextDecoder().decode(report));
    await check('the report');
  });
});
