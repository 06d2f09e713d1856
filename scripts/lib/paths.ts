import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder, absolute. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

/** Where bundles are written. */
export const DIST = path.join(ROOT, 'dist');

/** What the tools keep between runs; git ignores it. */
export const CACHE = path.join(ROOT, '.cache');

/** True when the module with this URL is the program that was started, rather than one imported by it. */
export function isMain(moduleUrl: string): boolean {
  const started = process.argv[1];
  if (started === undefined) return false;
  return realpathSync(started) === realpathSync(fileURLToPath(moduleUrl));
}
