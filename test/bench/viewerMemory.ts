/**
 * What the viewer leaves behind when its tabs are closed, in a real VS Code: a structure is opened and closed again and
 * again. Prints one JSON line per number. `node test/bench/viewerMemory.ts [CYCLES]`
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import { fourBands, pdbText, REMARK } from '../support/structureFiles.ts';
import { chooseInContextMenu, editorTab, explorerRow, openWorkbench, webview } from '../support/workbench.ts';

const MOST_GROWTH_MB = 10;
/** The first tabs load code that stays. */
const WARM_UP = 3;
const FILE = 'model.pdb';
const WAIT = { timeout: 120_000 };
const SETTLE_MS = 1_000;

/** What is in use, in megabytes. */
interface Use {
  /** JavaScript of the page and all its frames, after everything that can be given back was given back. */
  readonly page: number;
  /** Resident memory of the extension host; it gives back when it likes. */
  readonly host: number;
}

/** The process of this editor in which extensions run. */
function extensionHost(editor: Editor): number {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  // The editor's home is in the environment of its processes, and of nobody else's.
  const hosts = lines
    .filter((line) => line.includes('--type=extensionHost'))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) =>
      execFileSync('ps', ['eww', '-p', String(pid)], { encoding: 'utf8' }).includes(`HOME=${editor.home}`),
    );
  const [host] = hosts;
  if (host === undefined) throw new Error('The editor runs no extension host.');
  return host;
}

async function use(page: Page, host: number): Promise<Use> {
  await page.waitForTimeout(SETTLE_MS);
  const session = await page.context().newCDPSession(page);
  // Twice: what the first finds unused may have held more.
  for (let round = 0; round < 2; round++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const resident = execFileSync('ps', ['-o', 'rss=', '-p', String(host)], { encoding: 'utf8' });
  return { page: usedSize / 2 ** 20, host: Number(resident) / 2 ** 10 };
}

const cycles = Number(process.argv[2] ?? 20);
if (!(Number.isInteger(cycles) && cycles > 0)) {
  console.error('Give the number of cycles as a positive number.');
  process.exit(2);
}
const workspace = await mkdtemp(path.join(tmpdir(), 'foldpad-memory-'));
await writeFile(path.join(workspace, FILE), pdbText([REMARK], fourBands));
const editor = await startEditor({ workspace, vsix: [await vsixFile()] });
const browser = await openBrowser();
try {
  const { page } = browser;
  await openWorkbench(page, editor.url);
  const openAndClose = async (): Promise<void> => {
    await chooseInContextMenu(page, explorerRow(page, FILE), 'Open in Structure Viewer');
    await webview(page)
      .getByRole('application', { name: /140 residues/ })
      .waitFor(WAIT);
    await webview(page)
      .locator('.overlay')
      .waitFor({ state: 'hidden', ...WAIT });
    // Closes a tab, as in any editor.
    await editorTab(page, FILE).click({ button: 'middle' });
    await page.locator('iframe.webview').waitFor({ state: 'detached', ...WAIT });
  };
  for (let cycle = 0; cycle < WARM_UP; cycle++) await openAndClose();
  const host = extensionHost(editor);
  const before = await use(page, host);
  for (let cycle = 0; cycle < cycles; cycle++) await openAndClose();
  const after = await use(page, host);
  const growth = after.page - before.page;
  const name = `${cycles} viewer tabs opened and closed`;
  console.log(
    JSON.stringify({
      name: `${name}: growth of the page’s memory`,
      value: Number(growth.toFixed(2)),
      unit: 'MB',
      target: `≤ ${MOST_GROWTH_MB} MB`,
      ok: growth <= MOST_GROWTH_MB,
      note: `JavaScript of the editor’s page and its frames, garbage collected; ${before.page.toFixed(0)} MB before`,
    }),
  );
  console.log(
    JSON.stringify({
      name: `${name}: growth of the extension host`,
      value: Number((after.host - before.host).toFixed(1)),
      unit: 'MB',
      note: `resident, not collected; ${before.host.toFixed(0)} MB before`,
    }),
  );
} finally {
  await browser.close();
  await editor.stop();
  await rm(workspace, { recursive: true, force: true });
}
