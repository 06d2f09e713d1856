/** The real local server with the test engine's runner: `node test/support/localServer.ts --port 0 --data DIR …`. */
import path from 'node:path';
import { parseArguments } from '../../backend/local/arguments.ts';
import { runLocalServer } from '../../backend/local/run.ts';

const options = parseArguments(process.argv.slice(2));
if (options === 'help') throw new Error('this program is started by tests');
const runnerCommand = [process.execPath, path.join(import.meta.dirname, 'testRunner.ts')];
process.exitCode = await runLocalServer({ ...options, runnerCommand });
