import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Command } from 'commander';
import { safeNames } from '../../api/fasta/format.ts';
import type { Job } from '../../api/job.ts';
import { jobToWire } from '../../api/wire.ts';
import { describeConfidence, styledStatus } from '../describe.ts';
import { usageError } from '../errors.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import { readInputs } from '../fastaInput.ts';
import { followJobs } from '../follow.ts';
import type { Host } from '../host.ts';
import { fraction, pdbIds } from '../options.ts';
import { exitCodeOf } from '../outcome.ts';
import { type SavedResult, saveResult } from '../saveResults.ts';
import type { Session } from '../session.ts';
import { chooseQueue, makeRequests, type TargetOptions } from '../targets.ts';

interface PredictOptions extends TargetOptions {
  readonly wait: boolean;
  readonly output?: string;
}

export function predictCommand(host: Host): Command {
  return new Command('predict')
    .description('predict the structures of the proteins in FASTA files')
    .argument('<file...>', 'FASTA files, plain or .gz; - reads standard input')
    .option('--monomers', 'each record is a job of its own (so it is also without this option)')
    .option('--multimer', 'all records of a file are the chains of one complex')
    .option('--name <text>', 'name of the prediction (default: the id of the record)')
    .option('--queue <name>', 'queue to use; see "foldpad queues"')
    .option('--exclude-templates <ids>', 'PDB ids that must not be templates, as 1CRN,4HHB', pdbIds)
    .option('--max-template-identity <fraction>', 'use no template more alike than this, as 0.95', fraction)
    .option('--comment <text>', 'a note that is kept with the job')
    .option('--no-wait', 'return as soon as the jobs are accepted')
    .option('-o, --output <dir>', 'save the results here; with several jobs, each into a folder of its own')
    .action((files: string[], options: PredictOptions, command: Command) =>
      host.run(command, (session) => predict(session, files, options)),
    );
}

async function predict(session: Session, files: readonly string[], options: PredictOptions): Promise<number> {
  const { output, signal } = session;
  if (options.monomers && options.multimer) throw usageError('--monomers and --multimer exclude each other.');
  if (options.output !== undefined && !options.wait) {
    throw usageError('-o saves results, which --no-wait does not wait for. Use "foldpad results ID -o DIR" later.');
  }
  const inputs = await readInputs(files, session.stdin, output);
  const client = await session.client();
  const queue = chooseQueue(await client.queues({ signal }), options.queue);
  const requests = makeRequests(inputs, options, queue?.engine, output);
  const jobs = await client.submit(requests, { idempotencyKey: randomUUID(), signal });
  for (const warning of new Set(jobs.flatMap(({ warnings }) => warnings))) output.warn(warning);
  for (const job of jobs) output.note(`submitted ${job.id} ${job.name}`);
  if (!options.wait) {
    if (output.json) output.document({ jobs: jobs.map(jobToWire) });
    else for (const job of jobs) output.line(job.id);
    return EXIT_CODES.ok;
  }
  return await waitForJobs(session, jobs, options.output);
}

async function waitForJobs(session: Session, jobs: readonly Job[], folder: string | undefined): Promise<number> {
  const { output } = session;
  let ended: Job[];
  let saved: ReadonlyMap<string, SavedResult>;
  try {
    ended = await followJobs(session, jobs);
    saved = folder === undefined ? new Map() : await saveAll(session, ended, folder);
  } catch (error) {
    output.note(adviceFor(jobs));
    throw error;
  }
  if (output.json) {
    output.document({
      jobs: ended.map((job) => {
        const result = saved.get(job.id);
        return { ...jobToWire(job), ...(result ? { saved: { folder: result.folder, files: result.files } } : {}) };
      }),
    });
  } else {
    for (const job of ended) showEnd(session, job, saved.get(job.id));
  }
  return exitCodeOf(ended, jobs.length);
}

/** One job: straight into the folder. Several: each into a folder named after it. */
async function saveAll(session: Session, ended: readonly Job[], folder: string): Promise<Map<string, SavedResult>> {
  const client = await session.client();
  const names = safeNames(ended.map(({ name }) => name));
  const saved = new Map<string, SavedResult>();
  for (const [i, job] of ended.entries()) {
    if (job.status !== 'SUCCEEDED') continue;
    const target = ended.length === 1 ? folder : path.join(folder, names[i] ?? job.id);
    saved.set(job.id, await saveResult(client, job.id, target, { signal: session.signal }));
  }
  return saved;
}

function showEnd({ output }: Session, job: Job, saved: SavedResult | undefined): void {
  output.line(
    `${job.id}  ${output.style('bold', job.name)}  ${styledStatus(output, job.status)}  ${describeConfidence(job)}`.trimEnd(),
  );
  if (job.failure) {
    output.line(`  ${job.failure.message}`);
    if (job.failure.remedy) output.line(`  ${job.failure.remedy}`);
  }
  for (const model of saved?.result.models ?? []) {
    const template = model.template ? `  on ${model.template.id}` : '';
    output.line(`  ${path.join(saved?.folder ?? '', model.files.pdb)}  ${model.mean_confidence.toFixed(1)}${template}`);
  }
  if (job.status === 'SUCCEEDED' && !saved) output.line(`  foldpad results ${job.id.slice(0, 8)} -o DIR saves it.`);
}

/** Waiting has ended, the jobs have not. */
function adviceFor(jobs: readonly Job[]): string {
  const [first] = jobs;
  const ids = jobs.map(({ id }) => id.slice(0, 8)).join(' ');
  const cancel = jobs.length <= 5 ? `foldpad cancel ${ids}` : 'foldpad cancel --all';
  const many = jobs.length > 1;
  return (
    `${many ? 'The jobs go' : 'The job goes'} on. Look: foldpad ${many ? 'list' : `show ${first?.id.slice(0, 8)}`}. ` +
    `End ${many ? 'them' : 'it'}: ${cancel}`
  );
}
