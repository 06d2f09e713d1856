// The editor on the AWS backend, as it is deployed into the emulator: the same walks as with the local backend, in English
// and in Chinese.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { type EditorPlatform, startEditorPlatform } from '../support/editorPlatform.ts';
import { needsEngine } from '../support/engine.ts';
import { needsMiniStack } from '../support/miniStack.ts';
import { vsixFile } from '../support/package.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import * as walk from '../support/walks.ts';
import { type Language, Words } from '../support/words.ts';
import { openWorkbench, screenshot } from '../support/workbench.ts';

const EXAMPLES = path.join(ROOT, 'examples');
const TEST_MS = 480_000;

/** What `describe` calls a language. */
const LANGUAGES: Readonly<Record<Language, string>> = { en: 'in English', 'zh-cn': 'in Chinese' };

describe('the editor on the AWS backend', function () {
  this.timeout(TEST_MS);
  const { folder, remove } = temporaryFolder();
  let platform: EditorPlatform;

  before(async function () {
    needsEngine(this);
    needsMiniStack(this);
    platform = await startEditorPlatform();
  });

  after(async () => {
    await platform?.stop();
    remove();
  });

  for (const language of ['en', 'zh-cn'] as const) {
    describe(LANGUAGES[language], () => {
      const job = 'hemoglobin-beta';
      let browser: Browser;
      let editor: Editor;
      let stage: walk.Stage;
      let key: string;

      before(async () => {
        key = await platform.newKey(language === 'en' ? 'Ada Lovelace' : 'Lin Lanying');
        const options = language === 'en' ? {} : { language };
        editor = await startEditor({ workspace: EXAMPLES, vsix: [await vsixFile()], ...options });
        browser = await openBrowser();
        const { page } = browser;
        const name = language === 'en' ? 'aws' : 'aws zh';
        stage = { editor, page, words: new Words(language), queue: 'cpu', name };
        await openWorkbench(page, editor.url);
      });

      after(async () => {
        await browser?.close();
        await editor?.stop();
      });

      afterEach(async function () {
        if (this.currentTest?.state === 'failed' && stage) await screenshot(stage.page, `failed ${stage.name}`);
      });

      it('is told address and key, refuses a wrong one, and keeps the key out of the settings', () =>
        walk.connect(stage, platform.url, key));
      it('submits to a queue of the deployment and watches the job succeed', async () => {
        await walk.predictFile(stage, `${job}.fasta`, job);
        await walk.watch(stage, job);
      });
      it('opens the structure, fetched through the redirect', () => walk.openStructure(stage, job));
      it('shows the log that Batch kept', () => walk.readLog(stage, job));
      it('saves the results', async () => {
        await mkdir(path.join(folder, language));
        await walk.saveResults(stage, job, path.join(folder, language));
      });
      it('says why jobs wait, and cancels one and all', () => walk.waitAndCancel(stage));
      it('deletes a job with its results', async () => {
        await walk.deleteJob(stage, job);
        const { jobs } = await platform.client(key).list();
        assert.deepEqual(
          jobs.map(({ status }) => status).filter((status) => status !== 'CANCELLED'),
          [],
        );
      });
    });
  }
});
