// What every user does, step by step, in whichever language and on whichever backend.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { structureDrawn } from './drawnStructure.ts';
import type { Editor } from './editor.ts';
import type { Words } from './words.ts';
import {
  answerDialog,
  chooseInContextMenu,
  clickInline,
  clickViewTitle,
  explorerRow,
  pick,
  pressInNotification,
  quickPickRow,
  runCommandNamed,
  screenshot,
  showContainer,
  statusItem,
  treeRow,
  typeQuickly,
  waitForOutput,
  webview,
} from './workbench.ts';

const STEP_MS = 90_000;
const PREDICTION_MS = 300_000;
/** More than legend, buttons and text of the viewer's page have together. */
const DRAWN_PIXELS = 12_000;

/** Where a walk takes place. */
export interface Stage {
  readonly editor: Editor;
  readonly page: Page;
  readonly words: Words;
  /** The queue that is chosen; undefined where there is but one, and nobody is asked. */
  readonly queue?: string;
  /** Names the pictures of the screen. */
  readonly name: string;
}

const shot = ({ page, name }: Stage, what: string): Promise<string> => screenshot(page, `${name} ${what}`);

/** A job's row; its file in the explorer is called nearly the same. */
const jobRow = (page: Page, job: string, text = ''): Locator =>
  treeRow(page, new RegExp(`${job}(?!\\.fasta)[^]*${text}`)).first();

/** All words that a part of the screen shows, and those that it tells screen readers. */
export async function textsIn(part: Locator): Promise<string[]> {
  return part.evaluateAll((roots) =>
    roots.flatMap((root) => {
      const texts: string[] = [];
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      for (let node: Node | null = root; node; node = walker.nextNode()) {
        if (node instanceof Element) {
          for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext', 'aria-roledescription']) {
            texts.push(node.getAttribute(name) ?? '');
          }
        } else if (!['SCRIPT', 'STYLE'].includes(node.parentElement?.tagName ?? '')) texts.push(node.textContent ?? '');
      }
      return texts.map((text) => text.trim()).filter((text) => text !== '');
    }),
  );
}

/** Nothing that the part shows was left in English. */
export async function assertTranslated({ words }: Stage, part: Locator): Promise<void> {
  const texts = await textsIn(part);
  assert.ok(texts.length > 0, 'the part of the screen shows something');
  assert.deepEqual(words.leftInEnglish(texts), []);
}

/** Adds an AWS endpoint, mistyping its key first. */
export async function connect(stage: Stage, url: string, key: string): Promise<void> {
  const { page, words, editor } = stage;
  const fill = async (step: number, text: string): Promise<void> => {
    const title = words.t('Add an Endpoint ({0}/3)', step);
    await page.locator('.quick-input-title').getByText(title).waitFor({ timeout: STEP_MS });
    await typeQuickly(page, text);
    await page.keyboard.press('Enter');
  };
  await showContainer(page, 'Foldpad');
  await runCommandNamed(page, `Foldpad: ${words.t('Connect…')}`, words.t('Add an Endpoint…'));
  await fill(1, url);
  await fill(2, `${key.slice(0, -4)}AAAA`);
  const refused = page.locator('.monaco-dialog-box').getByText(words.pattern('{0} does not accept the key.'));
  await refused.first().waitFor({ timeout: STEP_MS });
  await shot(stage, '01 wrong key');
  await answerDialog(page, words.t('Edit Key'));
  await fill(2, key);
  await fill(3, 'AWS');
  // The key is tried before anything is changed.
  const file = path.join(editor.home, 'data', 'User', 'settings.json');
  let settings = '';
  for (const deadline = Date.now() + STEP_MS; !settings.includes('"foldpad.profile"'); await delay(250)) {
    assert.ok(Date.now() < deadline, settings);
    settings = await readFile(file, 'utf8');
  }
  await statusItem(page, 'Foldpad').waitFor({ timeout: STEP_MS });
  await shot(stage, '02 connected');
  assert.match(settings, /"foldpad\.profile": "AWS"/);
  assert.ok(settings.includes(url));
  assert.ok(!settings.includes(key.slice(-43)), 'the key is in no settings');
}

/**
 * Submits a file by its menu in the explorer, answers what is asked, and confirms what it costs where that is shown.
 *
 * @param records what several records of the file are: a row of the question
 */
export async function predictFile(stage: Stage, file: string, job: string, records?: RegExp): Promise<void> {
  const { page, words, queue } = stage;
  await page.keyboard.press('Control+Shift+E');
  await explorerRow(page, file).waitFor({ timeout: STEP_MS });
  await chooseInContextMenu(page, explorerRow(page, file), words.t('Predict Structure…'));
  if (records) await pick(page, records);
  const title = page.locator('.quick-input-title');
  const where = words.t('Where should it run?');
  if (queue !== undefined) {
    await title.getByText(where).waitFor({ timeout: STEP_MS });
    // Further down than the list is long.
    await typeQuickly(page, queue);
    await shot(stage, `03 queues for ${file}`);
    await pick(page, new RegExp(`^\\W*${queue}(?!-)`));
  }
  for (const deadline = Date.now() + STEP_MS; !(await jobRow(page, job).isVisible()); await delay(500)) {
    assert.ok(Date.now() < deadline, 'the job is not in the list');
    const shown = await title.textContent({ timeout: 500 }).catch(() => '');
    const isOpen = await page.locator('.quick-input-widget').isVisible();
    if (isOpen && shown && !shown.includes(where)) await page.keyboard.press('Enter');
  }
}

