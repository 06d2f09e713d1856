import { Command } from 'commander';
import { jobToWire } from '../../api/wire.ts';
import { logPageToWire } from '../../api/wireAnswers.ts';
import { describeJob } from '../describe.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import type { Host } from '../host.ts';
import { resolveIds } from '../jobIds.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

const LOG_LINES = 10;

export function showCommand(host: Host): Command {
  return new Command('show')
    .description('show one job: its state and why, its result, the end of its log')
    .argument('<id>', 'id of the job, or its beginning')
    .action((id: string, _options: unknown, command: Command) => host.run(command, (session) => show(session, id)));
}

async function show(session: Session, typed: string): Promise<number> {
  const { output, signal } = session;
  const client = await session.client();
  const [id = typed] = await resolveIds(client, [typed], signal);
  const { job, logs } = await client.get(id, { signal });
  if (output.json) {
    output.document({ job: jobToWire(job), logs: logPageToWire(logs).data });
    return EXIT_CODES.ok;
  }
  output.line(output.style('bold', job.name));
  const rows = describeJob(job, Date.now()).map(([label, value]) => [`  ${output.style('dim', label)}`, value]);
  for (const line of formatTable(rows)) output.line(line);
  for (const warning of job.warnings) output.warn(warning);
  const lines = logs.lines.slice(-LOG_LINES);
  if (lines.length > 0) {
    output.line();
    for (const { text } of lines) output.line(output.style('dim', `  ${text}`));
  }
  return EXIT_CODES.ok;
}
