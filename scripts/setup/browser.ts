// A Chromium for the end-to-end tests and the demo's picture: the user's own where there is one.
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { CACHE, ROOT } from '../lib/paths.ts';
import { runCommand } from '../lib/process.ts';
import { say } from '../lib/say.ts';
import { ensurePackages, hasApt } from './apt.ts';
import type { SetupResultWith } from './result.ts';

export const BROWSER_VARIABLE = 'FOLDPAD_CHROMIUM';

const PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/microsoft-edge',
    '/opt/google/chrome/chrome',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** Where Playwright puts a browser that we let it download. */
const DOWNLOADS = path.join(CACHE, 'browsers');

type BrowserResult = SetupResultWith<{ browser: string }>;

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser that is already here, if there is one. */
export function findBrowser(places: readonly string[] = PLACES[process.platform] ?? []): string | undefined {
  return places.find(isProgram);
}

/** Playwright's own build, for systems whose package manager has no Chromium that runs everywhere (Ubuntu's is a snap). */
async function download(): Promise<BrowserResult> {
  const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: DOWNLOADS };
  process.env.PLAYWRIGHT_BROWSERS_PATH = DOWNLOADS;
  const browser = chromium.executablePath();
  if (existsSync(browser)) return { ok: true, browser };
  say('downloading a Chromium into .cache/browsers …');
  const cli = path.join(ROOT, 'node_modules', 'playwright-core', 'cli.js');
  const { code, output } = await runCommand(process.execPath, [cli, 'install', 'chromium'], {
    env,
    timeoutMs: 10 * 60_000,
  });
  if (code === 0 && existsSync(browser)) return { ok: true, browser };
  const lines = output.trim().split('\n');
  return {
    ok: false,
    reason: `no Chromium was found, and none could be downloaded (${lines.at(-1) ?? 'no output'})`,
    remedy: `Install Chromium or Google Chrome, or set ${BROWSER_VARIABLE} to the program's path.`,
  };
}

/** Finds a Chromium, or installs one. */
export async function setUpBrowser(): Promise<BrowserResult> {
  const named = process.env[BROWSER_VARIABLE];
  if (named) {
    if (isProgram(named)) return { ok: true, browser: named };
    return {
      ok: false,
      reason: `${BROWSER_VARIABLE} names ${named}, which is not a program`,
      remedy: `Correct ${BROWSER_VARIABLE}, or unset it to let a browser be found.`,
    };
  }
  const found = findBrowser();
  if (found) return { ok: true, browser: found };
  if (hasApt()) {
    const installed = await ensurePackages(['chromium'], 'Chromium');
    const browser = findBrowser();
    if (installed.ok && browser) return { ok: true, browser };
    const downloaded = await download();
    return downloaded.ok || installed.ok ? downloaded : installed;
  }
  return download();
}
