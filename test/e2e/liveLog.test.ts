import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import type { Job } from '../../backend/api/job.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startWatchedServer, type WatchedServer } from '../support/watchedServer.ts';
import {
  chooseInContextMenu,
  clickInline,
  editorTab,
  openWorkbench,
  outputText,
  reloadWindow,
  runCommandNamed,
  screenshot,
  showContainer,
  treeRow,
  webview,
} from '../support/workbench.ts';

const STEP_MS = 60_000;
/** Between two lines of the log (ms); the log is asked for every 700 ms while it grows. */
const TICK_MS = 150;
/** Long enough for several questions, had the editor any. */
const SILENCE_MS = 4_000;
const RESIDUES = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';

/** The numbers of the log's lines `tick 1`, `tick 2` … in a text. */
function ticksIn(text: string): readonly number[] {
  return [...text.matchAll(/tick (\d+)/g)].map(([, number]) => Number(number));
}

function assertWhole(ticks: readonly number[]): void {
  assert.deepEqual(
    ticks,
    ticks.map((_, index) => index + 1),
    'each line once, in its order',
  );
}

async function until(condition: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const deadline = Date.now() + STEP_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(what());
    await delay(200);
  }
}

/** The job runs as long as the tests look at its log, and is cancelled then. */
describe('the live log', function () {
  this.timeout(4 * STEP_MS);
  const { folder, remove } = temporaryFolder();
  let backend: WatchedServer;
  let editor: Editor;
  let browser: Browser;
  let page: Page;
  let live: Job | undefined;

  async function submit(name: string, behaviour: string): Promise<Job> {
    const sequence = `>${name} ${behaviour}\n${RESIDUES}\n`;
    const [job] = await backend.server.client.submit([{ fasta: name, sequence, que: 'local' }]);
    assert.ok(job);
    return job;
  }

  /** What the channel of this window holds; each window begins a file of its own. */
  function channelTicks(): readonly number[] {
    const files = globSync('data/logs/*/exthost*/output_logging_*/*Job Log.log', { cwd: editor.home }).sort();
    const newest = files.at(-1);
    return newest === undefined ? [] : ticksIn(readFileSync(path.join(editor.home, newest), 'utf8'));
  }

  const logRequests = () => backend.requests.filter((request) => request.includes('/logs')).length;
  const newest = () => channelTicks().at(-1) ?? 0;

  async function grows(): Promise<void> {
    const before = newest();
    await until(
      () => newest() > before + 5,
      () => `the log stays at line ${newest()}`,
    );
  }

  before(async () => {
    backend = await startWatchedServer(folder, ['--slots', '2']);
    await submit('helix', 'ms=100');
    live = await submit('live', `tickMs=${TICK_MS} ms=900000`);
    editor = await startEditor({
      workspace: path.join(ROOT, 'examples'),
      vsix: [await vsixFile()],
      machineSettings: { 'foldpad.local.dataDirectory': backend.folder },
    });
    browser = await openBrowser();
    ({ page } = browser);
    await openWorkbench(page, editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    if (backend && live) {
      const { client } = backend.server;
      const { id } = live;
      await client.cancel(id);
      await until(
        async () => (await client.get(id)).job.status === 'CANCELLED',
        () => 'the job goes on',
      );
    }
    await backend?.stop();
    remove();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && page) await screenshot(page, `failed ${this.currentTest.title}`);
  });

  /** A line of the whole log, which is a document. */
  const whole = (): Locator => page.locator('.editor-instance .view-lines').getByText(/tick/).first();
  const lines = (): Locator => page.locator('.part.panel .view-lines');

  const shownTicks = async () => ticksIn(await outputText(page));

  /** Turns the wheel over the log by some notches, of which each moves it by a few lines. */
  async function turnWheel(notches: number): Promise<void> {
    const box = await page.locator('.part.panel .monaco-editor').first().boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let turned = 0; turned < Math.abs(notches); turned++) await page.mouse.wheel(0, 100 * Math.sign(notches));
  }

  /**
   * Turns the wheel back and tells what is shown then. Lines that were on their way at that moment take the reader to the
   * end once more; nobody can call them back.
   */
  async function readBack(): Promise<readonly number[]> {
    let read: readonly number[] = [];
    await until(
      async () => {
        await turnWheel(-10);
        await delay(1_000);
        read = await shownTicks();
        await delay(1_000);
        return isDeepStrictEqual(await shownTicks(), read) && Math.max(...read) < newest();
      },
      () => 'the user cannot read back',
    );
    return read;
  }

  it('goes on after a reload, as do the whole log and the structure', async () => {
    await showContainer(page, 'Foldpad');
    await clickInline(page, treeRow(page, /helix.*\d+ · estimated CA-lDDT/).first(), 'Open Structure');
    await webview(page).locator('canvas').first().waitFor({ timeout: STEP_MS });
    await chooseInContextMenu(page, treeRow(page, /live/).first(), 'Open Full Log');
    await whole().waitFor({ timeout: STEP_MS });
    await clickInline(page, treeRow(page, /live/).first(), 'Show Log');
    await until(
      () => newest() > 10,
      () => 'the log is not shown',
    );
    const before = newest();
    await reloadWindow(page);
    await until(
      async () => Math.max(...(await shownTicks())) > before + 5,
      () => 'the log does not go on',
    );
    assertWhole(channelTicks());
    await whole().waitFor({ timeout: STEP_MS });
    await screenshot(page, 'log 1 after reload');
    await editorTab(page, /helix/).click();
    await webview(page).locator('canvas').first().waitFor({ timeout: STEP_MS });
    await screenshot(page, 'log 2 structure after reload');
    // The whole log is followed by itself.
    await runCommandNamed(page, 'View: Close All Editors');
    await editorTab(page, 'live.log').waitFor({ state: 'detached', timeout: STEP_MS });
  });

  it('stays where the user reads, and goes on at the end', async () => {
    await grows();
    const read = await readBack();
    const asked = logRequests();
    await delay(SILENCE_MS);
    assert.deepEqual(await shownTicks(), read, 'the user was taken away from what they read');
    await screenshot(page, 'log 3 read back');
    // What was on its way when the wheel was turned.
    assert.ok(logRequests() <= asked + 1, 'lines are asked for that nobody sees');
    const held = newest();
    await until(
      async () => {
        await turnWheel(10);
        return newest() > held + 5;
      },
      () => 'the log does not go on at its end',
    );
    assertWhole(channelTicks());
  });

  it('asks for nothing when it is closed, and goes on without a gap when it is opened again', async () => {
    await page.keyboard.press('Control+J');
    await lines().waitFor({ state: 'hidden', timeout: STEP_MS });
    await delay(1_000);
    const closed = logRequests();
    await delay(SILENCE_MS);
    assert.equal(logRequests(), closed);
    await clickInline(page, treeRow(page, /live/).first(), 'Show Log');
    await grows();
    assertWhole(channelTicks());
  });
});
