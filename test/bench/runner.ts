/**
 * What the runner itself takes of a run, engine left out: time and memory of the bundle as it is shipped, with an engine
 * whose program is a shell script. Prints one JSON line per number. `node test/bench/runner.ts`
 */
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from '../../scripts/build.ts';
import { RunnerJob } from '../support/runnerJob.ts';

const RUNS = 7;
const MOST_SECONDS = 3;
const MOST_MEGABYTES = 100;

const BUNDLE = path.resolve(import.meta.dirname, '../../dist/runner.mjs');

/** Stands where Python would: leaves six models, as many as a prediction with AlphaFold, and what the runner asks for. */
const PROGRAM = `#!/bin/sh
for argument in "$@"; do case $argument in --out=*) out=\${argument#--out=} ;; esac; done
models=
for rank in 0 1 2 3 4 5; do
  echo END > "$out/ranked_$rank.pdb"
  model='{"rank":'$rank',"name":"m","mean_confidence":0,"residues_modelled":1,"template":"1ABC_A","identity":1,"coverage":1,'
  models=$models\${models:+,}$model'"probability":100,"files":{"pdb":"ranked_'$rank'.pdb"}}'
done
cat > "$out/prediction.json" <<END_OF_FILE
{"engine_version":"none","method":"none","confidence_metric":"estimated CA-lDDT","sequence_length":154,"models":[$models],
 "timings":{},"software":{},"databases":[],"warnings":[]}
END_OF_FILE
`;

/** Largest resident memory (MB) that Linux has seen of a process; undefined when it is gone or the system is another. */
function peakMegabytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
  } catch {
    return undefined;
  }
}

async function measure(): Promise<{ seconds: number; megabytes: number }> {
  const job = await RunnerJob.create('');
  try {
    const program = job.path('program');
    await writeFile(program, PROGRAM);
    await chmod(program, 0o755);
    const started = performance.now();
    const runner = job.start({
      runner: BUNDLE,
      env: { FOLDPAD_PYTHON: program },
      args: ['--library', job.path('library')],
    });
    let megabytes = 0;
    const look = setInterval(() => {
      megabytes = Math.max(megabytes, peakMegabytes(runner.child.pid ?? 0) ?? 0);
    }, 10);
    const { code, output, errors } = await runner.ended;
    clearInterval(look);
    if (code !== 0) throw new Error(`the runner ended with ${code}: ${output}${errors}`);
    return { seconds: (performance.now() - started) / 1000, megabytes };
  } finally {
    await job.dispose();
  }
}

await build({ mode: 'production', inHost: false, only: 'product' });
const runs: { seconds: number; megabytes: number }[] = [];
for (let run = 0; run < RUNS; run += 1) runs.push(await measure());
const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
const megabytes = Math.max(...runs.map((run) => run.megabytes));
const results = [
  {
    name: 'a run without its engine’s work, median',
    value: seconds,
    unit: 's',
    target: `≤ ${MOST_SECONDS} s`,
    ok: seconds <= MOST_SECONDS,
    note: 'from the start of the process to its end; six files published',
  },
  {
    name: 'the runner, largest resident memory',
    value: megabytes,
    unit: 'MB',
    target: `≤ ${MOST_MEGABYTES} MB`,
    ok: megabytes > 0 && megabytes <= MOST_MEGABYTES,
    note: `of ${RUNS} runs`,
  },
];
for (const result of results) console.log(JSON.stringify(result));
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
