import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, type EditorOptions, startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import {
  answerDialog,
  chooseInContextMenu,
  explorerRow,
  notification,
  openWorkbench,
  pressInNotification,
  screenshot,
  showContainer,
  statusItem,
} from '../support/workbench.ts';

const STEP_MS = 90_000;

interface Trouble {
  readonly title: string;
  readonly environment?: Partial<EditorOptions>;
  /** A button of the empty view. */
  readonly offered: string;
  readonly status: string;
  /** What the attempt to predict says. */
  readonly said: RegExp;
  readonly button: string;
}

/** Nothing of the machine is changed: the extension is only told to look where nothing is. */
const TROUBLES: readonly Trouble[] = [
  {
    title: 'engine missing',
    environment: {
      env: { FOLDPAD_PYTHON: '/nowhere/python3' },
      // Drawn as text, which can be read.
      settings: { 'terminal.integrated.gpuAcceleration': 'off' },
    },
    offered: 'Install the Homology Engine…',
    status: 'Foldpad: engine missing',
    said: /Nothing was submitted/,
    button: 'Install the Engine…',
  },
  {
    title: 'backend cannot start',
    environment: { machineSettings: { 'foldpad.local.dataDirectory': '/dev/null/foldpad' } },
    offered: 'Try Again',
    status: 'Foldpad: not connected',
    said: /\/dev\/null\/foldpad/,
    button: 'Try Again',
  },
  {
    title: 'key needed',
    // As an earlier version of the extension kept it.
    environment: { settings: { 'foldpad.connection': 'remote', 'foldpad.remote.url': 'https://foldpad.invalid' } },
    offered: 'Connect…',
    status: 'Foldpad (foldpad.invalid): not connected',
    said: /no key for https:\/\/foldpad\.invalid/,
    button: 'Connect…',
  },
];

for (const { title, environment, offered, status, said, button } of TROUBLES) {
  describe(`when something is wrong: ${title}`, function () {
    this.timeout(4 * STEP_MS);
    let editor: Editor;
    let browser: Browser;
    let page: Page;

    before(async () => {
      const workspace = path.join(ROOT, 'examples');
      editor = await startEditor({ workspace, vsix: [await vsixFile()], ...environment });
      browser = await openBrowser();
      ({ page } = browser);
      await openWorkbench(page, editor.url);
    });

    after(async () => {
      await browser?.close();
      await editor?.stop();
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed' && page) await screenshot(page, `failed ${title}`);
    });

    it('the empty view says so and offers help', async () => {
      await showContainer(page, 'Foldpad');
      await page.locator('.sidebar .monaco-button').getByText(offered).waitFor({ timeout: STEP_MS });
      await statusItem(page, status).waitFor({ timeout: STEP_MS });
      await screenshot(page, `2 ${title}`);
    });

    it('no prediction is promised, and the message leads on', async () => {
      await page.keyboard.press('Control+Shift+E');
      await chooseInContextMenu(page, explorerRow(page, 'ubiquitin.fasta'), 'Predict Structure…');
      await notification(page, said).waitFor({ timeout: STEP_MS });
      // Let it fade in, for those who look at the picture.
      await notification(page, said)
        .locator('.monaco-button')
        .filter({ hasText: button })
        .waitFor({ timeout: STEP_MS });
      await page.waitForTimeout(500);
      await screenshot(page, `2 ${title} predict`);
      await pressInNotification(page, said, button);
    });

    if (title === 'engine missing') {
      it('the line that installs the engine stands ready in a terminal', async () => {
        const dialog = page.locator('.monaco-dialog-box');
        await dialog.getByText('sudo apt-get install').waitFor({ timeout: STEP_MS });
        await screenshot(page, '2 engine install');
        await answerDialog(page, 'Open Terminal');
        const terminal = page.locator('.terminal-wrapper .xterm-rows');
        await terminal.filter({ hasText: 'apt-get install' }).waitFor({ timeout: STEP_MS });
        await screenshot(page, '2 engine terminal');
      });
    }
  });
}
