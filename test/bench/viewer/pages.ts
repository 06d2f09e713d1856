/** The two pages that are compared, from one server: the same HTML and policy, each with its own script. */

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { structurePageHtml } from '../../../extension/structure/pageHtml.ts';
import { ensureViewerBundle } from '../../../scripts/support/viewerBundle.ts';
import { molstarBundle } from './molstarBundle.ts';

/** Who draws. */
export type Drawer = 'foldpad' | 'molstar';

/** Where something is in a page, CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The server of both pages. */
export interface Pages {
  /** A window with nothing in it; a frame fills it. */
  readonly windowUrl: string;
  url(drawer: Drawer): string;
  /** Bytes of a page's scripts. */
  scriptBytes(drawer: Drawer): number;
  /** Gives Mol* exactly the room that Foldpad's page leaves for its structure: fewer pixels are drawn faster. */
  setMolstarBox(box: Box): void;
  close(): Promise<void>;
}

const WINDOW = `<!doctype html><title>Window</title>
<style>body { margin: 0 } iframe { position: fixed; inset: 0; width: 100%; height: 100%; border: 0 }</style>`;

/** Starts it. */
export async function servePages(): Promise<Pages> {
  const folder = await ensureViewerBundle();
  const scripts = { foldpad: await readFile(path.join(folder, 'viewer.js')), molstar: await molstarBundle() };
  const library = await readFile(path.join(folder, 'ngl.js'));
  const styles = { foldpad: await readFile(path.join(folder, 'viewer.css'), 'utf8'), molstar: '' };
  const server = createServer((request, response) => {
    const [drawer, file] = (request.url ?? '/').slice(1).split('/');
    if (drawer === '') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(WINDOW);
    } else if (drawer !== 'foldpad' && drawer !== 'molstar') {
      response.writeHead(204).end();
    } else if (file === 'page.js' || file === 'library.js') {
      const script = file === 'page.js' ? scripts[drawer] : library;
      // As VS Code serves it: kept, but asked about each time.
      response.setHeader('cache-control', 'no-cache');
      response.setHeader('etag', `"${script.byteLength}"`);
      response.setHeader('content-type', 'text/javascript; charset=utf-8');
      if (request.headers['if-none-match'] === `"${script.byteLength}"`) response.writeHead(304).end();
      else response.end(script);
    } else if (file === 'page.css') {
      response.setHeader('content-type', 'text/css; charset=utf-8');
      response.end(styles[drawer]);
    } else {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        structurePageHtml({
          language: 'en',
          title: 'Structure',
          scriptUri: `/${drawer}/page.js`,
          libraryUri: drawer === 'foldpad' ? `/${drawer}/library.js` : undefined,
          styleUri: `/${drawer}/page.css`,
          styleSource: `http://${request.headers.host}`,
          nonce: randomUUID(),
        }),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    windowUrl: `http://127.0.0.1:${port}/`,
    url: (drawer) => `http://127.0.0.1:${port}/${drawer}/`,
    scriptBytes: (drawer) => scripts[drawer].byteLength + (drawer === 'foldpad' ? library.byteLength : 0),
    setMolstarBox({ x, y, width, height }) {
      styles.molstar = `body{margin:0;overflow:hidden;background:#fff}
#viewer{position:absolute;left:${x}px;top:${y}px;width:${width}px;height:${height}px}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
