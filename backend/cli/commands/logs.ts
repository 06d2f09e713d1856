import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { LogPage } from '../../api/job.ts';
import { logPageToWire } from '../../api/wireAnswers.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import type { Host } from '../host.ts';
import { resolveIds } from '../jobIds.ts';
import type { Session } from '../session.ts';

/** Between two looks for new lines (ms): quick while lines come, slower while none do. */
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;

interface LogsOptions {
  readonly follow?: boolean;
}

export function logsCommand(host: Host): Command {
  return new Command('logs')
    .description('print the log of a job (with --json, one JSON object a line)')
    .argument('<id>', 'id of the job, or its beginning')
    .option('-f, --follow', 'go on until the job has ended')
    .action((id: string, options: LogsOptions, command: Command) =>
      host.run(command, (session) => logs(session, id, options.follow === true)),
    );
}

async function logs(session: Session, typed: string, follow: boolean): Promise<number> {
  const { signal } = session;
  const client = await session.client();
  const [id = typed] = await resolveIds(client, [typed], signal);
  let after: string | undefined;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const page = await client.logs(id, { signal, ...(after === undefined ? {} : { after }) });
    print(session, page);
    if (page.done || (!follow && page.lines.length === 0)) return EXIT_CODES.ok;
    after = page.next;
    if (page.lines.length > 0) {
      pause = FIRST_PAUSE_MS;
      if (!follow) continue;
    }
    await sleep(pause, undefined, { signal });
    pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5);
  }
}

function print({ output }: Session, page: LogPage): void {
  if (output.json) {
    for (const line of logPageToWire(page).data) output.line(JSON.stringify(line));
    return;
  }
  for (const { at, text } of page.lines) output.line(at === undefined ? text : `${output.style('dim', at)} ${text}`);
}
