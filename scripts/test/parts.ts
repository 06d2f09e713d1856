// The parts that `npm test` consists of, and how each is run and counted.
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { driverRuntime } from '../../container/engines/homologyDriver.ts';
import { runChecks } from '../check.ts';
import { ROOT } from '../lib/paths.ts';
import { type CommandResult, runCommand } from '../lib/process.ts';
import { formatDuration } from '../lib/say.ts';
import { ENGINE_PYTHON } from '../setup/engine.ts';
import { pythonProgram } from '../setup/python.ts';
import { parseUnittest } from './pythonResults.ts';
import { readResults, type TestRecord } from './results.ts';

/** What must be on the machine for a part to run at all. */
export type Requirement = 'editor' | 'browser' | 'engine' | 'aws' | 'alphafold';

export interface PartOptions {
  grep: string | undefined;
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
}

export interface Part {
  name: string;
  needs: readonly Requirement[];
  /** True when the bundles or the VSIX must be built first. */
  needsBuild: boolean;
  /** Minutes after which the part is taken for hung. */
  minutes: number;
  run: (options: PartOptions) => Promise<TestRecord[]>;
}

function failed(title: string, error: string): TestRecord {
  return { title, state: 'failed', error };
}

function show(text: string): void {
  process.stdout.write(text);
}

/** What went wrong with the process itself, if anything: a part that dies early must not look like one that passed. */
function processFailure(
  name: string,
  result: CommandResult,
  timeoutMs: number,
  { ended, interrupted }: { ended: boolean; interrupted?: string | undefined },
): TestRecord[] {
  if (ended && !result.timedOut) return [];
  const during = interrupted === undefined ? '' : ` during "${interrupted}"`;
  const end = result.output.trim().split('\n').slice(-40).join('\n');
  if (result.timedOut) {
    const what = ended ? 'Its tests were over, but it was still running' : 'It was still running';
    return [
      failed(`${name} ends in time`, `${what} after ${formatDuration(timeoutMs)}${during} and was killed:\n${end}`),
    ];
  }
  const how = result.signal ?? `exit code ${result.code}`;
  return [failed(`${name} runs to its end`, `Its process ended early with ${how}${during}:\n${end}`)];
}

/** Runs a program that writes a results file (see results.ts). */
async function runWithResults(
  name: string,
  program: string,
  args: readonly string[],
  { grep, env, timeoutMs }: PartOptions,
): Promise<TestRecord[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'foldpad-results-'));
  try {
    const file = path.join(folder, 'results.jsonl');
    const filter = grep === undefined ? [] : ['--grep', grep];
    const script = path.join(ROOT, 'scripts', 'test', program);
    const result = await runCommand(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', script, '--results', file, ...filter, ...args],
      { cwd: ROOT, env, timeoutMs, onOutput: show },
    );
    const results = readResults(file);
    return [...results.records, ...processFailure(name, result, timeoutMs, results)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mochaPart(name: string, pattern: string, minutes: number, extra: Partial<Part> = {}): Part {
  return {
    name,
    needs: [],
    needsBuild: false,
    minutes,
    run: async (options) => {
      const files = globSync(pattern, { cwd: ROOT }).sort();
      if (files.length === 0) return [failed(`${name} has tests`, `No file matches ${pattern}.`)];
      return runWithResults(name, 'mochaRunner.ts', files, options);
    },
    ...extra,
  };
}

const check: Part = {
  name: 'check',
  needs: [],
  needsBuild: false,
  minutes: 10,
  run: async () => {
    const results = await runChecks(false);
    return results.map(({ name, passed, output }) =>
      passed ? { title: name, state: 'passed' } : failed(name, output.trim()),
    );
  },
};

/** Runs the tests in `test/<name>` of an engine whose driver is in `container/<name>`. */
async function runUnittest(name: string, python: string, { grep, env, timeoutMs }: PartOptions): Promise<TestRecord[]> {
  const folder = path.join('test', name);
  if (globSync(path.join(folder, 'test*.py'), { cwd: ROOT }).length === 0) {
    return [failed(`${name} has tests`, `No file matches ${folder}/test*.py.`)];
  }
  const filter = grep === undefined ? [] : ['-k', grep];
  const args = ['-m', 'unittest', 'discover', '-v', '-s', folder, ...filter];
  const paths = { PYTHONPATH: path.join(ROOT, 'container', name), PYTHONDONTWRITEBYTECODE: '1' };
  const result = await runCommand(python, args, { cwd: ROOT, env: { ...env, ...paths }, timeoutMs, onOutput: show });
  const { records, ended } = parseUnittest(result.complaints);
  return [...records, ...processFailure(name, result, timeoutMs, { ended })];
}

/** The Python side of the homology engine, under the Python that has ProMod3. */
const homology: Part = {
  name: 'homology',
  needs: ['engine'],
  needsBuild: false,
  minutes: 15,
  run: async (options) => {
    if (driverRuntime(process.env).kind === 'container') {
      return [
        { title: 'the tests in Python', state: 'skipped', error: 'They need the engine itself, not its container.' },
      ];
    }
    return runUnittest('homology', ENGINE_PYTHON, options);
  },
};

/** The AlphaFold engine: its Python side with AlphaFold's own code, then the runner with all of it. */
const alphafold: Part = {
  name: 'alphafold',
  needs: ['engine', 'alphafold'],
  needsBuild: false,
  minutes: 15,
  run: async (options) => {
    const started = Date.now();
    const records = await runUnittest('alphafold', pythonProgram('alphafold', 'python'), options);
    const timeoutMs = Math.max(1_000, options.timeoutMs - (Date.now() - started));
    const files = globSync('test/alphafold/*.test.ts', { cwd: ROOT }).sort();
    return [...records, ...(await runWithResults('alphafold', 'mochaRunner.ts', files, { ...options, timeoutMs }))];
  },
};

/** In the order in which they run: what is quick to fail comes first. */
export const PARTS: readonly Part[] = [
  check,
  mochaPart('unit', 'test/unit/**/*.test.ts', 10),
  mochaPart('infra', 'test/infra/**/*.test.ts', 8, { needsBuild: true }),
  mochaPart('contract', 'test/contract/**/*.test.ts', 8),
  mochaPart('integration', 'test/integration/**/*.test.ts', 20, { needsBuild: true }),
  homology,
  alphafold,
  {
    name: 'inhost',
    needs: ['editor', 'browser'],
    needsBuild: true,
    minutes: 10,
    run: (options) => runWithResults('inhost', 'inHostRunner.ts', [], options),
  },
  mochaPart('e2e', 'test/e2e/*.test.ts', 25, { needs: ['editor', 'browser'], needsBuild: true }),
];
