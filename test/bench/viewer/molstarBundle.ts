/** Mol*, installed beside Foldpad and bundled as Foldpad's page is: minified by esbuild, for the same browsers. */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureNodeModules } from '../../../scripts/launcher/nodeModules.mjs';
import { CACHE, ROOT } from '../../../scripts/lib/paths.ts';
import { say } from '../../../scripts/lib/say.ts';

const FOLDER = path.join(ROOT, 'tools', 'molstar');

/** Of esbuild what is used here; it is installed with Mol*, not with Foldpad. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{ outputFiles: { contents: Uint8Array }[] }>;
}

/** The script of the page that draws with Mol* (the first time it is installed, about 170 MB). */
export async function molstarBundle(): Promise<Uint8Array> {
  await ensureNodeModules(FOLDER, 'Mol*, to measure against', say);
  const main = path.join(FOLDER, 'node_modules', 'esbuild', 'lib', 'main.js');
  const esbuild = ((await import(pathToFileURL(main).href)) as { default: Esbuild }).default;
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(FOLDER, 'page.mjs')],
    outfile: path.join(CACHE, 'molstar', 'page.js'),
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  });
  const script = outputFiles[0]?.contents;
  if (!script) throw new Error('esbuild made nothing of tools/molstar/page.mjs.');
  return script;
}
