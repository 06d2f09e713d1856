// Runs the tests inside the extension host: node scripts/test/inHostRunner.ts --results FILE [--grep TEXT]
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runInHost } from '../../test/support/inHost.ts';
import { DIST, ROOT } from '../lib/paths.ts';
import { messageOf } from '../lib/say.ts';

const TIMEOUT_MS = 9 * 60_000;

const { values } = parseArgs({ options: { results: { type: 'string' }, grep: { type: 'string' } } });
if (values.results === undefined) throw new Error('--results FILE is needed');

try {
  process.exitCode = await runInHost({
    extension: ROOT,
    tests: path.join(DIST, 'test', 'inhost.cjs'),
    workspace: path.join(ROOT, 'examples'),
    env: { FOLDPAD_TEST_RESULTS: values.results, FOLDPAD_TEST_GREP: values.grep ?? '' },
    timeoutMs: TIMEOUT_MS,
    onLine: (line) => console.log(line),
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
