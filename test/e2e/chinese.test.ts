// The local backend in a Chinese editor: the walks that need no more than the words, and what only the editor says.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { needsEngine } from '../support/engine.ts';
import { vsixFile } from '../support/package.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import * as walk from '../support/walks.ts';
import { Words } from '../support/words.ts';
import {
  editorTab,
  openWorkbench,
  pick,
  quickPickRow,
  runCommandNamed,
  screenshot,
  showContainer,
  treeRow,
} from '../support/workbench.ts';

const STEP_MS = 60_000;
const words = new Words('zh-cn');

/** The line of the editor that begins with a text. */
function line(page: Page, text: string): Locator {
  return page.locator('.editor-instance .view-line').filter({ hasText: text }).first();
}

describe('the editor in Chinese', function () {
  this.timeout(300_000);
  const { folder, remove } = temporaryFolder();
  let editor: Editor;
  let browser: Browser;
  let page: Page;
  let stage: walk.Stage;

  before(async function () {
    needsEngine(this);
    editor = await startEditor({
      workspace: path.join(ROOT, 'examples'),
      language: words.language,
      vsix: [await vsixFile()],
    });
    browser = await openBrowser();
    ({ page } = browser);
    stage = { editor, page, words, name: 'zh' };
    await openWorkbench(page, editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    remove();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && page) await screenshot(page, `failed zh ${this.currentTest.title}`);
  });

  it('invites to a first prediction', async () => {
    await showContainer(page, 'Foldpad');
    const welcome = page.locator('.sidebar .welcome-view-content');
    await welcome.getByText(words.t('Open Example…')).waitFor({ timeout: STEP_MS });
    await walk.assertTranslated(stage, welcome);
    await screenshot(page, 'zh 00 welcome');
  });

  it('says what is wrong with an example, and what to do', async () => {
    await runCommandNamed(page, `Foldpad: ${words.t('Open Example…')}`);
    await quickPickRow(page, words.t('Mistakes')).waitFor({ timeout: STEP_MS });
    await walk.assertTranslated(stage, page.locator('.quick-input-list .monaco-list-row'));
    await pick(page, words.t('Mistakes'));
    await editorTab(page, 'mistakes.fasta').waitFor({ timeout: STEP_MS });
    await page.keyboard.press('Control+Shift+M');
    const problems = page.locator('.markers-panel .monaco-list-row .marker-message-line');
    await problems.first().waitFor({ timeout: STEP_MS });
    const texts = await problems.allInnerTexts();
    assert.ok(texts.length >= 3 && texts.every((text) => /\p{Script=Han}/u.test(text)), texts.join('\n'));
    assert.deepEqual(words.leftInEnglish(texts), []);
    await screenshot(page, 'zh 01 problems');
    await page.keyboard.press('Control+J');
  });

  it('tells of a record what it is and what its prediction takes', async () => {
    await runCommandNamed(page, `Foldpad: ${words.t('Open Example…')}`, words.t('Ubiquitin'));
    await editorTab(page, 'ubiquitin.fasta').waitFor({ timeout: STEP_MS });
    const lens = page.locator('.editor-instance .codelens-decoration a');
    await lens
      .filter({ hasText: words.t('Predict') })
      .first()
      .waitFor({ timeout: STEP_MS });
    await line(page, 'MQIFVKTLTG').hover({ position: { x: 30, y: 8 } });
    const hover = page.locator('.monaco-hover .hover-contents');
    await hover.getByText(words.pattern('mass {0} kDa')).first().waitFor({ timeout: STEP_MS });
    await hover.getByText(words.t('fits into memory')).first().waitFor({ timeout: STEP_MS });
    await walk.assertTranslated(stage, hover);
    await screenshot(page, 'zh 02 hover');
    await page.keyboard.press('Escape');
  });

  it('watches a prediction to its structure, and speaks Chinese in the viewer too', async () => {
    await walk.predictFile(stage, 'hemoglobin-beta.fasta', 'hemoglobin-beta');
    await walk.watch(stage, 'hemoglobin-beta');
    await walk.openStructure(stage, 'hemoglobin-beta');
  });

  it('shows the log, and saves the results', async () => {
    await walk.readLog(stage, 'hemoglobin-beta');
    await mkdir(path.join(folder, 'zh'));
    await walk.saveResults(stage, 'hemoglobin-beta', path.join(folder, 'zh'));
  });

  it('tells all that it knows of a job', async () => {
    await treeRow(page, 'hemoglobin-beta').first().click();
    await treeRow(page, words.t('Details')).click();
    await treeRow(page, words.t('Job id')).waitFor({ timeout: STEP_MS });
    await walk.assertTranslated(stage, page.locator('.sidebar .monaco-list-row'));
    await treeRow(page, 'hemoglobin-beta').first().hover();
    const tooltip = page.locator('.monaco-hover .hover-contents');
    await tooltip.getByText(words.t('Run time')).first().waitFor({ timeout: STEP_MS });
    await walk.assertTranslated(stage, tooltip);
    await screenshot(page, 'zh 03 details');
    await treeRow(page, 'hemoglobin-beta').first().click();
  });

  it('says why jobs wait, and cancels and deletes', async () => {
    await walk.waitAndCancel(stage);
    await walk.deleteJob(stage, 'hemoglobin-beta');
  });
});
