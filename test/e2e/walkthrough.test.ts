import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type Browser, openBrowser } from '../support/browser.ts';
import { structureDrawn } from '../support/drawnStructure.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { needsEngine } from '../support/engine.ts';
import { vsixFile } from '../support/package.ts';
import {
  editorTab,
  notification,
  openWorkbench,
  pressInNotification,
  runCommandNamed,
  screenshot,
  showContainer,
} from '../support/workbench.ts';

const STEP_MS = 60_000;
const PREDICTION_MS = 300_000;

/** A step of the walkthrough on the screen, by its place. */
function step(page: Page, id: string): Locator {
  return page.locator(`.getting-started-step[data-step-id$="#${id}"]`);
}

async function openWalkthrough(page: Page): Promise<void> {
  await runCommandNamed(page, 'Foldpad: Get Started');
  await step(page, 'engine').waitFor({ timeout: STEP_MS });
}

/** Opens a step of the walkthrough and presses a button in it. */
async function press(page: Page, id: string, button: string): Promise<void> {
  await openWalkthrough(page);
  await step(page, id).click();
  await step(page, id).locator('.monaco-button').filter({ hasText: button }).click({ timeout: STEP_MS });
}

async function isDone(page: Page, id: string): Promise<void> {
  const tick = step(page, id).locator('[role="checkbox"][aria-checked="true"]');
  await tick
    .first()
    .waitFor({ timeout: STEP_MS / 2 })
    .catch(async (error: unknown) => {
      await screenshot(page, `first-not-done-${id}`);
      throw error;
    });
}

/** As in docs/first-five-minutes.md: an empty folder, the VSIX, and what the screen says. */
describe('the first five minutes', function () {
  this.timeout(PREDICTION_MS + 3 * STEP_MS);
  let editor: Editor;
  let browser: Browser;
  let page: Page;
  let workspace: string;

  before(async function () {
    needsEngine(this);
    workspace = await mkdtemp(path.join(tmpdir(), 'foldpad-newcomer-'));
    editor = await startEditor({ workspace, vsix: [await vsixFile()] });
    browser = await openBrowser();
    ({ page } = browser);
    await openWorkbench(page, editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('begin in an empty view that says what to do', async () => {
    await showContainer(page, 'Foldpad');
    const link = page.locator('.sidebar .welcome-view-content a').filter({ hasText: 'Get Started' });
    await link.waitFor({ timeout: STEP_MS });
    await screenshot(page, 'first-1-empty');
    await link.click();
    await step(page, 'engine').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'first-2-walkthrough');
  });

  it('go on by checking the machine', async () => {
    await press(page, 'engine', 'Check This Machine');
    await notification(page, 'The engine is installed and ready').waitFor({ timeout: STEP_MS });
    await isDone(page, 'engine');
  });

  it('open an example and predict it', async () => {
    await press(page, 'example', 'Open Ubiquitin');
    await editorTab(page, 'ubiquitin.fasta').waitFor({ timeout: STEP_MS });
    await page.locator('.codelens-decoration a').filter({ hasText: 'Predict' }).first().waitFor({ timeout: STEP_MS });
    await screenshot(page, 'first-3-example');
    await page.locator('.codelens-decoration a').filter({ hasText: 'Predict' }).first().click();
  });

  it('end with the structure', async () => {
    const told = /UBIQUITIN|ubiquitin|1UBQ/;
    const open = notification(page, told).locator('.monaco-button').filter({ hasText: 'Open Structure' });
    await open.waitFor({ timeout: PREDICTION_MS }).catch(async (error: unknown) => {
      await screenshot(page, 'first-4-failed');
      throw error;
    });
    await pressInNotification(page, told, 'Open Structure');
    await structureDrawn(page, STEP_MS);
    await screenshot(page, 'first-4-structure');
    await openWalkthrough(page);
    for (const id of ['engine', 'example', 'predict', 'watch', 'look']) await isDone(page, id);
    await screenshot(page, 'first-5-done');
    assert.equal(
      await step(page, 'elsewhere').locator('[aria-checked="true"]').count(),
      0,
      'nobody connected elsewhere',
    );
  });
});
