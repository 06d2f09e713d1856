/** The real runner with the test engine in place of the homology engine: `node test/support/testRunner.ts run …`. */
import { runMain } from '../../container/runner/cli.ts';
import { testEngine } from './testEngine.ts';

process.exitCode = await runMain([testEngine], process.argv.slice(2));
