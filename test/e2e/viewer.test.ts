import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { PNG } from 'pngjs';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import { experimentalPdb, fourBands, pdbText, REMARK } from '../support/structureFiles.ts';
import {
  chooseInContextMenu,
  explorerRow,
  openWorkbench,
  quickPickRow,
  runCommandNamed,
  screenshot,
  webview,
} from '../support/workbench.ts';

const MODEL = 'model[1].PDB';
const WAIT = { timeout: 90_000 };

describe('the structure viewer in a real VS Code', function () {
  this.timeout(300_000);
  let workspace: string;
  let editor: Editor;
  let browser: Browser;
  const complaints: string[] = [];

  const page = () => browser.page;
  const viewer = (): FrameLocator => webview(page());
  const canvas = (description: RegExp) => viewer().getByRole('application', { name: description });

  before(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), 'foldpad-viewer-'));
    await writeFile(path.join(workspace, MODEL), pdbText([REMARK], fourBands));
    editor = await startEditor({ workspace, vsix: [await vsixFile()] });
    browser = await openBrowser();
    page().on('console', (message) => {
      if (/Content Security Policy/.test(message.text()) && /viewer|vscode-webview/.test(message.location().url)) {
        complaints.push(message.text());
      }
    });
    await openWorkbench(page(), editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    await rm(workspace, { recursive: true, force: true });
  });

  it('opens a file from the explorer and draws it under the page’s own policy', async () => {
    await chooseInContextMenu(page(), explorerRow(page(), MODEL), 'Open in Structure Viewer');
    await canvas(/140 residues.*drawn as cartoon, coloured by Estimated CA-lDDT, mean 66\.3/).waitFor(WAIT);
    await viewer()
      .locator('.overlay')
      .waitFor({ state: 'hidden', ...WAIT });
    await screenshot(page(), 'viewer-in-vscode');
  });

  it('computes a surface in a worker', async () => {
    await viewer().getByRole('radio', { name: 'Surface' }).check();
    await canvas(/drawn as surface/).waitFor(WAIT);
    await viewer()
      .locator('.overlay')
      .waitFor({ state: 'hidden', ...WAIT });
    await screenshot(page(), 'viewer-in-vscode-surface');
  });

  it('remembers what was chosen over a reload of the window', async () => {
    await viewer().getByRole('combobox', { name: 'Colour' }).selectOption('chain');
    await canvas(/drawn as surface, coloured by Chain/).waitFor(WAIT);
    // The editor writes down what its pages remember when it closes the window itself.
    await Promise.all([page().waitForEvent('load', WAIT), runCommandNamed(page(), 'Developer: Reload Window')]);
    await canvas(/drawn as surface, coloured by Chain/).waitFor(WAIT);
    await viewer().getByRole('radio', { name: 'Cartoon' }).check();
  });

  it('saves a picture where the user says', async () => {
    await viewer().getByTitle('Save a picture in high resolution').click();
    await viewer().getByRole('button', { name: 'Save…', exact: true }).click();
    const target = path.join(workspace, 'picture.png');
    const input = page().locator('.quick-input-widget input').and(page().locator(':visible')).first();
    // The dialog puts what it begins with into its input when it has read the folder, over what was typed before.
    await quickPickRow(page(), '..').waitFor(WAIT);
    await input.fill(target);
    await page().locator('.quick-input-widget').getByText('OK', { exact: true }).click();
    await viewer().getByText('Saved picture.png.').waitFor(WAIT);
    const { width, height, data } = PNG.sync.read(await readFile(target));
    assert.ok(width > 500 && height > 300);
    assert.ok(
      data.some((value, index) => index % 4 === 0 && value < 100),
      'something is drawn',
    );
  });

  it('shows the file anew when it changes on disk, and keeps it with a word when it is deleted', async () => {
    await writeFile(path.join(workspace, MODEL), experimentalPdb());
    await canvas(/140 residues · 1104 atoms.*coloured by Chain/).waitFor(WAIT);
    await rm(path.join(workspace, MODEL));
    await viewer().getByText('was deleted on disk').waitFor(WAIT);
  });

  it('never broke a policy', () => {
    assert.deepEqual(complaints, []);
  });
});
