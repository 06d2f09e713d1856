// The editor on the AWS backend, as it is deployed into the emulator: the same clicks as with the local backend.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { type EditorPlatform, startEditorPlatform } from '../support/editorPlatform.ts';
import { needsEngine } from '../support/engine.ts';
import { miniStackMissing } from '../support/miniStack.ts';
import { vsixFile } from '../support/package.ts';
import { colouredPixels } from '../support/pixels.ts';
import {
  answerDialog,
  chooseInContextMenu,
  clickInline,
  explorerRow,
  openWorkbench,
  pick,
  runCommandNamed,
  screenshot,
  showContainer,
  statusItem,
  treeRow,
  typeQuickly,
  waitForOutput,
} from '../support/workbench.ts';

const EXAMPLES = path.join(ROOT, 'examples');
const PREDICTION_MS = 300_000;
const STEP_MS = 90_000;
/** More than legend, buttons and text of the page have together. */
const DRAWN_PIXELS = 12_000;

/** The input box that is open, by its title. */
async function fill(page: Page, title: string, text: string): Promise<void> {
  await page.locator('.quick-input-title').getByText(title).waitFor({ timeout: STEP_MS });
  await typeQuickly(page, text);
  await page.keyboard.press('Enter');
}

/** Submits a file to the queue `cpu`, and confirms it where the editor shows once more what it costs. */
async function predict(page: Page, file: string, job: RegExp): Promise<void> {
  await page.keyboard.press('Control+Shift+E');
  await explorerRow(page, file).waitFor({ timeout: STEP_MS });
  await chooseInContextMenu(page, explorerRow(page, file), 'Predict Structure…');
  const title = page.locator('.quick-input-title');
  await title.getByText('Where should it run?').waitFor({ timeout: STEP_MS });
  // Further down than the list is long.
  await typeQuickly(page, 'cpu');
  await pick(page, /^\W*cpu(?!-)/);
  const deadline = Date.now() + STEP_MS;
  while (!(await treeRow(page, job).first().isVisible())) {
    assert.ok(Date.now() < deadline, 'the job is not in the list');
    const shown = await title.textContent({ timeout: 500 }).catch(() => '');
    const isOpen = await page.locator('.quick-input-widget').isVisible();
    if (isOpen && shown && !shown.includes('Where should it run?')) await page.keyboard.press('Enter');
    await delay(500);
  }
}

async function drawnPixels(page: Page): Promise<number> {
  const frame = page.locator('iframe.webview:visible').first();
  await frame.waitFor({ timeout: STEP_MS });
  const deadline = Date.now() + STEP_MS;
  for (;;) {
    const pixels = colouredPixels(await frame.screenshot());
    if (pixels > DRAWN_PIXELS || Date.now() > deadline) return pixels;
    await delay(1000);
  }
}

describe('the editor on the AWS backend', function () {
  this.timeout(PREDICTION_MS + 2 * STEP_MS);
  let rehearsal: EditorPlatform;
  let editor: Editor;
  let browser: Browser;
  let page: Page;
  let key: string;

  before(async function () {
    needsEngine(this);
    const missing = miniStackMissing();
    if (missing !== undefined) {
      console.log(`      skipped: ${missing}`);
      this.skip();
    }
    rehearsal = await startEditorPlatform();
    key = await rehearsal.newKey('Ada Lovelace');
    editor = await startEditor({ workspace: EXAMPLES, vsix: [await vsixFile()] });
    browser = await openBrowser();
    ({ page } = browser);
    await openWorkbench(page, editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    await rehearsal?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && page) await screenshot(page, `failed aws ${this.currentTest.title}`);
  });

  it('is told address and key, refuses a wrong one, and keeps the key out of the settings', async () => {
    await showContainer(page, 'Foldpad');
    await runCommandNamed(page, 'Foldpad: Connect…', 'Add an Endpoint');
    await fill(page, 'Add an Endpoint (1/3)', rehearsal.url);
    await fill(page, 'Add an Endpoint (2/3)', `${key.slice(0, -4)}AAAA`);
    await page.locator('.monaco-dialog-box').getByText('does not accept the key').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'aws 01 wrong key');
    await answerDialog(page, 'Edit Key');
    await fill(page, 'Add an Endpoint (2/3)', key);
    await fill(page, 'Add an Endpoint (3/3)', 'AWS');
    // The key is tried before anything is changed.
    const deadline = Date.now() + STEP_MS;
    const file = path.join(editor.home, 'data', 'User', 'settings.json');
    let settings = '';
    while (!settings.includes('"foldpad.profile"')) {
      assert.ok(Date.now() < deadline, settings);
      await delay(250);
      settings = await readFile(file, 'utf8');
    }
    await page.locator('.sidebar').getByText('No predictions yet').waitFor({ timeout: STEP_MS });
    await statusItem(page, 'Foldpad').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'aws 02 connected');
    assert.match(settings, /"foldpad\.profile": "AWS"/);
    assert.ok(settings.includes(rehearsal.url));
    assert.ok(!settings.includes(key.slice(-43)));
  });

  it('submits to a queue of the deployment and watches the job succeed', async () => {
    await predict(page, 'hemoglobin-beta.fasta', /hemoglobin-beta(?!\.fasta)/);
    await screenshot(page, 'aws 03 submitted');
    await treeRow(page, /hemoglobin-beta.*\d+ · estimated CA-lDDT/).waitFor({ timeout: PREDICTION_MS });
    await screenshot(page, 'aws 04 succeeded');
  });

  it('shows the log that Batch kept', async () => {
    await clickInline(page, treeRow(page, 'hemoglobin-beta').first(), 'Show Log');
    await waitForOutput(page, /hemoglobin-beta SUCCEEDED/, STEP_MS);
    await screenshot(page, 'aws 05 log');
    await page.keyboard.press('Control+J');
  });

  it('opens the structure, fetched through the redirect', async () => {
    await clickInline(page, treeRow(page, 'hemoglobin-beta').first(), 'Open Structure');
    const pixels = await drawnPixels(page);
    await screenshot(page, 'aws 06 structure');
    assert.ok(pixels > DRAWN_PIXELS, `${pixels} coloured pixels`);
  });

  it('cancels a job', async () => {
    await predict(page, 'ubiquitin.fasta', /ubiquitin(?!\.fasta)/);
    await clickInline(page, treeRow(page, /ubiquitin/).first(), 'Cancel');
    await treeRow(page, /ubiquitin.*Cancelled/).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'aws 07 cancelled');
  });

  it('deletes a job with its results', async () => {
    await clickInline(page, treeRow(page, 'hemoglobin-beta').first(), 'Delete…');
    await answerDialog(page, 'Delete');
    await treeRow(page, 'hemoglobin-beta').waitFor({ state: 'detached', timeout: STEP_MS });
    await screenshot(page, 'aws 08 deleted');
    const { jobs } = await rehearsal.client(key).list();
    assert.deepEqual(
      jobs.map(({ status }) => status),
      ['CANCELLED'],
    );
  });
});
