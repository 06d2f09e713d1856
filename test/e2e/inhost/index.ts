// Where the extension host enters: runs every *.test.ts of this folder with mocha. Bundled by webpack (--env inhost).
import Mocha from 'mocha';
import { recordResults } from '../../../scripts/test/results.ts';

/** What webpack puts in the place of `import.meta.webpackContext`: the modules of a folder by name. */
interface ModuleContext {
  (name: string): unknown;
  keys: () => string[];
}

declare global {
  interface ImportMeta {
    webpackContext: (folder: string, options: { recursive: boolean; regExp: RegExp }) => ModuleContext;
  }
}

const TEST_TIMEOUT_MS = 60_000;
/** test/support/inHost.ts shows what comes after this line; before it VS Code talks of its own start. */
const BEGIN = '── tests inside the extension host ──';

/** Called by VS Code; rejecting is what makes the run fail. */
export async function run(): Promise<void> {
  const { FOLDPAD_TEST_RESULTS: results, FOLDPAD_TEST_GREP: grep } = process.env;
  const mocha = new Mocha({ ui: 'bdd', timeout: TEST_TIMEOUT_MS, color: false, ...(grep ? { grep } : {}) });
  // The files are in this bundle, so mocha cannot load them itself: its globals are made first, then the modules run.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  const modules = import.meta.webpackContext('./', { recursive: true, regExp: /\.test\.ts$/ });
  for (const name of modules.keys()) modules(name);
  console.log(BEGIN);
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    if (results) recordResults(runner, results);
  });
  if (failures > 0) throw new Error(`${failures} tests failed inside the extension host`);
}
