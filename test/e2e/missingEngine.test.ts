import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import {
  chooseInContextMenu,
  explorerRow,
  notification,
  openWorkbench,
  screenshot,
  showContainer,
  statusItem,
} from '../support/workbench.ts';

const STEP_MS = 90_000;

describe('a machine without the engine', function () {
  this.timeout(4 * STEP_MS);
  let editor: Editor;
  let browser: Browser;
  let page: Page;

  before(async () => {
    // The engine's Python is looked for here; nothing else of the machine is changed.
    const env = { FOLDPAD_PYTHON: '/nowhere/python3' };
    editor = await startEditor({ workspace: path.join(ROOT, 'examples'), vsix: [await vsixFile()], env });
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

  it('is told what is missing and how to get it', async () => {
    await showContainer(page, 'Foldpad');
    await page.locator('.sidebar').getByText('Install the Homology Engine…').waitFor({ timeout: STEP_MS });
    await statusItem(page, 'Foldpad: engine missing').waitFor({ timeout: STEP_MS });
    await screenshot(page, '20 engine missing');
  });

  it('is not promised a prediction', async () => {
    await page.keyboard.press('Control+Shift+E');
    await chooseInContextMenu(page, explorerRow(page, 'ubiquitin.fasta'), 'Predict Structure…');
    await notification(page, /Nothing was submitted/).waitFor({ timeout: STEP_MS });
    await screenshot(page, '21 nothing submitted');
  });
});
