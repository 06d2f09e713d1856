/**
 * How long the AWS backend takes from nothing to the first structure in the editor: synthesis, bootstrap, deployment into
 * the emulator, connecting (with a wrong key first, as the test does), prediction, drawing. Prints one JSON line.
 * `node test/bench/rehearsal.ts`
 */
import path from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';
import { packageExtension } from '../../scripts/package.ts';
import { setUpPython } from '../../scripts/setup/python.ts';
import { describeFailure } from '../../scripts/setup/result.ts';

const MOST_SECONDS = 240;
const STEPS = 'in English (is told address and key|submits to a queue|opens the structure)';

const python = await setUpPython('aws');
if (!python.ok) throw new Error(describeFailure(python));
// What is installed and built once counts for no run.
const vsix = await packageExtension({ inHost: false });
const started = performance.now();
const { code, output } = await runCommand(
  process.execPath,
  [path.join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js'), 'test/e2e/rehearsal.test.ts', '--grep', STEPS],
  { cwd: ROOT, env: { ...process.env, FOLDPAD_VSIX: vsix }, timeoutMs: 15 * 60_000 },
);
const seconds = Math.round((performance.now() - started) / 1000);
if (code !== 0) throw new Error(`The rehearsal in the editor failed:\n${output}`);
const target = `≤ ${MOST_SECONDS} s`;
const note = 'bootstrap, deployment, connecting, one prediction, drawing; the end of editor and emulator included';
console.log(
  JSON.stringify({
    name: 'from nothing to the first structure in the editor',
    value: seconds,
    unit: 's',
    target,
    ok: seconds <= MOST_SECONDS,
    note,
  }),
);
