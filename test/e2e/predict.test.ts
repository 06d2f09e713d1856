import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { structureDrawn } from '../support/drawnStructure.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { needsEngine } from '../support/engine.ts';
import { vsixFile } from '../support/package.ts';
import {
  answerDialog,
  chooseInContextMenu,
  clickInline,
  clickViewTitle,
  editorTab,
  explorerRow,
  menuItem,
  notification,
  openContextMenu,
  openWorkbench,
  pick,
  pressInNotification,
  reloadWindow,
  screenshot,
  showContainer,
  statusItem,
  treeRow,
  waitForOutput,
} from '../support/workbench.ts';

const EXAMPLES = path.join(ROOT, 'examples');
/** A prediction takes seconds on an idle machine; a busy one may take minutes. */
const PREDICTION_MS = 300_000;
const STEP_MS = 60_000;
/** More than legend, buttons and text of the page have together. */
const DRAWN_PIXELS = 12_000;

const PREDICT = 'Predict Structure…';

/** Shows the explorer, whichever view is open. */
async function showExplorer(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+E');
  await explorerRow(page, 'ubiquitin.fasta').waitFor({ timeout: STEP_MS });
}

async function predict(page: Page, file: string): Promise<void> {
  await showExplorer(page);
  await chooseInContextMenu(page, explorerRow(page, file), PREDICT);
}

