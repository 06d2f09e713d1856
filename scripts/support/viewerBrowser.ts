/**
 * The structure page in a headless browser, without an editor: the very HTML, policy, script and style sheet that the
 * editor shows, with a stand-in for the editor's side of the conversation. For tests and for pictures.
 */

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type StructurePageParts, structurePageHtml } from '../../extension/structure/pageHtml.ts';
import type { HostMessage, PageMessage, StructureMessage } from '../../extension/structure/protocol.ts';
import { ROOT } from '../lib/paths.ts';
import { setUpBrowser } from '../setup/browser.ts';
import { describeFailure } from '../setup/result.ts';
import { ensureViewerBundle } from './viewerBundle.ts';
import { THEMES } from './viewerThemes.ts';

/** Draws in software: the same picture on every machine, and no graphics card needed. */
const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Said by three.js inside NGL and by the software renderer on every run; nothing the page could change. */
const KNOWN_WARNINGS =
  /useLegacyLights has been deprecated|GPU stall due to ReadPixels|Automatic fallback to software WebGL/;

/** How long anything in the page may take: drawn in software beside other work, a surface needs its time. */
const PATIENCE_MS = 120_000;

/** A page message whose bytes came as base64 out of the browser. */
export type Received<T extends PageMessage['type']> = Extract<PageMessage, { type: T }>;

/** A structure to show; what is left out gets a sensible value. */
export type StructureToShow = Pick<StructureMessage, 'fileName' | 'format' | 'bytes'> & Partial<StructureMessage>;