/** Watches a job from its progress to its confidence. */
export async function watch(stage: Stage, job: string): Promise<void> {
  const { page, words } = stage;
  await jobRow(page, job, '\\d+ ?%').waitFor({ timeout: PREDICTION_MS });
  await shot(stage, '04 running');
  await jobRow(page, job, `\\d+ · ${words.t('estimated CA-lDDT')}`).waitFor({ timeout: PREDICTION_MS });
  await assertTranslated(stage, page.locator('.sidebar .monaco-list-row'));
  await shot(stage, '05 succeeded');
}

/** Reads the log of a job to its end. */
export async function readLog(stage: Stage, job: string): Promise<void> {
  const { page, words } = stage;
  await clickInline(page, jobRow(page, job), words.t('Show Log'));
  await waitForOutput(page, new RegExp(`${job} SUCCEEDED`), STEP_MS);
  await shot(stage, '06 log');
  await page.keyboard.press('Control+J');
}

/** Opens the structure where the editor tells of its end, and waits until it is drawn. */
export async function openStructure(stage: Stage, job: string): Promise<void> {
  const { page, words } = stage;
  const told = new RegExp(`${job}: ${words.t('estimated CA-lDDT')} \\d+`);
  await pressInNotification(page, told, words.t('Open Structure'));
  await structureDrawn(page, STEP_MS, DRAWN_PIXELS);
  await shot(stage, '07 structure');
  const inside = webview(page);
  assert.equal(await inside.locator('html').getAttribute('lang'), words.language);
  await inside.locator('.legend').getByText(words.t('Estimated CA-lDDT')).waitFor({ timeout: STEP_MS });
  await assertTranslated(stage, inside.locator('#viewer'));
}

/** Saves all files of a result into a folder. */
export async function saveResults(stage: Stage, job: string, folder: string): Promise<void> {
  const { page, words } = stage;
  await chooseInContextMenu(page, jobRow(page, job), words.t('Save Results As…'));
  await page.locator('.quick-input-title').getByText(words.t('Save Results')).waitFor({ timeout: STEP_MS });
  // The dialog puts the folder that it begins with into its input when it has read it, over what was typed before.
  await quickPickRow(page, '..').waitFor({ timeout: STEP_MS });
  await typeQuickly(page, `${folder}/`);
  const save = page.locator('.quick-input-widget .monaco-button').filter({ hasText: words.t('Save Here') });
  await save.click({ timeout: STEP_MS });
  const done = page.locator('.notification-toast').filter({ hasText: words.pattern('The results are saved in {0}.') });
  await done.waitFor({ timeout: STEP_MS });
  await shot(stage, '08 saved');
  const files = await readdir(path.join(folder, job), { recursive: true });
  const pdb = files.find((file) => file.endsWith('.pdb'));
  assert.ok(pdb, files.join());
  assert.ok((await stat(path.join(folder, job, pdb))).size > 10_000);
}

/** Four jobs at once are more than run at the same time: the others say why they wait. Cancels one of them, then all. */
export async function waitAndCancel(stage: Stage): Promise<void> {
  const { page, words, queue } = stage;
  await predictFile(
    stage,
    'hemoglobin-tetramer.fasta',
    'alpha_1',
    words.pattern('$(list-unordered) {0} predictions, one for each chain'),
  );
  const reason =
    queue === undefined
      ? words.pattern('Waiting, next in line: {0} of {1} places of this machine are taken')
      : words.pattern('Waiting for a free machine of queue {0}; starting one takes a few minutes');
  const waiting = treeRow(page, reason).first();
  await waiting.waitFor({ timeout: STEP_MS });
  await shot(stage, '09 waiting');
  await assertTranslated(stage, page.locator('.sidebar .monaco-list-row'));
  await clickInline(page, waiting, words.t('Cancel'));
  await treeRow(page, words.t('Cancelled')).first().waitFor({ timeout: STEP_MS });
  await clickViewTitle(page, words.t('Cancel All Jobs…'));
  await answerDialog(page, words.t('Cancel All'));
  await statusItem(page, /^\s*Foldpad( \(AWS\))?\s*$/).waitFor({ timeout: STEP_MS });
  await shot(stage, '10 cancelled');
}

/** Deletes a job with its results, after being asked. */
export async function deleteJob(stage: Stage, job: string): Promise<void> {
  const { page, words } = stage;
  await clickInline(page, jobRow(page, job), words.t('Delete…'));
  await answerDialog(page, words.t('Delete'));
  await jobRow(page, job).waitFor({ state: 'detached', timeout: STEP_MS });
  await shot(stage, '11 deleted');
}
