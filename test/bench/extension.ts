/**
 * How quickly the extension starts, as VS Code itself measures it, and how large it is.
 * Prints one JSON line per number. `node test/bench/extension.ts [STARTS]`
 *
 * On two cores the browser and the other extensions start at the same time, and a single start varies threefold.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { DIST, ROOT } from '../../scripts/lib/paths.ts';
import { openBrowser } from '../support/browser.ts';
import { startEditor } from '../support/editor.ts';
import { vsixFile } from '../support/package.ts';
import { openWorkbench, runCommandNamed } from '../support/workbench.ts';

const TARGETS = { activationMs: 60, bundleBytes: 300_000, vsixBytes: 3_000_000 };
const WAIT_MS = 120_000;

function report(name: string, value: number, unit: string, target: number): void {
  console.log(JSON.stringify({ name, value, unit, target: `≤ ${target} ${unit}`, ok: value <= target }));
}

/** Milliseconds from loading the code to the end of `activate`, from VS Code's own list of running extensions. */
async function activationTime(page: Page): Promise<number> {
  await runCommandNamed(page, 'Developer: Show Running Extensions');
  const row = page.locator('.runtime-extensions-editor .monaco-list-row').filter({ hasText: 'Foldpad' });
  const time = row.locator('.activation-time').filter({ hasText: /\d+\s*ms/ });
  await time.waitFor({ timeout: WAIT_MS });
  const text = (await time.textContent()) ?? '';
  const value = /(\d+)\s*ms/.exec(text)?.[1];
  if (value === undefined) throw new Error(`VS Code shows no activation time for Foldpad, but "${text}".`);
  return Number(value);
}

const starts = Number(process.argv[2] ?? 11);
if (!(Number.isInteger(starts) && starts > 0)) {
  console.error('Give the number of starts as a positive number.');
  process.exit(2);
}
const vsix = await vsixFile();
const editor = await startEditor({ workspace: path.join(ROOT, 'examples'), vsix: [vsix] });
const browser = await openBrowser();
const times: number[] = [];
try {
  for (let start = 0; start < starts; start++) {
    // Each time the page is loaded, the extension host is a new process.
    await openWorkbench(browser.page, editor.url);
    times.push(await activationTime(browser.page));
  }
} finally {
  await browser.close();
  await editor.stop();
}
times.sort((a, b) => a - b);
report(
  `Extension, activation, median of ${starts} starts`,
  times[Math.floor(times.length / 2)] ?? 0,
  'ms',
  TARGETS.activationMs,
);
report('Extension, host bundle', statSync(path.join(DIST, 'extension.cjs')).size, 'bytes', TARGETS.bundleBytes);
report('Extension, VSIX', statSync(vsix).size, 'bytes', TARGETS.vsixBytes);
