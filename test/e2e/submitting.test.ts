import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { needsEngine } from '../support/engine.ts';
import { vsixFile } from '../support/package.ts';
import {
  chooseInContextMenu,
  editorTab,
  explorerRow,
  openWorkbench,
  pick,
  quickPickRow,
  screenshot,
  treeRow,
  typeQuickly,
} from '../support/workbench.ts';

const PREDICTION_MS = 300_000;
const STEP_MS = 60_000;

async function choose(page: Page, file: string, command: string): Promise<void> {
  await page.keyboard.press('Control+Shift+E');
  await explorerRow(page, file).waitFor({ timeout: STEP_MS });
  await chooseInContextMenu(page, explorerRow(page, file), command);
}

describe('submitting a prediction', function () {
  this.timeout(PREDICTION_MS + 2 * STEP_MS);
  let editor: Editor;
  let browser: Browser;
  let page: Page;

  /** The title of the questions, with the number of the step. */
  const title = (text: string) => page.locator('.quick-input-title').getByText(text);

  before(async function () {
    needsEngine(this);
    editor = await startEditor({ workspace: path.join(ROOT, 'examples'), vsix: [await vsixFile()] });
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

  it('shows what a prediction takes, and takes a comment, before it begins', async () => {
    await choose(page, 'ubiquitin.fasta', 'Predict with Options…');
    await quickPickRow(page, /Predict.*about.*free.*fits into memory/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'submit 01 review');
    assert.equal(await quickPickRow(page, 'Preset').count(), 0, 'homology modelling has no presets');
    await pick(page, /Comment/);
    await title('Comment').waitFor({ timeout: STEP_MS });
    await typeQuickly(page, 'of the first evening');
    await page.keyboard.press('Enter');
    await quickPickRow(page, /Comment.*of the first evening/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'submit 02 comment');
    await pick(page, /Predict/);
    await treeRow(page, /ubiquitin.*\d+ · estimated CA-lDDT/).waitFor({ timeout: PREDICTION_MS });
  });

  it('offers the structure of a sequence that was predicted already', async () => {
    await choose(page, 'ubiquitin.fasta', 'Predict Structure…');
    await title('This sequence has been predicted already').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'submit 03 known');
    await pick(page, /Open the structure/);
    await editorTab(page, 'ubiquitin').waitFor({ timeout: STEP_MS });
  });

  it('leads forth to what could be left alone, and back', async () => {
    await choose(page, 'hemoglobin-tetramer.fasta', 'Predict Structure…');
    await title('The file has several records').waitFor({ timeout: STEP_MS });
    await page.locator('.quick-input-widget').getByLabel('More options…').click();
    await title('(2/2)').waitFor({ timeout: STEP_MS });
    await quickPickRow(page, /Predict 4 Structures.*the longest.*free/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'submit 04 several');
    await page.locator('.quick-input-widget').getByLabel('Back (').click();
    await title('The file has several records').waitFor({ timeout: STEP_MS });
    await page.keyboard.press('Escape');
    await title('The file has several records').waitFor({ state: 'hidden', timeout: STEP_MS });
  });

  it('asks nothing when the settings of last time are taken', async () => {
    await choose(page, 'crambin.fa.gz', 'Predict with Last Settings');
    // In the Jobs view, which opens; the file itself is a row of the explorer.
    await page.locator('.sidebar').getByText('Foldpad: Jobs').waitFor({ timeout: STEP_MS });
    await treeRow(page, /crambin.*\d+ · estimated CA-lDDT/).waitFor({ timeout: PREDICTION_MS });
    await screenshot(page, 'submit 05 last settings');
  });
});
