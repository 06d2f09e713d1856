/**
 * How large the Lambda functions are, and how long a cold one takes until it can be called.
 * Prints one JSON line per number. `node test/bench/lambda.ts [STARTS]`
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from '../../scripts/build.ts';
import { DIST } from '../../scripts/lib/paths.ts';
import { FUNCTION_ENVIRONMENT } from '../support/lambda/environment.ts';

const TARGETS = { bytes: 1_000_000, coldMs: 150 };
const FUNCTIONS = ['authorizer', 'query', 'command', 'dispatcher', 'tracker', 'reconciler'];

function report(name: string, value: number, unit: string, target: number, note?: string): void {
  console.log(JSON.stringify({ name, value, unit, target: `≤ ${target} ${unit}`, ok: value <= target, note }));
}

/** Milliseconds that a new process takes to load a function, Node's own start not counted. */
interface ColdStart {
  readonly wall: number;
  /** Of all processors together: what is left of it on a machine that has nothing else to do. */
  readonly processor: number;
}

function coldStart(file: string): ColdStart {
  const program = `
    const before = process.cpuUsage();
    const start = performance.now();
    const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    if (typeof handler !== 'function') throw new Error('no handler');
    console.log(JSON.stringify({ wall, processor: (user + system) / 1000 }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    // What Lambda sets; nothing of this machine.
    env: { ...FUNCTION_ENVIRONMENT, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'x' },
  });
  return JSON.parse(output) as ColdStart;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const starts = Number(process.argv[2] ?? 15);
if (!(Number.isInteger(starts) && starts > 0)) {
  console.error('Give the number of starts as a positive number.');
  process.exit(2);
}
await build({ mode: 'production', inHost: false, only: 'lambda' });
for (const name of FUNCTIONS) {
  const file = path.join(DIST, 'lambda', name, 'index.mjs');
  report(`Function ${name}, bundle`, statSync(file).size, 'bytes', TARGETS.bytes);
  const times = Array.from({ length: starts }, () => coldStart(file));
  const wall = Math.round(median(times.map((time) => time.wall)));
  const processor = Math.round(median(times.map((time) => time.processor)));
  const title = `Function ${name}, cold start, median of ${starts}`;
  report(title, wall, 'ms', TARGETS.coldMs, `processor time ${processor} ms`);
}
