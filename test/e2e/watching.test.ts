import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { needsEngine } from '../support/engine.ts';
import { vsixFile } from '../support/package.ts';
import {
  chooseInContextMenu,
  clickViewTitle,
  explorerRow,
  openWorkbench,
  pick,
  runCommandNamed,
  screenshot,
  showContainer,
  treeRow,
  typeQuickly,
} from '../support/workbench.ts';

const EXAMPLES = path.join(ROOT, 'examples');
const STEP_MS = 60_000;
const PREDICTION_MS = 300_000;

describe('watching jobs', function () {
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

  async function predict(file: string): Promise<void> {
    await page.keyboard.press('Control+Shift+E');
    await explorerRow(page, file).waitFor({ timeout: STEP_MS });
    await chooseInContextMenu(page, explorerRow(page, file), 'Predict Structure…');
  }

  it('shows why jobs wait and what the running one does', async () => {
    await predict('hemoglobin-tetramer.fasta');
    await pick(page, /4 predictions/);
    await treeRow(page, /places of this machine are taken/)
      .first()
      .waitFor({ timeout: STEP_MS });
    await treeRow(page, /places of this machine are taken/)
      .last()
      .click();
    await treeRow(page, /It starts by itself/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'watching 1 waiting');
  });

  it('groups jobs by status, and remembers it when the window is reloaded', async () => {
    await runCommandNamed(page, 'Foldpad: Group Jobs…');
    await pick(page, /Group by status/);
    await treeRow(page, /^\s*Succeeded/).waitFor({ timeout: PREDICTION_MS });
    await screenshot(page, 'watching 2 groups');
    await openWorkbench(page, editor.url);
    await showContainer(page, 'Foldpad');
    await treeRow(page, /^\s*Succeeded/).waitFor({ timeout: STEP_MS });
  });

  it('finds jobs by words while one types, and says so above the list', async () => {
    await clickViewTitle(page, 'Search Jobs…');
    await typeQuickly(page, 'nothing-is-called-so');
    await page.locator('.sidebar').getByText('No job matches').waitFor({ timeout: STEP_MS });
    await typeQuickly(page, 'tetramer.fasta');
    await page
      .locator('.sidebar')
      .getByText(/Shown: “tetramer\.fasta” \(4 of 4\)/)
      .waitFor({ timeout: STEP_MS });
    await screenshot(page, 'watching 3 search');
    await page.keyboard.press('Enter');
    await runCommandNamed(page, 'Foldpad: Group Jobs…');
    await pick(page, /Group by file/);
    await treeRow(page, /^\s*hemoglobin-tetramer\.fasta/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'watching 4 by file');
  });

  it('compares times with what was estimated', async () => {
    await treeRow(page, /\d+ · estimated CA-lDDT/)
      .first()
      .click({ timeout: PREDICTION_MS });
    await treeRow(page, /Run time.*estimated/)
      .first()
      .waitFor({ timeout: STEP_MS });
    await screenshot(page, 'watching 5 times');
  });

  it('opens the whole log as a document that folds', async () => {
    await chooseInContextMenu(page, treeRow(page, /\d+ · estimated CA-lDDT/).first(), 'Open Full Log');
    const text = page.locator('.editor-instance .view-lines');
    await text
      .getByText(/predict.·.run/)
      .first()
      .waitFor({ timeout: STEP_MS });
    await runCommandNamed(page, 'Fold All');
    await text.locator('.view-line').nth(4).waitFor({ state: 'detached', timeout: STEP_MS });
    await text.getByText(/End.of.the.log/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'watching 6 folded log');
  });
});
