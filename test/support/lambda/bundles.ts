import path from 'node:path';
import { build } from '../../../scripts/build.ts';
import { DIST } from '../../../scripts/lib/paths.ts';

/** The folder with the functions' bundles. `npm test` has built them; otherwise they are built now. */
export async function lambdaBundles(): Promise<string> {
  if (!process.env.FOLDPAD_VSIX) await build({ mode: 'production', inHost: false, only: 'lambda' });
  return path.join(DIST, 'lambda');
}