/** One open structure page. */
export interface ViewerPage {
  readonly page: Page;
  /** Violations of the content security policy, errors and warnings of the console, failed requests. */
  readonly complaints: readonly string[];
  send(message: HostMessage): Promise<void>;
  /** Sends a structure and waits until it is drawn or refused. */
  show(structure: StructureToShow): Promise<Received<'shown'> | Received<'failed'>>;
  /** Waits for the next message of one of these types that was not taken yet. */
  next<T extends PageMessage['type']>(...types: readonly T[]): Promise<Received<T>>;
  /** Text of an element as a reader sees it. */
  text(selector: string): Promise<string>;
  /** Counts what is drawn. */
  measure(): Promise<Received<'measured'>>;
  /** What the page remembers. */
  state(): Promise<Record<string, unknown> | undefined>;
  /** Loads the page again, as VS Code does when a hidden tab is shown; its remembered state survives. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** A browser and the loopback server its pages come from. */
export interface ViewerBrowser {
  open(options?: {
    readonly width?: number;
    readonly height?: number;
    readonly theme?: 'light' | 'dark' | 'high-contrast';
    readonly scale?: number;
    /** A second policy on top of the page's own, for example `worker-src 'none'`. */
    readonly policy?: string;
    /** Speaks this language: there must be a bundle for it. Default: English. */
    readonly language?: string;
    /** Pretends that the browser has no WebGL; the page then never becomes ready. */
    readonly withoutWebGl?: boolean;
  }): Promise<ViewerPage>;
  close(): Promise<void>;
}

/**
 * Starts browser and server.
 * @throws Error that says what to do when there is no browser
 */
export async function startViewerBrowser(): Promise<ViewerBrowser> {
  const found = await setUpBrowser();
  if (!found.ok) throw new Error(describeFailure(found));
  const folder = await ensureViewerBundle();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const policy = searchParams.get('policy');
    if (pathname === '/') {
      if (policy) response.setHeader('content-security-policy', policy);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      const styleSource = `http://${request.headers.host}`;
      response.end(
        structurePageHtml({
          ...(await pageTexts(searchParams.get('language') ?? 'en')),
          scriptUri: '/viewer.js',
          libraryUri: '/ngl.js',
          styleUri: '/viewer.css',
          styleSource,
          nonce: randomUUID(),
        }),
      );
    } else if (['/viewer.js', '/ngl.js', '/viewer.css'].includes(pathname)) {
      response.setHeader(
        'content-type',
        pathname.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
      );
      response.end(await readFile(path.join(folder, pathname.slice(1))));
    } else {
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let browser: Browser;
  try {
    browser = await chromium.launch({ executablePath: found.browser, headless: true, args: FLAGS });
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    async open(options = {}) {
      const context = await browser.newContext({
        viewport: { width: options.width ?? 660, height: options.height ?? 400 },
        deviceScaleFactor: options.scale ?? 1,
        colorScheme: options.theme === 'light' ? 'light' : 'dark',
      });
      const url = new URL(`http://127.0.0.1:${port}/`);
      if (options.language) url.searchParams.set('language', options.language);
      if (options.policy) url.searchParams.set('policy', options.policy);
      return openPage(context, url.href, options.theme ?? 'light', options.withoutWebGl ?? false);
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the editor says of its language and of its translations. */
async function pageTexts(language: string): Promise<Pick<StructurePageParts, 'language' | 'title' | 'texts'>> {
  if (language === 'en') return { language, title: 'Structure' };
  const texts = JSON.parse(await readFile(path.join(ROOT, 'l10n', `bundle.l10n.${language}.json`), 'utf8'));
  return { language, title: texts.Structure, texts };
}

async function openPage(
  context: BrowserContext,
  url: string,
  theme: string,
  withoutWebGl: boolean,
): Promise<ViewerPage> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning';
    if (isComplaint && !KNOWN_WARNINGS.test(message.text())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`request failed: ${request.url().slice(0, 100)}`));
  await page.exposeFunction('foldpadViolation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(standIn, { theme, themes: THEMES });
  if (withoutWebGl) {
    await page.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null;
    });
  }
  await page.goto(url);

  let serial = 0;
  let measureId = 0;
  const next: ViewerPage['next'] = async (...types) => {
    const handle = await page.waitForFunction(
      (wanted) => {
        const { sent } = window as unknown as { sent: { type: string; bytes?: Uint8Array }[] };
        const index = sent.findIndex((message) => wanted.some((type) => type === message.type));
        if (index < 0) return undefined;
        const [message] = sent.splice(index, 1);
        if (!message?.bytes) return message;
        let text = '';
        for (const byte of message.bytes) text += String.fromCharCode(byte);
        return { ...message, bytes: btoa(text) };
      },
      types,
      // Not once per frame: a spinning molecule leaves a slow machine few of them.
      { polling: 100 },
    );
    const message = (await handle.jsonValue()) as Record<string, unknown>;
    if (typeof message.bytes === 'string') message.bytes = new Uint8Array(Buffer.from(message.bytes, 'base64'));
    return message as never;
  };
  const send: ViewerPage['send'] = async (message) => {
    const bytes = 'bytes' in message ? Buffer.from(message.bytes).toString('base64') : undefined;
    await page.evaluate(
      ({ fields, base64 }) => {
        const text = base64 === undefined ? undefined : atob(base64);
        window.postMessage({
          ...fields,
          ...(text !== undefined && { bytes: Uint8Array.from(text, (letter) => letter.charCodeAt(0)) }),
        });
      },
      { fields: { ...message, bytes: undefined }, base64: bytes },
    );
  };
  if (!withoutWebGl) await next('ready');
  return {
    page,
    complaints,
    next,
    send,
    async show(structure) {
      await send({
        type: 'structure',
        serial: ++serial,
        title: structure.fileName,
        models: [{ label: structure.fileName }],
        selectedModel: 0,
        reloaded: true,
        canOpenAsText: false,
        ...structure,
      });
      return next('shown', 'failed');
    },
    // innerText, not textContent: what is hidden, and where lines break, matters here
    text: (selector) => page.locator(selector).innerText(),
    async measure() {
      await send({ type: 'measure', id: ++measureId });
      return next('measured');
    },
    state: () =>
      page.evaluate(() => {
        const text = sessionStorage.getItem('state');
        return text === null ? undefined : JSON.parse(text);
      }),
    async reload() {
      await page.reload();
      await next('ready');
    },
    close: () => context.close(),
  };
}

/** Runs in the page before its own script: plays VS Code's part. */
function standIn({ theme, themes }: { theme: string; themes: Record<string, Record<string, string>> }): void {
  const global = window as unknown as Record<string, unknown>;
  const sent: unknown[] = [];
  global.sent = sent;
  global.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => sent.push(message),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
  document.addEventListener('securitypolicyviolation', (event) => {
    (global.foldpadViolation as (text: string) => void)(
      `${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
    );
  });
  document.addEventListener('DOMContentLoaded', () => {
    document.body.classList.add(theme === 'high-contrast' ? 'vscode-high-contrast' : `vscode-${theme}`);
    for (const [name, value] of Object.entries(themes[theme] ?? {})) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
  });
}
