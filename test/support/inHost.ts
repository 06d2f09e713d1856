// Runs tests inside the extension host of a real VS Code, where `vscode` can be imported.
import path from 'node:path';
import { format } from 'node:util';
import { messageOf } from '../../scripts/lib/say.ts';
import { openBrowser } from './browser.ts';
import { startEditor } from './editor.ts';
import { screenshot } from './workbench.ts';

/** What test/e2e/inhost/index.ts prints when its tests begin. */
const BEGIN = '── tests inside the extension host ──';

export interface InHostOptions {
  /** Folder of the extension under test, with its package.json; loaded as it is, no VSIX needed. */
  extension: string;
  /** A CommonJS module that exports `run(): Promise<void>`. */
  tests: string;
  workspace: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs: number;
  /** Called with every line that the tests print, and not with what VS Code prints before they begin. */
  onLine: (line: string) => void;
}

/**
 * @returns the exit code: 0 when `run` resolved
 * @throws when the tests did not end in time or the editor failed
 */
export async function runInHost(options: InHostOptions): Promise<number> {
  const before: string[] = [];
  let begun = false;
  const editor = await startEditor({ workspace: options.workspace, testDriver: true, env: options.env ?? {} });
  try {
    const browser = await openBrowser();
    const { page } = browser;
    let timer: NodeJS.Timeout | undefined;
    try {
      const ended = new Promise<number>((resolve) => {
        void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
      });
      await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
        const line = format(...args);
        if (begun) options.onLine(line);
        else before.push(line);
        begun ||= line === BEGIN;
      });
      const remote = (file: string) => `vscode-remote://127.0.0.1:${editor.port}${path.posix.normalize(file)}`;
      const payload = [
        ['extensionDevelopmentPath', remote(options.extension)],
        ['extensionTestsPath', remote(options.tests)],
        ['enableProposedApi', ''],
        ['skipWelcome', 'true'],
      ];
      const timeout = new Promise<never>((_, reject) => {
        const message = `the tests inside the extension host did not end in ${options.timeoutMs / 1_000} s`;
        timer = setTimeout(() => reject(new Error(message)), options.timeoutMs);
      });
      await page.goto(`${editor.url}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
      return await Promise.race([ended, timeout]);
    } catch (error) {
      await screenshot(page, 'inhost-failed').catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
      await browser.close();
    }
  } catch (error) {
    const printed = [...(begun ? [] : before), await editor.log()].join('\n');
    throw new Error(`The editor printed:\n${printed}\n${messageOf(error)}`, { cause: error });
  } finally {
    await editor.stop();
  }
}
