import { Command } from 'commander';
import type { Estimate } from '../../api/job.ts';
import { estimateToWire } from '../../api/wireAnswers.ts';
import { usageError } from '../errors.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import { readInputs } from '../fastaInput.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { formatTable, shorten } from '../table.ts';
import { chooseQueue, makeRequests, type TargetOptions } from '../targets.ts';

export function estimateCommand(host: Host): Command {
  return new Command('estimate')
    .description('say how long predictions would take, what they would cost, and whether they fit; submits nothing')
    .argument('<file...>', 'FASTA files, plain or .gz; - reads standard input')
    .option('--monomers', 'each record is a job of its own (so it is also without this option)')
    .option('--multimer', 'all records of a file are the chains of one complex')
    .option('--queue <name>', 'queue to use; see "foldpad queues"')
    .action((files: string[], options: TargetOptions, command: Command) =>
      host.run(command, (session) => estimate(session, files, options)),
    );
}

async function estimate(session: Session, files: readonly string[], options: TargetOptions): Promise<number> {
  const { output, signal } = session;
  if (options.monomers && options.multimer) throw usageError('--monomers and --multimer exclude each other.');
  const inputs = await readInputs(files, session.stdin, output);
  const client = await session.client();
  const queue = chooseQueue(await client.queues({ signal }), options.queue);
  const requests = makeRequests(inputs, options, queue?.engine, output);
  const estimates = await client.estimate(requests, { signal });
  if (output.json) {
    output.document({ estimates: estimates.map(estimateToWire) });
    return EXIT_CODES.ok;
  }
  for (const line of formatTable(estimates.map(row))) output.line(line);
  for (const warning of new Set(estimates.flatMap(({ warnings }) => warnings))) output.warn(warning);
  return EXIT_CODES.ok;
}

function row(estimate: Estimate): string[] {
  const { low, likely, high } = estimate.minutes;
  const { cost, memory } = estimate;
  return [
    shorten(estimate.name, 30),
    `${estimate.length} residues`,
    `${estimate.engine} on ${estimate.queue}`,
    `${minutes(likely)} min (${minutes(low)}–${minutes(high)})`,
    cost ? `${cost.likely.toFixed(2)} ${cost.currency} (${cost.low.toFixed(2)}–${cost.high.toFixed(2)})` : 'free',
    memory.verdict === 'fits' ? 'fits' : `${memory.verdict}: ${memory.reason}`,
  ];
}

function minutes(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
