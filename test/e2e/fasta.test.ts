import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { needsEngine } from '../support/engine.ts';
import { vsixFile } from '../support/package.ts';
import {
  editorTab,
  endHover,
  notification,
  openText,
  openWorkbench,
  pick,
  pressUntil,
  quickPickRow,
  runCommandNamed,
  screenshot,
  showContainer,
  statusItem,
  treeRow,
  typeQuickly,
} from '../support/workbench.ts';

const STEP_MS = 60_000;
const PREDICTION_MS = 300_000;

const UBIQUITIN = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';
const LYSOZYME =
  'KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL';

/** Good and bad records side by side. */
const MIXED = [
  '; from the course',
  '>sp|P0CG48|UBC_HUMAN Polyubiquitin-C OS=Homo sapiens OX=9606 GN=UBC PE=1 SV=3',
  UBIQUITIN,
  '>4LYZ_1|Chain A|HEN EGG WHITE LYSOZYME|Gallus gallus (9031)',
  LYSOZYME.slice(0, 70),
  LYSOZYME.slice(70),
  '>aligned from an alignment',
  'MKV--LAAGIVGLCAKR.HSDNT*',
  '>seleno [Homo sapiens]',
  'mcaarlaaaaaaaqsvyafsarplaggepvslgslrgkvlliengasluggttvrdytqmnelqrrlgprglvvlgfpcnqfghqenakneeil',
  '>aligned',
  'MKVLAAGIVGLCAKRHSDNTYWEFPQ#LKMNHCASGTVRDEILKFW',
  '',
].join('\n');

/** Writes a FASTA file that VS Code gives to no extension. */
async function writeLarge(file: string): Promise<{ readonly records: number }> {
  const handle = await open(file, 'w');
  const count = 2000;
  let records = 0;
  try {
    for (let bytes = 0; bytes < 54 * 1024 * 1024; ) {
      const parts: string[] = [];
      for (let index = 0; index < count; index++, records++) {
        parts.push(`>r${records} generated\n${`${LYSOZYME.slice(0, 60)}\n`.repeat(5)}`);
      }
      const { bytesWritten } = await handle.write(parts.join(''));
      bytes += bytesWritten;
    }
    await handle.write('>broken\nMK?V\n');
  } finally {
    await handle.close();
  }
  return { records: records + 1 };
}

/** The line of the editor that begins with a text. */
function editorLine(page: Page, text: string | RegExp) {
  return page.locator('.editor-instance .view-line').filter({ hasText: text }).first();
}

function lens(page: Page, text: string | RegExp) {
  return page.locator('.editor-instance .codelens-decoration a').filter({ hasText: text });
}

async function goToRecord(page: Page, words: string): Promise<void> {
  await runCommandNamed(page, 'Foldpad: Go to Record…');
  await page.getByPlaceholder('Part of a name or description').waitFor({ timeout: STEP_MS });
  await typeQuickly(page, words);
}

