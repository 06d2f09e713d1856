// npm run demo: one prediction for real, from a FASTA file in examples/ to a structure, its picture and its confidence.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { FoldpadClient } from '../backend/api/client.ts';
import { isLive, type Job } from '../backend/api/job.ts';
import { ProblemError } from '../backend/api/problem.ts';
import type { Result, ResultModel } from '../backend/api/result.ts';
import { saveResult } from '../backend/cli/saveResults.ts';
import { type LocalBackend, startLocalBackend } from './lib/localBackend.ts';
import { CACHE, ROOT } from './lib/paths.ts';
import { formatDuration, messageOf, say } from './lib/say.ts';
import { setUpBrowser } from './setup/browser.ts';
import { setUpEngine, setUpLibrary } from './setup/engine.ts';
import { describeFailure } from './setup/result.ts';
import { renderStructurePng } from './support/renderPng.ts';

const DEFAULT_FASTA = path.join(ROOT, 'examples', 'hemoglobin-beta.fasta');
const OUTPUT = path.join(ROOT, 'demo-output');

/** What people are told who run the demo where it cannot work, or give it something that cannot be predicted. */
class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** Everything the demo stands on; a missing part is an error with its remedy, never replaced by something else. */
async function setUp(): Promise<string> {
  for (const step of [() => setUpEngine({ forTests: false }), setUpBrowser]) {
    const outcome = await step();
    if (!outcome.ok) throw new DemoError(describeFailure(outcome));
  }
  const prepared = await setUpLibrary();
  if (!prepared.ok) throw new DemoError(describeFailure(prepared));
  return prepared.library;
}

/** Shows what the job does until it has ended: a bar on a terminal, a line for each new step elsewhere. */
async function follow(client: FoldpadClient, id: string): Promise<Job> {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '  {bar} {percentage} % {step}', hideCursor: true, barsize: 30 })
    : undefined;
  bar?.start(100, 0, { step: '' });
  let shown = '';
  try {
    for (;;) {
      const { job } = await client.get(id);
      if (!isLive(job.status)) return job;
      const step = job.progress?.message ?? job.progress?.step ?? job.statusReason ?? job.status.toLowerCase();
      const percent = Math.round((job.progress?.fraction ?? 0) * 100);
      bar?.update(percent, { step });
      if (!bar && step !== shown) say(`  ${String(percent).padStart(3)} % ${step}`);
      shown = step;
      await delay(300);
    }
  } finally {
    bar?.stop();
  }
}

/** Where the demo writes; what an earlier demo of the same protein left there makes room. */
async function freshFolder(name: string): Promise<string> {
  const folder = path.join(OUTPUT, path.basename(name).replaceAll(/[^\w.-]+/g, '_'));
  await rm(folder, { recursive: true, force: true });
  return folder;
}

function percent(fraction: number | undefined): string {
  return fraction === undefined ? 'unknown' : `${Math.round(fraction * 100)} %`;
}

/** The model's worth in words, in the bands of the viewer's legend. */
function verdict(confidence: number): string {
  if (confidence >= 90) return 'very high';
  if (confidence >= 70) return 'confident';
  return confidence >= 50 ? 'low: trust the fold, not the details' : 'very low: do not rely on it';
}

function report(result: Result, best: ResultModel, folder: string, picture: string, elapsed: number): string {
  const { software } = result.provenance;
  const template = best.template;
  const lines = [
    '',
    `${result.name}: ${best.residues_modelled} of ${result.sequence_length} residues modelled in ${formatDuration(elapsed)}`,
    `  confidence  ${best.mean_confidence.toFixed(1)} of 100, ${result.confidence_metric} (${verdict(best.mean_confidence)})`,
    `  method      ${result.method}`,
    ...(template
      ? [`  template    ${template.id}, ${percent(template.identity)} identical, covers ${percent(template.coverage)}`]
      : []),
    `  models      ${result.models.length}`,
    `  made by     ${Object.entries(software)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `  structure   ${path.relative(process.cwd(), path.join(folder, best.files.pdb))}`,
    `  picture     ${path.relative(process.cwd(), picture)}`,
    '',
  ];
  return lines.join('\n');
}

async function predict(backend: LocalBackend, fastaFile: string): Promise<void> {
  const client = new FoldpadClient({ url: backend.url, key: backend.key });
  const name = path.basename(fastaFile).replace(/\.[^.]+$/, '');
  const started = performance.now();
  const [submitted] = await client.submit([{ fasta: name, sequence: await readFile(fastaFile, 'utf8') }]);
  if (!submitted) throw new DemoError('The backend answered the submission without a job. Run the demo again.');
  say(`submitted ${name} as job ${submitted.id}`);
  const job = await follow(client, submitted.id);
  if (job.status !== 'SUCCEEDED') {
    const { message, remedy } = job.failure ?? { message: job.statusReason ?? job.status };
    throw new DemoError([message, remedy].filter(Boolean).join(' '));
  }
  const elapsed = performance.now() - started;
  const { result, folder } = await saveResult(client, job.id, await freshFolder(job.name), {
    signal: new AbortController().signal,
  });
  const best = result.models.reduce((a, b) => (b.rank < a.rank ? b : a));
  const picture = path.join(folder, `${best.name}.png`);
  say('drawing the picture …');
  await renderStructurePng(path.join(folder, best.files.pdb), picture, { width: 1200, height: 900 });
  process.stdout.write(`${report(result, best, folder, picture, elapsed)}\n`);
}

async function main(): Promise<void> {
  const fastaFile = path.resolve(process.argv[2] ?? DEFAULT_FASTA);
  const library = await setUp();
  const backend = await startLocalBackend({ dataDirectory: path.join(CACHE, 'demo'), library });
  try {
    await predict(backend, fastaFile);
  } finally {
    await backend.stop();
  }
}

try {
  await main();
} catch (error) {
  const known = error instanceof DemoError || error instanceof ProblemError;
  say(known ? `the demo stopped: ${error.message}` : `the demo failed: ${messageOf(error)}`);
  if (!known && error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
