// Starts Chromium without a window, with WebGL drawn by the processor, in a profile of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { setUpBrowser } from '../../scripts/setup/browser.ts';
import { describeFailure } from '../../scripts/setup/result.ts';

/** Nothing that reaches out; WebGL 2 without a graphics card. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
];

const NAVIGATION_TIMEOUT_MS = 120_000;

export interface Browser {
  context: BrowserContext;
  page: Page;
  close: () => Promise<void>;
}

/** Starts a browser with one empty page. */
export async function openBrowser(viewport = { width: 1400, height: 900 }): Promise<Browser> {
  const found = await setUpBrowser();
  if (!found.ok) throw new Error(describeFailure(found));
  const profile = await mkdtemp(path.join(tmpdir(), 'foldpad-chromium-'));
  const remove = () => rm(profile, { recursive: true, force: true, maxRetries: 5 });
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: found.browser,
      headless: true,
      viewport,
      args: BROWSER_FLAGS,
    });
    // A busy machine takes its time to load the editor's page.
    context.setDefaultNavigationTimeout(NAVIGATION_TIMEOUT_MS);
    const page = context.pages()[0] ?? (await context.newPage());
    const close = async () => {
      await context.close();
      await remove();
    };
    return { context, page, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
