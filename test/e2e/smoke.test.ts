import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type Browser, openBrowser } from '../support/browser.ts';
import { type Editor, startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import { activityIcon, explorerRow, openWorkbench, screenshot } from '../support/workbench.ts';

const EXAMPLES = path.join(ROOT, 'examples');

describe('a fresh VS Code with Foldpad installed', function () {
  this.timeout(180_000);
  let editor: Editor;
  let browser: Browser;

  before(async () => {
    editor = await startEditor({ workspace: EXAMPLES, vsix: [await vsixFile()] });
    browser = await openBrowser();
    await openWorkbench(browser.page, editor.url);
  });

  after(async () => {
    await browser?.close();
    await editor?.stop();
  });

  it('shows the examples in the explorer', async () => {
    const files = readdirSync(EXAMPLES);
    assert.ok(files.length > 0, 'examples/ is empty');
    for (const file of files) await explorerRow(browser.page, file).waitFor({ timeout: 30_000 });
    await screenshot(browser.page, 'smoke');
  });

  it('has an icon for Foldpad in the activity bar', async () => {
    await activityIcon(browser.page, 'Foldpad').waitFor({ timeout: 30_000 });
  });
});
