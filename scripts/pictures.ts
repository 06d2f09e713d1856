// node scripts/pictures.ts: takes the pictures of the README anew, in a real VS Code with the packaged extension,
// the engine of this machine and, for the queues, a backend that starts nothing. What is shown has been predicted.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from '../test/support/browser.ts';
import { startEditor } from '../test/support/editor.ts';
import { startGpuBackend } from '../test/support/gpuBackend.ts';
import { vsixFile } from '../test/support/package.ts';
import {
  chooseInContextMenu,
  clickInline,
  explorerRow,
  openWorkbench,
  pick,
  quickPickRow,
  runCommandNamed,
  statusItem,
  treeRow,
  typeQuickly,
  webview,
} from '../test/support/workbench.ts';
import { isMain, ROOT } from './lib/paths.ts';
import { formatSize, messageOf } from './lib/say.ts';

const FOLDER = path.join(ROOT, 'docs', 'images');
const VIEWPORT = { width: 1180, height: 740 };
/** Bytes; a README with its pictures should open at once. */
const LIMIT = 150_000;
const QUALITY = 82;
const PREDICTION_MS = 300_000;
const STEP_MS = 90_000;
/** For the drawing of a structure, by the processor alone, and for what moves into place. */
const DRAWING_MS = 6_000;
/** Messages lie over what is to be seen. */
const SETTINGS = { 'foldpad.notifications.jobEnded': false };
/** In a row of the list: away from the buttons that appear at its end. */
const ON_NAME = { x: 80, y: 11 };
const FILES = ['hemoglobin-beta.fasta', 'hemoglobin-tetramer.fasta', 'lysozyme.fasta', 'ubiquitin.fasta'];

async function take(page: Page, name: string): Promise<void> {
  const file = path.join(FOLDER, `${name}.jpg`);
  // Nothing is to light up under the mouse.
  await page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height - 4);
  await page.waitForTimeout(500);
  await page.screenshot({ path: file, type: 'jpeg', quality: QUALITY });
  const { size } = statSync(file);
  console.log(`${path.relative(ROOT, file)}  ${formatSize(size)}`);
  if (size > LIMIT) throw new Error(`${name} is ${formatSize(size)}; the limit is ${formatSize(LIMIT)}`);
}

async function predict(page: Page, file: string): Promise<void> {
  await page.keyboard.press('Control+Shift+E');
  await explorerRow(page, file).waitFor({ timeout: STEP_MS });
  await chooseInContextMenu(page, explorerRow(page, file), 'Predict Structure…');
}

/** The list while jobs run and wait, with what one of them does; then structures. */
async function predictAndLook(page: Page): Promise<void> {
  await predict(page, 'lysozyme.fasta');
  await treeRow(page, /lysozyme.*\d+ · estimated CA-lDDT/).waitFor({ timeout: PREDICTION_MS });
  await predict(page, 'hemoglobin-tetramer.fasta');
  await pick(page, /4 predictions/);
  const running = () => treeRow(page, /(alpha|beta)_\d.*%/).first();
  await running().waitFor({ timeout: PREDICTION_MS });
  await clickInline(page, running(), 'Show Log');
  await page.waitForTimeout(1_000);
  await take(page, 'watch');
  await statusItem(page, /job/).waitFor({ state: 'hidden', timeout: PREDICTION_MS });
  await runCommandNamed(page, 'View: Toggle Panel Visibility');
  await clickInline(page, treeRow(page, 'lysozyme').first(), 'Open Structure');
  await webview(page).locator('canvas').first().waitFor({ timeout: STEP_MS });
  await page.waitForTimeout(DRAWING_MS);
  await take(page, 'foldpad');
  await runCommandNamed(page, 'View: Close All Editors');
  const row = (chain: string) => treeRow(page, new RegExp(`${chain}.*\\d+ · estimated CA-lDDT`)).first();
  await row('alpha_1').click({ position: ON_NAME });
  await row('beta_1').click({ position: ON_NAME, modifiers: ['Control'] });
  await chooseInContextMenu(page, row('beta_1'), 'Open Structures Together…');
  await webview(page).locator('canvas').first().waitFor({ timeout: STEP_MS });
  await page.waitForTimeout(DRAWING_MS);
  await take(page, 'compare');
}

async function chooseQueue(page: Page): Promise<void> {
  const backend = await startGpuBackend();
  try {
    const fill = async (question: string, text: string): Promise<void> => {
      await page.locator('.quick-input-title').getByText(question).waitFor({ timeout: STEP_MS });
      await typeQuickly(page, text);
      await page.keyboard.press('Enter');
    };
    await runCommandNamed(page, 'View: Close All Editors');
    await runCommandNamed(page, 'Foldpad: Connect…', 'Add an Endpoint');
    await fill('(1/3)', backend.url);
    await fill('(2/3)', backend.key);
    await fill('(3/3)', 'AWS');
    await statusItem(page, 'Foldpad (AWS)').waitFor({ timeout: STEP_MS });
    await page.keyboard.press('Control+Shift+E');
    await explorerRow(page, 'hemoglobin-beta.fasta').dblclick();
    await predict(page, 'hemoglobin-beta.fasta');
    await quickPickRow(page, /p4.*about.*fits into memory/).waitFor({ timeout: STEP_MS });
    await page.waitForTimeout(1_000);
    await take(page, 'submit');
  } finally {
    backend.stop();
  }
}

async function takePictures(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const parent = mkdtempSync(path.join(tmpdir(), 'foldpad-pictures-'));
  const workspace = path.join(parent, 'proteins');
  mkdirSync(workspace);
  for (const file of FILES) copyFileSync(path.join(ROOT, 'examples', file), path.join(workspace, file));
  const editor = await startEditor({ workspace, vsix: [await vsixFile()], settings: SETTINGS });
  const browser = await openBrowser(VIEWPORT);
  try {
    await openWorkbench(browser.page, editor.url);
    await predictAndLook(browser.page);
    await chooseQueue(browser.page);
  } catch (error) {
    await browser.page.screenshot({ path: path.join(parent, '..', 'foldpad-pictures-failed.png') });
    throw error;
  } finally {
    await browser.close();
    await editor.stop();
    rmSync(parent, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) {
  try {
    await takePictures();
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
