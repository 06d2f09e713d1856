// The questions before an AlphaFold prediction, on a backend with GPU queues that starts nothing.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { type GpuBackend, startGpuBackend } from '../support/gpuBackend.ts';
import { vsixFile } from '../support/package.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import {
  chooseInContextMenu,
  explorerRow,
  openText,
  openWorkbench,
  pick,
  quickPickRow,
  runCommandNamed,
  screenshot,
  statusItem,
  typeQuickly,
} from '../support/workbench.ts';

const STEP_MS = 60_000;
/** More residues than one V100 or A100 has memory for. */
const TOO_LONG = 3000;

describe('choosing among queues of AlphaFold', function () {
  this.timeout(4 * STEP_MS);
  const { folder, remove } = temporaryFolder();
  let backend: GpuBackend;
  let editor: Editor;
  let browser: Browser;
  let page: Page;

  const title = (text: string | RegExp) => page.locator('.quick-input-title').getByText(text);

  async function fill(question: string, text: string): Promise<void> {
    await title(question).waitFor({ timeout: STEP_MS });
    await typeQuickly(page, text);
    await page.keyboard.press('Enter');
  }

  async function predict(file: string): Promise<void> {
    await page.keyboard.press('Control+Shift+E');
    await explorerRow(page, file).waitFor({ timeout: STEP_MS });
    await chooseInContextMenu(page, explorerRow(page, file), 'Predict Structure…');
  }

  before(async () => {
    for (const name of ['lysozyme.fasta', 'hemoglobin-tetramer.fasta']) {
      copyFileSync(path.join(ROOT, 'examples', name), path.join(folder, name));
    }
    writeFileSync(path.join(folder, 'titin.fasta'), `>titin a part of it\n${'MKVLAE'.repeat(TOO_LONG / 6)}\n`);
    backend = await startGpuBackend();
    editor = await startEditor({ workspace: folder, vsix: [await vsixFile()] });
    browser = await openBrowser();
    ({ page } = browser);
    await openWorkbench(page, editor.url);
    await runCommandNamed(page, 'Foldpad: Connect…', 'Add an Endpoint');
    await fill('Add an Endpoint (1/3)', backend.url);
    await fill('Add an Endpoint (2/3)', backend.key);
    await fill('Add an Endpoint (3/3)', 'GPUs');
    await statusItem(page, 'Foldpad (GPUs)').waitFor({ timeout: STEP_MS });
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    backend?.stop();
    remove();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && page) await screenshot(page, `failed ${this.currentTest.title}`);
  });

  it('tells time, price, memory and waiting line of each, and why one cannot be had', async () => {
    await predict('lysozyme.fasta');
    await title('Where should it run?').waitFor({ timeout: STEP_MS });
    await quickPickRow(page, /p4.*about 39 min · \$0\.\d\d · fits into memory.*3 running, 12 waiting/).waitFor();
    await quickPickRow(page, /cpu.*about \d+ s · \$0\.00/).waitFor({ timeout: STEP_MS });
    await quickPickRow(page, /high.*no quota for p3\.16xlarge.*have the operator raise the quota/).waitFor();
    await screenshot(page, 'queues 1 monomer');
    await pick(page, /^\W*p4/);
    await quickPickRow(page, /Predict.*about 39 min \(.*\) · \$0.*129 residues · AlphaFold 2 · p4/).waitFor();
    await quickPickRow(page, /12 runs wait in queue p4/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'queues 2 review');
  });

  it('takes preset, models, template date and comment into the review and into the job', async () => {
    await pick(page, /Preset/);
    await pick(page, /Reduced databases/);
    await quickPickRow(page, /Preset.*Reduced/).waitFor({ timeout: STEP_MS });
    await pick(page, /Models.*all five/);
    await quickPickRow(page, /model_1.*uses templates/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'queues 3 models');
    for (const name of ['model_4', 'model_5']) await pick(page, name);
    await page.keyboard.press('Enter');
    await pick(page, /Templates released until/);
    await title('Use templates released until').waitFor({ timeout: STEP_MS });
    await typeQuickly(page, '2019-13-01');
    await page.locator('.quick-input-widget').getByText('year-month-day').waitFor({ timeout: STEP_MS });
    await typeQuickly(page, '2019-01-31');
    await page.keyboard.press('Enter');
    await quickPickRow(page, /Templates released until.*2019-01-31/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'queues 4 changed');
    await quickPickRow(page, /about 39 min/).waitFor({ timeout: STEP_MS });
    await pick(page, /Predict.*about/);
    await statusItem(page, /Foldpad \(GPUs\): 1 job/).waitFor({ timeout: STEP_MS });
    const [job] = (await backend.world.client().list()).jobs;
    assert.equal(job?.queue, 'p4');
    assert.equal(job.parameters.dbPreset, 'reduced_dbs');
    assert.deepEqual(job.parameters.modelNames, ['model_1', 'model_2', 'model_3']);
    assert.equal(job.parameters.maxTemplateDate, '2019-01-31');
  });

  it('offers a complex to AlphaFold alone', async () => {
    await predict('hemoglobin-tetramer.fasta');
    await pick(page, /One complex/);
    await title('(2/3)').waitFor({ timeout: STEP_MS });
    await quickPickRow(page, /cpu.*Homology modelling predicts one chain at a time/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'queues 5 complex');
    await pick(page, /^\W*p4/);
    await quickPickRow(page, /Predict.*4 chains, 574 residues together/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'queues 6 complex review');
    await page.keyboard.press('Escape');
  });

  it('says first what is too large for the memory', async () => {
    await predict('titin.fasta');
    await quickPickRow(page, /low.*too large for the memory · about/).waitFor({ timeout: STEP_MS });
    await quickPickRow(page, /cpu.*does not take it/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'queues 7 too large');
    await page.keyboard.press('Escape');
  });

  it('says so in the text before anybody asks', async () => {
    await openText(page, 'titin.fasta');
    await page.locator('.editor-instance .codelens-decoration a').filter({ hasText: 'Estimate' }).waitFor();
    await page.locator('.editor-instance .squiggly-warning').first().waitFor({ timeout: STEP_MS });
    await page
      .locator('.editor-instance .view-line')
      .filter({ hasText: '>titin' })
      .hover({ position: { x: 30, y: 8 } });
    const hover = page.locator('.monaco-hover');
    await hover
      .getByText(/3,000\sresidues/)
      .first()
      .waitFor({ timeout: STEP_MS });
    await hover.getByText('too large for the memory').first().waitFor({ timeout: STEP_MS });
    await screenshot(page, 'queues 8 too large in the text');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel').getByText(/GB/).first().waitFor({ timeout: STEP_MS });
    await screenshot(page, 'queues 9 too large among the problems');
    await page.keyboard.press('Control+J');
  });
});
