/**
 * The program of the test engine: `node testEngineProgram.ts TARGET.fasta OUT-FOLDER ATTEMPT`. What it does stands in
 * the FASTA description as `key=value` words:
 *
 *   ms=N              takes about N milliseconds (default 50)
 *   steps=N           progress steps (default 4)
 *   models=N          models written, one after the other over that time (default 1)
 *   lines=N           extra log lines
 *   tickMs=N          writes `tick 1`, `tick 2` … into the log, one every N milliseconds, as long as it works
 *   exit=N            ends with this code after that time, instead of finishing
 *   crash=1           ends with an uncaught error after the models are written
 *   abort=1           ends by SIGKILL after the models are written
 *   failAttempts=N    the first N attempts end with code 1
 *   ignoreSigterm=1   takes no notice of SIGTERM
 *   fork=N            starts N processes that would run for ten minutes, and logs `grandchild PID`
 *   setsid=1          puts those in process groups of their own
 *   backwards=1       reports progress that goes back
 *   noise=1           writes what a log must survive: colours, broken UTF-8, an endless line, carriage returns
 *   partial=1         leaves an unfinished (dotted) file behind
 */
import { spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { idealHelixPdb } from './idealHelix.ts';

const [fastaFile = '', outFolder = '', attempt = '1'] = process.argv.slice(2);
const [header = '', ...sequenceLines] = readFileSync(fastaFile, 'utf8').split(/\r?\n/);
const sequence = sequenceLines.join('').trim();
const told = new Map(
  header.split(/\s+/).map((word): [string, string | undefined] => {
    const [key = '', value] = word.split('=', 2);
    return [key, value];
  }),
);
const number = (key: string, fallback: number): number => Number(told.get(key) ?? fallback);
const flag = (key: string): boolean => told.get(key) === '1';

function writeFinished(name: string, text: string): void {
  const temporary = path.join(outFolder, `.${name}.tmp`);
  writeFileSync(temporary, text);
  renameSync(temporary, path.join(outFolder, name));
}

function progress(step: string, fraction: number): void {
  console.log(JSON.stringify({ progress: { stage: 'predict', step, fraction, message: `${step} …` } }));
}

function makeNoise(): void {
  process.stdout.write('\u001b[31mred\u001b[0m and \u0007bell\r50 %\r100 %\r\n');
  process.stdout.write(Buffer.from([0xe2, 0x82]));
  process.stdout.write(Buffer.from([0xac, 0x0a, 0xff, 0xfe, 0x0a]));
  process.stdout.write(`${'x'.repeat(100_000)}\n`);
  process.stderr.write('a line on stderr\n');
  process.stdout.write('{"progress":{"stage":"predict","fraction":7}}\n');
}

function startGrandchildren(count: number): void {
  for (let i = 0; i < count; i++) {
    const child = spawn('sleep', ['600'], { stdio: 'inherit', detached: flag('setsid') });
    console.log(`grandchild ${child.pid}`);
    child.unref();
  }
}

async function work(): Promise<void> {
  const steps = number('steps', 4);
  const models = number('models', 1);
  let written = 0;
  for (let step = 1; step <= steps; step++) {
    await sleep(number('ms', 50) / steps);
    progress(`step ${step}`, flag('backwards') && step % 2 === 0 ? 0.01 : step / (steps + 1));
    for (; written < Math.floor((models * step) / steps); written++) {
      writeFinished(`ranked_${written}.pdb`, idealHelixPdb(sequence, 90 - written, `model ${written} of a test`));
    }
  }
}

function prediction(): object {
  const models = Array.from({ length: number('models', 1) }, (_, rank) => ({
    rank,
    name: `model ${rank}`,
    mean_confidence: 90 - rank,
    residues_modelled: sequence.length,
    files: { pdb: `ranked_${rank}.pdb` },
  }));
  return {
    engine_version: 'test',
    method: 'ideal helix written by a test; no prediction',
    confidence_metric: 'estimated CA-lDDT',
    sequence_length: sequence.length,
    models,
    timings: { helix: 0.01 },
    software: { node: process.versions.node },
    databases: [],
    warnings: [],
  };
}

if (flag('ignoreSigterm')) process.on('SIGTERM', () => console.log('SIGTERM, so what'));
else process.on('SIGTERM', () => process.exit(143));

console.log(`engine ${process.pid} works on ${header}`);
for (let i = 0; i < number('lines', 0); i++) console.log(`line ${i} – ångström`);
if (flag('noise')) makeNoise();
startGrandchildren(number('fork', 0));
if (told.has('tickMs')) {
  let ticks = 0;
  setInterval(() => console.log(`tick ${++ticks}`), number('tickMs', 1000));
}
if (flag('partial')) writeFileSync(path.join(outFolder, '.unfinished.pdb.tmp'), 'ATOM');
await work();
if (Number(attempt) <= number('failAttempts', 0)) {
  console.error(`attempt ${attempt} fails as told`);
  process.exit(1);
}
if (told.has('exit')) process.exit(number('exit', 0));
if (flag('crash')) throw new Error('crashed as told');
if (flag('abort')) process.kill(process.pid, 'SIGKILL');
writeFinished('prediction.json', JSON.stringify(prediction()));
process.exit(0);
