import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { letterOf } from '../../webview/sequence.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import { colouredPixels } from '../support/pixels.ts';
import { experimentalPdb, fourBands, pdbText, REMARK } from '../support/structureFiles.ts';
import {
  chooseInContextMenu,
  explorerRow,
  openText,
  openWorkbench,
  runCommandNamed,
  screenshot,
  statusItem,
  webview,
} from '../support/workbench.ts';

const WAIT = { timeout: 90_000 };
/** Wider than one letter of the text (CSS pixels). */
const SEVERAL_LETTERS = 60;
/** Width of one residue in the sequence track, and where the first one begins. */
const CELL = 11;
const FIRST = 3 * CELL;

/** The record has ten residues in front that no structure shows, a gap, and a stop. */
const LEADER = 'MASNDWKRTE';
const RESIDUES = experimentalPdb()
  .split('\n')
  .filter((line) => /^ATOM.{9}CA /.test(line))
  .map((line) => ({ name: line.slice(17, 20), number: Number(line.slice(22, 26)) }));
const SEQUENCE = RESIDUES.map(({ name }) => letterOf(name)).join('');
const LINES = `${LEADER}${SEQUENCE}*`.match(/.{1,40}/g) ?? [];
const FASTA = `>other\nMKVLAAGICDEFGHKLNPQRSTVWY\n>target of the test\n${LINES.map((line, index) =>
  index === 0 ? `${line.slice(0, 5)}--${line.slice(5)}` : line,
).join('\n')}\n`;

describe('structures and FASTA text show each other in a real VS Code', function () {
  this.timeout(300_000);
  let workspace: string;
  let editor: Editor;
  let browser: Browser;

  const page = () => browser.page;
  const viewer = (): FrameLocator => webview(page());
  const drawn = () =>
    viewer()
      .getByRole('application', { name: /drawn as cartoon/ })
      .waitFor(WAIT);
  /** Marks of our own colours in the text; VS Code gives each kind a class of its own. */
  const marks = () => page().locator('.editor-instance .view-overlays .cdr[class*="TextEditorDecorationType"]');

  /** Waits until something is to be seen where the structure should be. */
  async function picture(): Promise<void> {
    for (let tries = 0; colouredPixels(await viewer().locator('.stage canvas').screenshot()) < 5000; tries++) {
      assert.ok(tries < 60, 'a structure is drawn');
      await page().waitForTimeout(500);
    }
  }

  before(async () => {
    assert.equal(SEQUENCE.length, 140);
    workspace = await mkdtemp(path.join(tmpdir(), 'foldpad-link-'));
    await writeFile(path.join(workspace, 'model.pdb'), pdbText([REMARK], fourBands));
    await writeFile(path.join(workspace, 'x-ray.pdb'), experimentalPdb());
    await writeFile(path.join(workspace, 'target.fasta'), FASTA);
    editor = await startEditor({ workspace, vsix: [await vsixFile()] });
    browser = await openBrowser();
    await openWorkbench(page(), editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    await rm(workspace, { recursive: true, force: true });
  });

  it('marks in the text what is selected in the structure', async () => {
    await chooseInContextMenu(page(), explorerRow(page(), 'model.pdb'), 'Open in Structure Viewer');
    await drawn();
    await openText(page(), 'target.fasta');
    await runCommandNamed(page(), 'View: Move Editor into Next Group');
    await drawn();
    // The track has its place before it has a sequence; until then nobody can use it.
    const cells = viewer().locator('.sequence:not([inert]) .sequence-cells');
    await cells.waitFor(WAIT);
    const track = await cells.boundingBox();
    assert.ok(track);
    const y = track.y + track.height - 15;
    assert.equal(await marks().count(), 0);
    await page().mouse.move(track.x + FIRST + 19.5 * CELL, y);
    await page().mouse.down();
    await page().mouse.move(track.x + FIRST + 34.5 * CELL, y, { steps: 4 });
    await page().mouse.up();
    // What is pointed at is marked, too, as long as it is.
    await page().mouse.move(5, 5);
    for (const deadline = Date.now() + WAIT.timeout; ; await page().waitForTimeout(200)) {
      const boxes = await Promise.all((await marks().all()).map((mark) => mark.boundingBox()));
      if (boxes.some((box) => (box?.width ?? 0) > SEVERAL_LETTERS)) break;
      assert.ok(Date.now() < deadline, `marks of ${boxes.map((box) => box?.width)} pixels`);
    }
    await screenshot(page(), 'fasta-marked-by-structure');
  });

  it('goes to the residues in the text', async () => {
    await viewer().getByRole('button', { name: 'Show in FASTA' }).click();
    // The twentieth residue of the model is the thirtieth of the record.
    await statusItem(page(), /target: \S+ 30$/).waitFor(WAIT);
  });

  it('marks in the structure what the cursor of the text is on', async () => {
    const pointed = (at: number) =>
      viewer().getByText(new RegExp(`^Chain A · ${RESIDUES[at]?.name} ${RESIDUES[at]?.number} · `));
    await page().mouse.move(5, 5);
    await page().keyboard.press('ArrowRight');
    await statusItem(page(), /target: \S+ 31$/).waitFor(WAIT);
    await pointed(20).waitFor(WAIT);
    for (let step = 0; step < 5; step++) await page().keyboard.press('Shift+ArrowRight');
    await pointed(25).waitFor(WAIT);
    await screenshot(page(), 'structure-marked-by-fasta');
  });

  it('opens files of the explorer together, and again after a reload of the window', async () => {
    await runCommandNamed(page(), 'View: Close All Editors');
    await explorerRow(page(), 'model.pdb').click();
    await explorerRow(page(), 'x-ray.pdb').click({ modifiers: ['Control'] });
    await chooseInContextMenu(page(), explorerRow(page(), 'x-ray.pdb'), 'Open Structures Together…');
    const list = () => viewer().getByRole('region', { name: 'Structures' });
    await list()
      .getByText(/RMSD 0\.\d\d Å over 140 residues/)
      .waitFor(WAIT);
    await list().getByText('B-factors, no confidence').waitFor(WAIT);
    await Promise.all([page().waitForEvent('load', WAIT), runCommandNamed(page(), 'Developer: Reload Window')]);
    await list()
      .getByText(/RMSD 0\.\d\d Å over 140 residues/)
      .waitFor(WAIT);
    await picture();
    await screenshot(page(), 'structures-together');
  });
});
