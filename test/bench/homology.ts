// The homology engine's promises: how good its models and its confidence are, and how long a user waits.
// The accuracy benchmark is Python (test/bench/homology/) and takes long; this prints its numbers for npm run bench.
// FOLDPAD_BENCH_RECORDED=docs/homology-accuracy.json takes them from the last full run instead of predicting again.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';
import { ENGINE_PYTHON, libraryFolder } from '../../scripts/setup/engine.ts';

const ACCURACY_TARGETS = 130;
/** Enough for a median; the accuracy run may have shared the machine. */
const TIMED_TARGETS = 24;

const reportSchema = z.object({
  summary: z.object({
    targets: z.number(),
    modelled: z.number(),
    errors: z.number(),
    share_tm_half: z.number(),
    median_tm: z.number(),
    mean_tm: z.number(),
    median_seconds: z.number(),
    p90_seconds: z.number(),
    max_seconds: z.number(),
    median_load_before: z.number(),
    mae: z.number(),
    r: z.number(),
    overclaimed: z.number(),
  }),
});

type Summary = z.infer<typeof reportSchema>['summary'];

async function python(args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(ENGINE_PYTHON, args, {
    cwd: ROOT,
    onOutput: (text) => process.stderr.write(text),
  });
  if (code !== 0) throw new Error(`${args[0]} ended with code ${code}: ${output.trim().split('\n').at(-1)}`);
}

function print(name: string, value: number, unit: string, target: string, ok: boolean, note?: string): void {
  process.stdout.write(`${JSON.stringify({ name, value, unit, target, ok, ...(note ? { note } : {}) })}\n`);
}

async function measureLibrary(folder: string): Promise<void> {
  const started = performance.now();
  await python(['container/homology/main.py', 'prepare', '--library', path.join(folder, 'library')]);
  const seconds = (performance.now() - started) / 1_000;
  print('template library, built from nothing', seconds, 's', '≤ 90 s', seconds <= 90);
}

/** Runs the benchmark over the first `count` targets. What `work` holds already is not predicted again. */
async function benchmark(folder: string, work: string, count: number): Promise<Summary> {
  const out = path.join(folder, 'results.json');
  const args = ['--library', libraryFolder(), '--out', out, '--work', work, '--count', `${count}`];
  await python(['test/bench/homology/benchmark.py', ...args]);
  return readSummary(out);
}

async function readSummary(file: string): Promise<Summary> {
  return reportSchema.parse(JSON.parse(await readFile(file, 'utf8'))).summary;
}

async function measureAccuracy(folder: string): Promise<void> {
  const recorded = process.env.FOLDPAD_BENCH_RECORDED;
  const s = recorded
    ? await readSummary(recorded)
    : await benchmark(folder, path.join(folder, 'work'), ACCURACY_TARGETS);
  const of = `${s.targets} random library chains of 60–300 residues, own entry and > 95 % identity excluded`;
  print(
    'targets',
    s.targets,
    '',
    '≥ 120',
    s.targets >= 120,
    `${s.modelled} modelled, ${s.errors} errors; chain by chain in docs/homology-accuracy.json`,
  );
  print('models with TM-score ≥ 0.5', s.share_tm_half * 100, '%', '≥ 80 %', s.share_tm_half >= 0.8, of);
  print('TM-score, median', s.median_tm, '', '≥ 0.83', s.median_tm >= 0.83, 'no model counts as 0');
  print('TM-score, mean', s.mean_tm, '', '≥ 0.70', s.mean_tm >= 0.7, 'no model counts as 0');
  print('estimated against true CA-lDDT, mean absolute error', s.mae, '', '≤ 0.10', s.mae <= 0.1, 'per residue');
  print('estimated against true CA-lDDT, Pearson r', s.r, '', '≥ 0.65', s.r >= 0.65, 'per residue');
  const overclaimed = 'models that claim ≥ 0.70 and are below 0.50';
  print(overclaimed, s.overclaimed * 100, '%', '≤ 2 %', s.overclaimed <= 0.02);
}

/** Always from nothing and one target at a time, whatever an interrupted benchmark left behind. */
async function measureSpeed(folder: string): Promise<void> {
  const s = await benchmark(folder, path.join(folder, 'timed'), TIMED_TARGETS);
  const spread = `${s.targets} targets, 90th percentile ${s.p90_seconds} s, longest ${s.max_seconds} s, load ${s.median_load_before}`;
  print('a target, median', s.median_seconds, 's', '≤ 8 s', s.median_seconds <= 8, spread);
}

const folder = await mkdtemp(path.join(tmpdir(), 'foldpad-bench-'));
try {
  await measureLibrary(folder);
  await measureSpeed(folder);
  await measureAccuracy(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
