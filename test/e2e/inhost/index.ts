/** Runs the tests of this folder inside the extension host; the editor calls {@link run}. */

import Mocha from 'mocha';
import { recordResults } from '../../../scripts/test/results.ts';

/** A prediction for real takes seconds on an idle machine and minutes on a busy one. */
const TIMEOUT_MS = 240_000;

/** What test/support/inHost.ts waits for: before it, VS Code prints. */
const BEGIN = '── tests inside the extension host ──';

/** @throws when a test failed */
export async function run(): Promise<void> {
  const { FOLDPAD_BENCH: bench, FOLDPAD_TEST_GREP: grep, FOLDPAD_TEST_RESULTS: results } = process.env;
  console.log(BEGIN);
  if (bench === 'jobs-tree') {
    const { measureJobsTree } = await import(/* webpackMode: "eager" */ '../../bench/inhost/jobsTree.ts');
    return measureJobsTree();
  }
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: TIMEOUT_MS,
    color: false,
    reporter: 'spec',
    ...(grep ? { grep } : {}),
  });
  // The tests are in this bundle instead of in files that mocha could load: give them its globals first.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import(/* webpackMode: "eager" */ './activation.test.ts');
  await import(/* webpackMode: "eager" */ './commands.test.ts');
  await import(/* webpackMode: "eager" */ './tree.test.ts');
  await import(/* webpackMode: "eager" */ './jobsTree.test.ts');
  await import(/* webpackMode: "eager" */ './endNotifier.test.ts');
  await import(/* webpackMode: "eager" */ './fasta.test.ts');
  await import(/* webpackMode: "eager" */ './fastaDrop.test.ts');
  await import(/* webpackMode: "eager" */ './structureEditor.test.ts');
  await import(/* webpackMode: "eager" */ './predict.test.ts');
  await import(/* webpackMode: "eager" */ './automation.test.ts');
  await import(/* webpackMode: "eager" */ './connecting.test.ts');
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    if (results) recordResults(runner, results);
  });
  if (failures > 0) throw new Error(`${failures} tests inside the extension host failed.`);
}
