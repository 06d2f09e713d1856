/** The structure page's files in dist/webview, built when they are missing or older than their source. */

import { globSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import webpack, { type Configuration } from 'webpack';
import { DIST, ROOT } from '../lib/paths.ts';

/** What the page is made from. */
const SOURCES = [
  'webview/**/*.{ts,css}',
  'extension/structure/*.ts',
  'webpack.config.js',
  'node_modules/ngl/package.json',
];

/**
 * Builds the page if that is needed.
 * @returns the folder that holds `viewer.js`, `ngl.js` and `viewer.css`
 * @throws Error with webpack's words when the build fails
 */
export async function ensureViewerBundle(): Promise<string> {
  const folder = path.join(DIST, 'webview');
  const changed = (file: string): number =>
    statSync(path.join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
  const built = Math.min(...['viewer.js', 'ngl.js', 'viewer.css'].map(changed));
  const newest = Math.max(...globSync(SOURCES, { cwd: ROOT }).map((file) => statSync(path.join(ROOT, file)).mtimeMs));
  if (built < newest) await buildViewer();
  return folder;
}

async function buildViewer(): Promise<void> {
  const module: { default: (env: object, argv: { mode: string }) => Configuration[] } = await import(
    pathToFileURL(path.join(ROOT, 'webpack.config.js')).href
  );
  const configuration = module.default({}, { mode: 'production' }).find(({ name }) => name === 'viewer');
  if (!configuration) throw new Error('webpack.config.js makes no bundle named “viewer”.');
  const compiler = webpack(configuration);
  try {
    await new Promise<void>((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error) reject(error);
        else if (stats?.hasErrors()) reject(new Error(stats.toString({ all: false, errors: true })));
        else resolve();
      });
    });
  } finally {
    await new Promise<void>((resolve) => compiler.close(() => resolve()));
  }
}
