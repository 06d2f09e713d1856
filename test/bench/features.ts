/**
 * AlphaFold's features stage: ours against AlphaFold's own sequential pipeline, how busy each search program keeps the
 * cores, what follows for larger machines, and what a hit in the cache saves. Prints one JSON line per number.
 * `node test/bench/features.ts`; FOLDPAD_BENCH_SCALE=0.05 tries it out on smaller databases (and keeps no promise).
 */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from '../../scripts/build.ts';
import { CACHE, ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';
import { setUpAlphafold } from '../../scripts/setup/alphafold.ts';
import { pythonProgram } from '../../scripts/setup/python.ts';
import { describeFailure } from '../../scripts/setup/result.ts';
import { RunnerJob } from '../support/runnerJob.ts';
import { type Comparison, resultsSchema, type Tool } from './features/results.ts';

/** Two runs of the same work differ by so much on a machine that does nothing else. */
const NOISE = 0.03;
const LEAST_SECONDS = 60;
const LEAST_SPEEDUP = 50;
const HITS = 5;

const scale = process.env.FOLDPAD_BENCH_SCALE ?? '1';
const DATABASES = path.join(CACHE, `bench-features-${scale}`);
const BUNDLE = path.join(ROOT, 'dist', 'runner.mjs');
let failed = false;

function tell(name: string, value: number, unit: string, note?: string, target?: { text: string; ok: boolean }): void {
  failed ||= target?.ok === false;
  const promise = target === undefined ? {} : { target: target.text, ok: target.ok };
  console.log(JSON.stringify({ name, value, unit, ...promise, ...(note === undefined ? {} : { note }) }));
}

async function benchmark(folder: string): Promise<Record<string, Comparison>> {
  const out = path.join(folder, 'results.json');
  const script = path.join(import.meta.dirname, 'features', 'benchmark.py');
  const { code, output } = await runCommand(
    pythonProgram('alphafold', 'python'),
    [script, DATABASES, `--out=${out}`, `--scale=${scale}`],
    { cwd: ROOT, onOutput: (text) => process.stderr.write(text) },
  );
  if (code !== 0) throw new Error(`the benchmark ended with code ${code}: ${output.trim().split('\n').at(-1)}`);
  return resultsSchema.parse(JSON.parse(await readFile(out, 'utf8')));
}

function tellComparison(kind: string, found: Comparison): void {
  const { residues, msa_depth: depth, times, different_arrays: different } = found;
  const runs = (side: 'upstream' | 'ours') => times[side].map(({ seconds }) => seconds.toFixed(0)).join(', ');
  const busy = (side: 'upstream' | 'ours') =>
    times[side].reduce((sum, { seconds, cpu_seconds }) => sum + cpu_seconds / seconds, 0) / times[side].length;
  const about = `${residues} residues, ${depth} rows in the alignment`;
  tell(
    `${kind}: upstream's own sequential pipeline on 2 cores`,
    found.upstream,
    's',
    `${about}; runs ${runs('upstream')} s; keeps ${busy('upstream').toFixed(2)} cores busy; 8 threads for jackhmmer, 4 for hhblits`,
    { text: `≥ ${LEAST_SECONDS} s`, ok: found.upstream >= LEAST_SECONDS },
  );
  tell(
    `${kind}: ours on 2 cores`,
    found.ours,
    's',
    `runs ${runs('ours')} s; keeps ${busy('ours').toFixed(2)} cores busy`,
  );
  const ratio = found.ours / found.upstream;
  tell(`${kind}: ours to upstream's`, ratio, '×', 'medians; bounded by how busy upstream keeps the cores', {
    text: `≤ ${1 + NOISE}`,
    ok: ratio <= 1 + NOISE,
  });
  if (different !== null) {
    const names = different.join(', ') || 'compared array by array';
    const target = { text: '0', ok: different.length === 0 };
    tell(`${kind}: features that differ from upstream's`, different.length, '', names, target);
  }
  for (const tool of found.tools) tellTool(kind, tool);
  for (const [cpus, value] of Object.entries(found.predicted)) {
    const other = found.predicted_by_hmmers_author[cpus]?.toFixed(2);
    const note = `jackhmmer gains up to 8 CPUs; ${other} if only up to 4`;
    const measured = cpus === '2' ? `, measured ${ratio.toFixed(2)}` : '';
    tell(`${kind}: ratio on ${cpus} vCPU, predicted`, value, '×', `${note}${measured}`);
  }
}

function tellTool(kind: string, { search, tool, seconds, cores_busy: busy }: Tool): void {
  const [one, two] = seconds;
  const scaling = `${one.toFixed(1)} s on one core, ${two.toFixed(1)} s on two: ${(one / two).toFixed(2)} times as fast`;
  tell(`${kind}: cores that ${tool} keeps busy on ${search}`, busy, 'of 2', scaling);
}

/** The runner as it is shipped, from its start to its end. */
async function seconds(job: RunnerJob): Promise<{ seconds: number; output: string }> {
  const started = performance.now();
  const runner = job.start({
    runner: BUNDLE,
    args: ['--stage', 'features'],
    env: { FOLDPAD_ALPHAFOLD_PYTHON: pythonProgram('alphafold', 'python'), FOLDPAD_DATABASES: DATABASES },
  });
  const { code, output, errors } = await runner.ended;
  if (code !== 0) throw new Error(`the runner ended with ${code}: ${output}${errors}`);
  return { seconds: (performance.now() - started) / 1000, output };
}

async function createJob(sequence: string): Promise<RunnerJob> {
  return RunnerJob.create('12AS_A', {
    sequence,
    order: {
      engine: 'alphafold2',
      parameters: {
        db_preset: 'full_dbs',
        model_preset: 'monomer',
        model_names: ['model_1'],
        max_template_date: '2020-05-14',
        gpu: 1,
        models_to_relax: 'none',
        num_multimer_predictions_per_model: 5,
        random_seed: 1,
        exclude_templates: [],
      },
    },
  });
}

/** Two jobs for one target: the first searches, the others find what it has stored. */
async function measureCache(): Promise<void> {
  await build({ mode: 'production', inHost: false, only: 'product' });
  const fasta = await readFile(path.join(DATABASES, 'monomer.fasta'), 'utf8');
  const sequence = fasta.split('\n').slice(1).join('');
  const first = await createJob(sequence);
  try {
    const made = await seconds(first);
    const hits: number[] = [];
    for (let hit = 0; hit < HITS; hit += 1) {
      const job = await createJob(sequence);
      try {
        await cp(first.path('store/features'), job.path('store/features'), { recursive: true });
        const run = await seconds(job);
        if (!run.output.includes('The features were in the cache')) throw new Error(`no hit: ${run.output}`);
        hits.push(run.seconds);
      } finally {
        await job.dispose();
      }
    }
    const hit = hits.sort((a, b) => a - b)[Math.floor(HITS / 2)] ?? Number.NaN;
    const speedup = made.seconds / hit;
    tell('monomer: the whole features run, made anew', made.seconds, 's', 'runner and driver, on 2 threads');
    tell('monomer: the whole features run, a hit in the cache', hit, 's', `median of ${HITS}`);
    tell('monomer: a hit is faster by', speedup, '×', 'the work saved grows with the databases, a hit does not', {
      text: `≥ ${LEAST_SPEEDUP}`,
      ok: speedup >= LEAST_SPEEDUP,
    });
  } finally {
    await first.dispose();
  }
}

const ready = await setUpAlphafold();
if (!ready.ok) throw new Error(describeFailure(ready));
const folder = await mkdtemp(path.join(tmpdir(), 'foldpad-bench-'));
try {
  for (const [kind, found] of Object.entries(await benchmark(folder))) tellComparison(kind, found);
  await measureCache();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
