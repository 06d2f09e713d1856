import { Command } from 'commander';
import { queueToWire } from '../../api/wireAnswers.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

export function queuesCommand(host: Host): Command {
  return new Command('queues')
    .description('list the queues: where jobs can run, and whether they can now')
    .action((_options: unknown, command: Command) => host.run(command, queues));
}

async function queues(session: Session): Promise<number> {
  const { output, signal } = session;
  const client = await session.client();
  const found = await client.queues({ signal });
  if (output.json) {
    output.document({ queues: found.map(queueToWire) });
    return EXIT_CODES.ok;
  }
  const rows = found.map((queue) => [
    queue.name,
    queue.engine,
    queue.available ? output.style('green', 'ready') : output.style('red', 'not available'),
    queue.running === undefined ? '' : `${queue.running} running, ${queue.waiting ?? 0} waiting`,
    queue.description,
  ]);
  for (const line of formatTable(rows)) output.line(line);
  for (const { name, available, reason, remedy } of found) {
    if (!available) output.note(`${name}: ${[reason, remedy].filter(Boolean).join(' ')}`);
  }
  return EXIT_CODES.ok;
}
