// Profiles in a real editor: a workspace that wants the key, mistakes that are explained, two endpoints, and back.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../support/browser.ts';
import { structureDrawn } from '../support/drawnStructure.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import { freePort } from '../support/ports.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import {
  answerDialog,
  clickInline,
  editorTab,
  openText,
  openWorkbench,
  quickPickRow,
  reloadWindow,
  runCommandNamed,
  screenshot,
  showContainer,
  statusItem,
  treeRow,
  typeQuickly,
} from '../support/workbench.ts';

const STEP_MS = 60_000;
const SEQUENCE = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';

/** A backend with one job that has succeeded. */
async function startBackend(folder: string, job: string): Promise<ServerProcess> {
  const server = await ServerProcess.start(folder);
  const [submitted] = await server.client.submit([{ fasta: job, sequence: `>${job}\n${SEQUENCE}\n` }]);
  for (const deadline = Date.now() + STEP_MS; ; await delay(100)) {
    const { job: now } = await server.client.get(submitted?.id ?? '');
    if (now.status === 'SUCCEEDED') return server;
    assert.ok(Date.now() < deadline && now.status !== 'FAILED', `${job}: ${now.status} ${now.failure?.message ?? ''}`);
  }
}

/** What a repository may hold that its finder opens: settings that lead everything to somebody else. */
function hostileWorkspace(folder: string, url: string): void {
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(folder, 'ubiquitin.fasta'), `>ubiquitin\n${SEQUENCE}\n`);
  const settings = {
    'foldpad.profiles': [
      { name: 'lab', endpoint: url },
      { name: 'evil', endpoint: url },
    ],
    'foldpad.profile': 'evil',
    'foldpad.connection': 'remote',
    'foldpad.remote.url': url,
    'foldpad.local.dataDirectory': path.join(folder, 'taken'),
    'foldpad.local.libraryDirectory': path.join(folder, 'taken'),
    // What a workspace may say; it shows that these settings are read at all.
    'foldpad.fasta.lineWidth': 20,
  };
  writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify(settings, null, 2));
}

