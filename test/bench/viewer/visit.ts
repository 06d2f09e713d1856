/** One visit of a page that draws structures, as somebody who clicks on a result pays it. */

import type { Browser, Frame, Page } from 'playwright-core';
import { Frames } from './frames.ts';
import type { Box, Drawer, Pages } from './pages.ts';

/** Size of the page, CSS pixels. */
export const VIEWPORT = { width: 1280, height: 800 };

/** A new window of the browser, toolbar and all, is drawn within this time (ms). */
const WINDOW_MS = 4_000;

/** A structure file for either page. */
export interface BenchFile {
  readonly fileName: string;
  readonly format: 'pdb' | 'cif';
  readonly text: string;
}

/** What the page's stand-in for the editor keeps. */
interface Bench {
  files: { fileName: string; format: string; bytes: Uint8Array }[];
  /** Types of messages of the page. */
  sent: string[];
  /** Durations and starts of tasks that blocked the page for 50 ms or more (ms). */
  long: { start: number; duration: number }[];
  /** Sends file number `index`, and says when (ms since 1970). */
  show(index: number): number;
}

/** Runs in the page before its own script: plays VS Code's part, and answers `ready` with the first file at once. */
function standIn(files: readonly { fileName: string; format: string; base64: string }[]): void {
  const global = window as unknown as { bench: Bench; acquireVsCodeApi: unknown };
  let serial = 0;
  const bench: Bench = {
    files: files.map(({ base64, ...file }) => ({
      ...file,
      bytes: (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(base64),
    })),
    sent: [],
    long: [],
    show(index) {
      const at = performance.timeOrigin + performance.now();
      const file = bench.files[index];
      const rest = { title: '', models: [{ label: '' }], selectedModel: 0, reloaded: false, canOpenAsText: false };
      window.postMessage({ type: 'structure', serial: ++serial, ...rest, ...file });
      return at;
    },
  };
  global.bench = bench;
  global.acquireVsCodeApi = () => ({
    postMessage(message: { type: string; problem?: string }) {
      bench.sent.push(message.problem ? `${message.type}: ${message.problem}` : message.type);
      if (message.type === 'ready') bench.show(0);
    },
    getState: () => undefined,
    setState: () => {},
  });
  document.addEventListener('DOMContentLoaded', () => document.body.classList.add('vscode-light'));
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) bench.long.push({ start: startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
}

const inPage = <T>(frame: Frame, read: (bench: Bench) => T): Promise<T> =>
  frame.evaluate(
    // The function travels as text.
    `(${read.toString()})(window.bench)`,
  ) as Promise<T>;

/** An open page. */
export interface Visit {
  /** The window, whose only content is the page. */
  readonly page: Page;
  readonly frame: Frame;
  readonly frames: Frames;
  /** From the start of the page to the coloured structure on the screen (ms). */
  readonly coldMs: number;
  /** Shows a file that has none of the colours that are waited for. */
  replace(index: number): Promise<void>;
  /** Shows another of the files in the same page; from the message to the picture (ms). */
  show(index: number): Promise<number>;
  /** The longest task that blocked the page since the last time this was asked (ms; 0 when none took 50 ms). */
  longestTask(): Promise<number>;
  close(): Promise<void>;
}

/** The frame that has just been put into the window. */
async function pageIn(page: Page, url: string): Promise<Frame> {
  const isOurs = (frame: Frame): boolean => frame.url() === url;
  return page.frames().find(isOurs) ?? page.waitForEvent('framenavigated', isOurs);
}

/** Opens a page that shows the first of the files, in a profile that has never seen it. */
export async function visit(
  browser: Browser,
  pages: Pages,
  drawer: Drawer,
  files: readonly BenchFile[],
  box: Box,
): Promise<Visit> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.addInitScript(
    standIn,
    files.map(({ text, ...file }) => ({ ...file, base64: Buffer.from(text).toString('base64') })),
  );
  const frames = await Frames.record(page, box);
  // As in the editor, the page is a frame in a window that has been open for a while. A window of its own would be busy
  // drawing its toolbar, and a sign that it is loading, with the same processor.
  await page.goto(pages.windowUrl);
  await page.waitForTimeout(WINDOW_MS);
  await page.evaluate((url) => {
    const element = document.createElement('iframe');
    element.src = url;
    document.body.append(element);
  }, pages.url(drawer));
  const frame = await pageIn(page, pages.url(drawer));
  const drawn = async (): Promise<number> => {
    const at = await frames.coloured();
    const failed = [...problems, ...(await inPage(frame, (bench) => bench.sent))].find((text) =>
      text.startsWith('failed'),
    );
    if (failed) throw new Error(`${drawer}: ${failed}`);
    return at;
  };
  const origin = await frame.evaluate(() => performance.timeOrigin);
  const coldMs = (await drawn()) - origin;
  const send = (index: number): Promise<number> =>
    frame.evaluate((file) => (window as unknown as { bench: Bench }).bench.show(file), index);
  return {
    page,
    frame,
    frames,
    coldMs,
    async replace(index) {
      await send(index);
      await frames.gone();
    },
    async show(index) {
      frames.forget();
      const started = await send(index);
      return (await drawn()) - started;
    },
    async longestTask() {
      const tasks = await inPage(frame, (bench) => bench.long.splice(0));
      return Math.max(0, ...tasks.map(({ duration }) => duration));
    },
    async close() {
      await frames.stop();
      await context.close();
    },
  };
}
