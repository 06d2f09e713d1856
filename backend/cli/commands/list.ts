import { Command, InvalidArgumentError } from 'commander';
import { FINISHED_STATUSES, JOB_STATUSES, type Job, type JobStatus, LIVE_STATUSES } from '../../api/job.ts';
import { jobToWire } from '../../api/wire.ts';
import { describeActivity, formatSpan, styledStatus } from '../describe.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import type { Host } from '../host.ts';
import { wholeNumber } from '../options.ts';
import type { Output } from '../output.ts';
import type { Session } from '../session.ts';
import { formatTable, shorten } from '../table.ts';

interface ListOptions {
  readonly status?: readonly JobStatus[];
  readonly limit: number;
}

const PAGE = 1000;
const MAX_NAME_PLACES = 28;
/** The short id, the longest state, an age, and the gaps between columns. */
const FIXED_PLACES = 8 + 10 + 6 + 8;

export function listCommand(host: Host): Command {
  return new Command('list')
    .description('list jobs, newest first')
    .option('--status <states>', 'only these, as RUNNING,QUEUED; live and finished stand for several', statuses)
    .option('--limit <n>', 'at most so many', wholeNumber(1, 100_000), 20)
    .action((options: ListOptions, command: Command) => host.run(command, (session) => list(session, options)));
}

function statuses(text: string): JobStatus[] {
  return text.split(',').flatMap((word) => {
    const name = word.trim().toUpperCase();
    if (name === 'LIVE') return [...LIVE_STATUSES];
    if (name === 'FINISHED') return [...FINISHED_STATUSES];
    const status = JOB_STATUSES.find((candidate) => candidate === name);
    if (status) return [status];
    throw new InvalidArgumentError(`"${word}" is not one of live, finished, ${JOB_STATUSES.join(', ')}.`);
  });
}

async function list(session: Session, options: ListOptions): Promise<number> {
  const { output } = session;
  const jobs = await newest(session, options);
  if (output.json) output.document({ jobs: jobs.map(jobToWire) });
  else if (output.isTerminal) showTable(output, jobs);
  // For programs: full ids, tabs between columns, no heading.
  else
    for (const job of jobs)
      output.line([job.id, job.status, job.createdAt, job.name, describeActivity(job)].join('\t'));
  return EXIT_CODES.ok;
}

async function newest(session: Session, { status, limit }: ListOptions): Promise<Job[]> {
  const client = await session.client();
  const jobs: Job[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      limit: Math.min(PAGE, limit - jobs.length),
      ...(status ? { statuses: status } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const page = await client.list(query, { signal: session.signal });
    jobs.push(...page.jobs);
    cursor = page.next;
  } while (cursor !== undefined && jobs.length < limit);
  return jobs;
}

function showTable(output: Output, jobs: readonly Job[]): void {
  if (jobs.length === 0) {
    output.note('There are no jobs. "foldpad predict FILE" makes one.');
    return;
  }
  const columns = output.streams.stdout.columns || 100;
  const namePlaces = Math.min(MAX_NAME_PLACES, Math.max(...jobs.map(({ name }) => name.length)));
  const heading = ['ID', 'NAME', 'STATUS', 'AGE', ''].map((text) => output.style('dim', text));
  const rows = jobs.map((job) => [
    job.id.slice(0, 8),
    shorten(job.name, namePlaces),
    styledStatus(output, job.status),
    formatSpan(Date.now() - Date.parse(job.createdAt)),
    shorten(describeActivity(job), Math.max(20, columns - namePlaces - FIXED_PLACES)),
  ]);
  for (const line of formatTable([heading, ...rows])) output.line(line);
}