describe('from a FASTA file to a structure', function () {
  this.timeout(PREDICTION_MS + 2 * STEP_MS);
  let editor: Editor;
  let browser: Browser;
  let page: Page;

  before(async function () {
    needsEngine(this);
    editor = await startEditor({ workspace: EXAMPLES, vsix: [await vsixFile()] });
    browser = await openBrowser();
    ({ page } = browser);
    await openWorkbench(page, editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && page) await screenshot(page, `failed ${this.currentTest.title}`);
  });

  it('invites to a first prediction', async () => {
    await showContainer(page, 'Foldpad');
    await page.locator('.sidebar').getByText('No predictions yet').waitFor({ timeout: STEP_MS });
    await statusItem(page, 'Foldpad').waitFor({ timeout: STEP_MS });
    await screenshot(page, '01 first view');
  });

  it('is offered for FASTA files, also compressed, and for no others', async () => {
    await showExplorer(page);
    await openContextMenu(page, explorerRow(page, 'README.md'));
    assert.equal(await menuItem(page, PREDICT).count(), 0);
    await page.keyboard.press('Escape');
    for (const file of ['crambin.fa.gz', 'hemoglobin-beta.fasta']) {
      await openContextMenu(page, explorerRow(page, file));
      await menuItem(page, PREDICT).waitFor({ timeout: STEP_MS });
      if (file.endsWith('.gz')) await page.keyboard.press('Escape');
    }
    await screenshot(page, '02 context menu');
    await page.keyboard.press('Escape');
  });

  it('shows the job while it runs, and its confidence when it has succeeded', async () => {
    await predict(page, 'hemoglobin-beta.fasta');
    await page.locator('.sidebar').getByText('Foldpad: Jobs').waitFor({ timeout: STEP_MS });
    await treeRow(page, /hemoglobin-beta.*\d+%/).waitFor({ timeout: PREDICTION_MS });
    await screenshot(page, '03 running');
    await treeRow(page, /hemoglobin-beta.*\d+ · estimated CA-lDDT/).waitFor({ timeout: PREDICTION_MS });
    await screenshot(page, '04 succeeded');
  });

  it('tells when the job has ended, and opens the structure from there', async () => {
    const text = /hemoglobin-beta: estimated CA-lDDT \d+/;
    await notification(page, text).waitFor({ timeout: STEP_MS });
    await screenshot(page, '05 notification');
    await pressInNotification(page, text, 'Open Structure');
    await structureDrawn(page, 2 * STEP_MS, DRAWN_PIXELS);
    await screenshot(page, '06 structure');
  });

  it('shows the log of the job', async () => {
    await clickInline(page, treeRow(page, 'hemoglobin-beta').first(), 'Show Log');
    await waitForOutput(page, /hemoglobin-beta SUCCEEDED/, STEP_MS);
    await screenshot(page, '07 log');
    await page.keyboard.press('Control+J');
  });

  it('shows models, result files and details below the job', async () => {
    await treeRow(page, 'hemoglobin-beta').first().click();
    await treeRow(page, /Rank 1/).waitFor({ timeout: STEP_MS });
    await treeRow(page, 'Details').click();
    await treeRow(page, 'Result Files').click();
    await treeRow(page, /\.pdb/).first().waitFor({ timeout: STEP_MS });
    await screenshot(page, '08 details');
    await treeRow(page, 'hemoglobin-beta').first().hover();
    await page.locator('.monaco-hover').getByText('Confidence').waitFor({ timeout: STEP_MS });
    await screenshot(page, '08 tooltip');
  });

  it('opens a result file as read-only text', async () => {
    const json = treeRow(page, /\.json/).first();
    await json.click();
    const name = ((await json.locator('.label-name').first().textContent()) ?? '').trim();
    await editorTab(page, path.posix.basename(name)).waitFor({ timeout: STEP_MS });
    await page.locator('.editor-instance .view-lines').first().waitFor({ timeout: STEP_MS });
    await screenshot(page, '09 result file');
    await treeRow(page, 'hemoglobin-beta').first().click();
  });

  it('brings the structure back after the window was reloaded', async () => {
    await editorTab(page, 'hemoglobin-beta').click();
    await structureDrawn(page, 2 * STEP_MS, DRAWN_PIXELS);
    await reloadWindow(page);
    await structureDrawn(page, 2 * STEP_MS, DRAWN_PIXELS);
    await screenshot(page, '10 reloaded');
  });

  it('asks what several records are, and explains what this engine cannot do', async () => {
    await predict(page, 'hemoglobin-tetramer.fasta');
    await page.locator('.quick-input-widget').getByText('One complex (multimer)').waitFor({ timeout: STEP_MS });
    await screenshot(page, '11 several records');
    await pick(page, /One complex/);
    await page.locator('.quick-input-title').getByText('one chain at a time').waitFor({ timeout: STEP_MS });
    await pick(page, /4 predictions/);
    await statusItem(page, /Foldpad: \d jobs/).waitFor({ timeout: STEP_MS });
    await screenshot(page, '12 four jobs');
  });

  it('cancels a job', async () => {
    const row = treeRow(page, /(waiting|Waiting|Running|\d+%|Starting)/).last();
    await clickInline(page, row, 'Cancel');
    await treeRow(page, 'Cancelled').first().waitFor({ timeout: STEP_MS });
    await screenshot(page, '13 cancelled');
  });

  it('cancels all jobs after asking', async () => {
    await clickViewTitle(page, 'Cancel All Jobs…');
    await answerDialog(page, 'Cancel All');
    await statusItem(page, /^\s*Foldpad\s*$/).waitFor({ timeout: STEP_MS });
    assert.equal(await treeRow(page, 'Cancelling').count(), 0);
    await screenshot(page, '14 all cancelled');
  });

  it('refuses a file with mistakes and leads to the place', async () => {
    await predict(page, 'mistakes.fasta');
    await notification(page, /mistakes\.fasta, line \d+, column \d+/).waitFor({ timeout: STEP_MS });
    await screenshot(page, '15 mistakes');
    await pressInNotification(page, /mistakes\.fasta/, 'Show in File');
    await editorTab(page, 'mistakes.fasta').waitFor({ timeout: STEP_MS });
    await screenshot(page, '16 place of the mistake');
  });

  it('deletes what has ended after asking, down to the last job', async () => {
    await showContainer(page, 'Foldpad');
    await clickInline(page, treeRow(page, 'hemoglobin-beta').first(), 'Delete…');
    await page.locator('.monaco-dialog-box').waitFor({ timeout: STEP_MS });
    await screenshot(page, '17 delete');
    await answerDialog(page, 'Delete');
    await treeRow(page, 'hemoglobin-beta').waitFor({ state: 'detached', timeout: STEP_MS });
    await clickViewTitle(page, 'Delete Finished Jobs…');
    await answerDialog(page, 'Delete All');
    await page.locator('.sidebar').getByText('No predictions yet').waitFor({ timeout: STEP_MS });
    await screenshot(page, '18 all deleted');
  });
});
