/**
 * What a Jobs view with ten thousand jobs costs, measured inside the extension host of a real VS Code.
 * Prints one JSON line per number. `node test/bench/jobsTree.ts`
 */
import path from 'node:path';
import { build } from '../../scripts/build.ts';
import { DIST, ROOT } from '../../scripts/lib/paths.ts';
import { runInHost } from '../support/inHost.ts';

const TIMEOUT_MS = 5 * 60_000;

await build({ mode: 'production', inHost: true, only: 'product' });
process.exitCode = await runInHost({
  extension: ROOT,
  tests: path.join(DIST, 'test', 'inhost.cjs'),
  workspace: path.join(ROOT, 'examples'),
  env: { FOLDPAD_BENCH: 'jobs-tree' },
  timeoutMs: TIMEOUT_MS,
  onLine: (line) => console.log(line),
});