describe('connecting', function () {
  this.timeout(4 * STEP_MS);
  const { folder, remove } = temporaryFolder();
  const workspace = path.join(folder, 'found on the net');
  const asked: string[] = [];
  let evil: Server;
  let lab: ServerProcess;
  let cloud: ServerProcess;
  let editor: Editor;
  let browser: Browser;
  let page: Page;

  before(async () => {
    evil = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    hostileWorkspace(workspace, `http://127.0.0.1:${(evil.address() as AddressInfo).port}`);
    lab = await startBackend(path.join(folder, 'lab'), 'alpha');
    cloud = await startBackend(path.join(folder, 'cloud'), 'beta');
    editor = await startEditor({ workspace, workspaceTrust: true, vsix: [await vsixFile()] });
    browser = await openBrowser();
    ({ page } = browser);
    await openWorkbench(page, editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
    await Promise.all([lab?.stop(), cloud?.stop()]);
    evil?.close();
    remove();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && page) await screenshot(page, `failed ${this.currentTest.title}`);
  });

  const settings = () => readFileSync(path.join(editor.home, 'data', 'User', 'settings.json'), 'utf8');

  async function fill(title: string, text: string): Promise<void> {
    await page.locator('.quick-input-title').getByText(title).waitFor({ timeout: STEP_MS });
    await typeQuickly(page, text);
    await page.keyboard.press('Enter');
  }

  async function dialogSays(text: string): Promise<void> {
    await page.locator('.monaco-dialog-box').getByText(text).first().waitFor({ timeout: STEP_MS });
  }

  /** Opens the list by the status bar, as one does who wants another backend. */
  async function openList(): Promise<void> {
    await statusItem(page, 'Foldpad').click({ timeout: STEP_MS });
    await page.locator('.quick-input-title').getByText('Where should structures be predicted?').waitFor();
  }

  async function shows(row: string, other: string): Promise<void> {
    await treeRow(page, row).first().waitFor({ timeout: STEP_MS });
    assert.equal(await treeRow(page, other).count(), 0, `${other} belongs to another backend`);
  }

  const drawn = () => structureDrawn(page, STEP_MS);

  it('leaves a workspace that nobody trusts without a say in where things go', async () => {
    await statusItem(page, 'Restricted Mode').waitFor({ timeout: STEP_MS });
    await showContainer(page, 'Foldpad');
    await statusItem(page, /^\W*Foldpad(: engine missing)?\W*$/).waitFor({ timeout: STEP_MS });
    await openList();
    await quickPickRow(page, 'This Computer').getByText('in use').waitFor({ timeout: STEP_MS });
    assert.equal(await quickPickRow(page, 'evil').count(), 0);
    await screenshot(page, 'connecting 01 restricted');
    await page.keyboard.press('Escape');
  });

  it('explains a wrong address and a wrong key, and keeps what was typed', async () => {
    await openList();
    await quickPickRow(page, 'Add an Endpoint').click();
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const title = page.locator('.quick-input-title');
    await title.getByText('Add an Endpoint (1/3)').waitFor({ timeout: STEP_MS });
    await typeQuickly(page, 'http://lab.example');
    await page.locator('.quick-input-message').getByText('must begin with https://').waitFor({ timeout: STEP_MS });
    await fill('Add an Endpoint (1/3)', nobody);
    await fill('Add an Endpoint (2/3)', 'not-the-key');
    await dialogSays('Nothing listens at');
    await screenshot(page, 'connecting 02 nothing listens');
    await answerDialog(page, 'Edit Address');
    await title.getByText('Add an Endpoint (1/3)').waitFor({ timeout: STEP_MS });
    assert.equal(await page.locator('.quick-input-widget input:visible').first().inputValue(), nobody);
    await fill('Add an Endpoint (1/3)', `${lab.url}/prod`);
    // The key still stands there, and is sent when its user says so.
    await title.getByText('Add an Endpoint (2/3)').waitFor({ timeout: STEP_MS });
    await page.keyboard.press('Enter');
    await dialogSays('is not a Foldpad backend');
    await answerDialog(page, 'Edit Address');
    await fill('Add an Endpoint (1/3)', lab.url);
    await title.getByText('Add an Endpoint (2/3)').waitFor({ timeout: STEP_MS });
    await page.keyboard.press('Enter');
    await dialogSays('does not accept the key');
    await screenshot(page, 'connecting 03 wrong key');
    assert.ok(!settings().includes('foldpad.profiles'), 'nothing is stored before it is good');
    await answerDialog(page, 'Edit Key');
    await fill('Add an Endpoint (2/3)', lab.key);
    await fill('Add an Endpoint (3/3)', 'lab');
    await shows('alpha', 'beta');
    await statusItem(page, 'Foldpad (lab)').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'connecting 04 lab');
  });

  it('adds a second endpoint, whose jobs do not mix with those of the first', async () => {
    await runCommandNamed(page, 'Foldpad: Connect…', 'Add an Endpoint');
    await fill('Add an Endpoint (1/3)', `${cloud.url}/`);
    await fill('Add an Endpoint (2/3)', cloud.key);
    await fill('Add an Endpoint (3/3)', 'cloud');
    await shows('beta', 'alpha');
    await statusItem(page, 'Foldpad (cloud)').waitFor({ timeout: STEP_MS });
    for (const key of [lab.key, cloud.key]) assert.ok(!settings().includes(key), 'no key is in the settings');
  });

  it('keeps an endpoint that is away for now, and tells of it once', async () => {
    await runCommandNamed(page, 'Foldpad: Connect…', 'Add an Endpoint');
    await fill('Add an Endpoint (1/3)', `http://127.0.0.1:${await freePort()}`);
    await fill('Add an Endpoint (2/3)', 'key-for-later');
    await dialogSays('Nothing listens at');
    await answerDialog(page, 'Keep Anyway');
    await fill('Add an Endpoint (3/3)', 'away');
    await page.locator('.pane-body').getByText('cannot be reached').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'connecting 05 away');
    await openList();
    await quickPickRow(page, /away/).getByText('in use').waitFor({ timeout: STEP_MS });
    // By now it would have come.
    await delay(1000);
    assert.equal(await page.locator('.notification-toast').count(), 0, 'the user has just read it');
    await quickPickRow(page, /cloud/).click();
    await shows('beta', 'alpha');
  });

  it('keeps what is open on its own backend when another one is chosen, also over a reload', async () => {
    await clickInline(page, treeRow(page, 'beta').first(), 'Open Structure');
    await drawn();
    await openList();
    await quickPickRow(page, /lab/).getByText('ready').waitFor({ timeout: STEP_MS });
    await quickPickRow(page, /cloud/).getByText('in use').waitFor({ timeout: STEP_MS });
    await screenshot(page, 'connecting 06 list');
    await quickPickRow(page, /lab/).click();
    await shows('alpha', 'beta');
    await reloadWindow(page);
    await shows('alpha', 'beta');
    await editorTab(page, 'beta').waitFor({ timeout: STEP_MS });
    await drawn();
    await screenshot(page, 'connecting 07 open of another');
  });

  it('tells what trusting the workspace changes: nothing that matters here', async () => {
    await statusItem(page, 'Restricted Mode').waitFor({ timeout: STEP_MS });
    await runCommandNamed(page, 'Workspaces: Manage Workspace Trust');
    await page
      .locator('.workspace-trust-editor')
      .getByText('Trust', { exact: true })
      .first()
      .click({ timeout: STEP_MS });
    await statusItem(page, 'Restricted Mode').waitFor({ state: 'detached', timeout: STEP_MS });
    await page.locator('.monaco-modal-editor-block .action-label[aria-label^="Close"]').click({ timeout: STEP_MS });
    await statusItem(page, 'Foldpad (lab)').waitFor({ timeout: STEP_MS });
    await openList();
    await quickPickRow(page, /lab/).getByText('ready').waitFor({ timeout: STEP_MS });
    assert.equal(await quickPickRow(page, 'evil').count(), 0);
    await page.keyboard.press('Escape');
    await shows('alpha', 'beta');
    // What a workspace may say is heard, so that its silence above means something.
    await openText(page, 'ubiquitin.fasta');
    await runCommandNamed(page, 'Format Document');
    const wrapped = page
      .locator('.editor-instance .view-line')
      .filter({ hasText: new RegExp(`^${SEQUENCE.slice(0, 20)}$`) });
    await wrapped.waitFor({ timeout: STEP_MS });
    await showContainer(page, 'Foldpad');
  });

  it('removes an endpoint with its key, after asking', async () => {
    await openList();
    const row = quickPickRow(page, /cloud/);
    await row.hover();
    await row.locator('.action-label[aria-label^="Remove"]').click({ timeout: STEP_MS });
    await dialogSays('Remove the endpoint “cloud”?');
    await screenshot(page, 'connecting 08 remove');
    await answerDialog(page, 'Remove');
    await quickPickRow(page, /lab/).getByText('in use').waitFor({ timeout: STEP_MS });
    assert.equal(await quickPickRow(page, /cloud/).count(), 0);
    assert.ok(!settings().includes(cloud.url));
    await quickPickRow(page, 'This Computer').click();
    await statusItem(page, 'Foldpad (This Computer)').waitFor({ timeout: STEP_MS });
    await treeRow(page, 'alpha').waitFor({ state: 'detached', timeout: STEP_MS });
  });

  it('has asked nothing of the one whom the workspace named', () => {
    assert.deepEqual(asked, []);
  });
});
