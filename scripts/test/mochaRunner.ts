// Runs mocha over some files in this process: node scripts/test/mochaRunner.ts --results FILE [--grep TEXT] FILES…
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import { ROOT } from '../lib/paths.ts';
import { recordResults } from './results.ts';

/** How long connections and timers may take to go away after the last test. */
const LINGER_MS = 15_000;

/** The same defaults as for a mocha started by hand. */
function defaults(): Mocha.MochaOptions {
  return JSON.parse(readFileSync(path.join(ROOT, '.mocharc.json'), 'utf8')) as Mocha.MochaOptions;
}

const { values, positionals } = parseArgs({
  options: { results: { type: 'string' }, grep: { type: 'string' } },
  allowPositionals: true,
});
const { results, grep } = values;
if (results === undefined) throw new Error('--results FILE is needed');

const mocha = new Mocha({
  ...defaults(),
  reporter: 'spec',
  ...(grep === undefined ? {} : { grep }),
});
Mocha.reporters.Base.useColors = process.env.FOLDPAD_COLOR === '1';
for (const file of positionals) mocha.addFile(path.resolve(file));
await mocha.loadFilesAsync();

const failures = await new Promise<number>((resolve) => {
  const runner = mocha.run(resolve);
  recordResults(runner, results);
});
process.exitCode = failures > 0 ? 1 : 0;

// A test that leaves something running would keep this process alive for ever.
setTimeout(() => {
  const left = process.getActiveResourcesInfo().filter((name) => !/^(TTYWrap|PipeWrap|Timeout)$/.test(name));
  console.error(
    `The tests are over, but something they started still runs (${left.join(', ') || 'a timer'}); not waiting.`,
  );
  process.exit();
}, LINGER_MS).unref();