describe('FASTA as a language', function () {
  this.timeout(STEP_MS * 4);
  let editor: Editor;
  let browser: Browser;
  let page: Page;
  let workspace: string;
  let largeRecords = 0;

  before(async function () {
    this.timeout(STEP_MS * 8);
    workspace = await mkdtemp(path.join(tmpdir(), 'foldpad-fasta-'));
    await writeFile(path.join(workspace, 'mixed.fasta'), MIXED);
    ({ records: largeRecords } = await writeLarge(path.join(workspace, 'large.fasta')));
    editor = await startEditor({
      workspace,
      vsix: [await vsixFile()],
      settings: { 'workbench.editorLargeFileConfirmation': 1024, 'editor.minimap.enabled': false },
    });
    browser = await openBrowser();
    ({ page } = browser);
    await openWorkbench(page, editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && page) await screenshot(page, `failed fasta ${this.currentTest.title}`);
  });

  it('colours residues and headers, marks mistakes, and has actions above sound records', async () => {
    await openText(page, 'mixed.fasta');
    await lens(page, 'Predict').first().waitFor({ timeout: STEP_MS });
    await page.locator('.editor-instance .squiggly-error').first().waitFor({ timeout: STEP_MS });
    assert.equal(await lens(page, /^Predict$/).count(), 3, 'the records with errors have none');
    const colours = await editorLine(page, 'MQIFVKTL').evaluate(
      (line) =>
        new Set(Array.from(line.querySelectorAll('span[class^="mtk"]'), (span) => getComputedStyle(span).color)).size,
    );
    assert.ok(colours >= 4, `${colours} colours of residues`);
    await screenshot(page, 'fasta 1 mixed');
  });

  it('lists mistakes in words', async () => {
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel').getByText('marks a gap').waitFor({ timeout: STEP_MS });
    await page.locator('.markers-panel').getByText('was already used on line').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 2 problems');
    await page.keyboard.press('Control+J');
  });

  it('mends a mistake by its light bulb', async () => {
    await editorLine(page, 'MKV--LAAG').click();
    await page.keyboard.press('Home');
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    const action = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'Remove all gaps' });
    await pressUntil(page, 'Control+.', action);
    await screenshot(page, 'fasta 3 quick fix');
    await page.keyboard.press('Enter');
    await editorLine(page, 'MKVLAAGIVGLCAKRHSDNT*').waitFor({ timeout: STEP_MS });
  });

  it('tells facts of a record under the mouse', async () => {
    await editorLine(page, '4LYZ_1').hover({ position: { x: 40, y: 8 } });
    await page.locator('.monaco-hover').getByText('14.31 kDa').waitFor({ timeout: STEP_MS });
    await page.locator('.monaco-hover').getByText('pI 9.32').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 4 hover');
    await page.keyboard.press('Escape');
  });

  it('shows the residue at the cursor in the status bar', async () => {
    await editorLine(page, 'MQIFVKTL').click();
    await page.keyboard.press('Home');
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight');
    await statusItem(page, 'UBC_HUMAN: Lys 6').waitFor({ timeout: STEP_MS });
    await page.keyboard.press('Shift+End');
    await statusItem(page, 'UBC_HUMAN: residues 6–76 (71)').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 5 residues');
  });

  it('has an outline, and finds a record by what is typed', async () => {
    await runCommandNamed(page, 'Explorer: Focus on Outline View');
    const row = page.locator('.outline-tree .monaco-list-row').filter({ hasText: '4LYZ_1' });
    await row.waitFor({ timeout: STEP_MS });
    assert.match((await row.textContent()) ?? '', /129 residues/);
    await goToRecord(page, 'lysozyme');
    await quickPickRow(page, '4LYZ_1').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 6 go to record');
    await pick(page, '4LYZ_1');
    await statusItem(page, /4LYZ_1: record 2 of 5/).waitFor({ timeout: STEP_MS });
  });

  it('wraps the sequences', async () => {
    await editorLine(page, '4LYZ_1').click();
    await runCommandNamed(page, 'Format Document');
    await editorLine(page, new RegExp(`^${LYSOZYME.slice(60, 120)}$`)).waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 7 formatted');
  });

  it('estimates a record, predicts it from there, and knows it when it is done', async function () {
    this.timeout(PREDICTION_MS + 2 * STEP_MS);
    needsEngine(this);
    // The view connects to the backend; nothing in the text does.
    await showContainer(page, 'Foldpad');
    await statusItem(page, /^\s*Foldpad\s*$/).waitFor({ timeout: STEP_MS });
    await editorLine(page, 'UBC_HUMAN').hover({ position: { x: 80, y: 8 } });
    await page.locator('.monaco-hover').getByText('about').first().waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 8 hover with estimate');
    // It lies over the action that is wanted.
    await endHover(page);
    await lens(page, 'Estimate').first().click();
    await quickPickRow(page, 'local').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 9 estimate');
    await pick(page, 'local');
    await treeRow(page, /UBC_HUMAN/)
      .first()
      .waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 10 predicting');
    await lens(page, /Open structure, estimated CA-lDDT \d+/).waitFor({ timeout: PREDICTION_MS });
    await screenshot(page, 'fasta 11 predicted');
    assert.equal(await lens(page, /Open structure/).count(), 1);
    await lens(page, /Open structure/).click();
    await page.locator('iframe.webview:visible').first().waitFor({ timeout: STEP_MS });
  });

  it('says what it can do with a file of more than 50 MB, and does it', async function () {
    this.timeout(STEP_MS * 6);
    // The page of a structure would keep the keys for itself.
    await editorTab(page, 'mixed.fasta').click();
    await editorLine(page, '4LYZ_1').click();
    await openText(page, 'large.fasta');
    await statusItem(page, /FASTA, 5\d/).waitFor({ timeout: STEP_MS * 2 });
    await screenshot(page, 'fasta 12 large');
    await statusItem(page, /FASTA, 5\d/).click();
    await pick(page, 'Check the File');
    await notification(page, `Records: ${largeRecords}, errors: 1, warnings: 0.`).waitFor({ timeout: STEP_MS * 2 });
    await screenshot(page, 'fasta 13 large checked');
    await goToRecord(page, 'broken');
    await quickPickRow(page, 'broken').waitFor({ timeout: STEP_MS });
    await pick(page, 'broken');
    await editorLine(page, 'MK?V').waitFor({ timeout: STEP_MS });
    await page.locator('.editor-instance .squiggly-error').first().waitFor({ timeout: STEP_MS });
    await screenshot(page, 'fasta 14 large record');
  });
});
