import { Command } from 'commander';
import type { FoldpadClient } from '../../api/client.ts';
import type { BulkOutcome } from '../../api/job.ts';
import { ProblemError } from '../../api/problem.ts';
import { usageError } from '../errors.ts';
import type { Host } from '../host.ts';
import { resolveIds } from '../jobIds.ts';
import { showOutcomes } from '../outcomes.ts';
import type { Session } from '../session.ts';

interface CancelOptions {
  readonly all?: boolean;
}

export function cancelCommand(host: Host): Command {
  return new Command('cancel')
    .description('end jobs that have not ended yet')
    .argument('[id...]', 'ids of jobs, or their beginnings')
    .option('--all', 'every job that has not ended')
    .action((ids: string[], options: CancelOptions, command: Command) =>
      host.run(command, (session) => cancel(session, ids, options.all === true)),
    );
}

async function cancel(session: Session, typed: readonly string[], all: boolean): Promise<number> {
  if (all === typed.length > 0) throw usageError('Name the jobs to cancel, or give --all.');
  const { signal, output } = session;
  const client = await session.client();
  if (all) return showOutcomes(output, await client.cancelAll({ signal }), 'There was no job to cancel.');
  const ids = await resolveIds(client, typed, signal);
  const outcomes: BulkOutcome[] = [];
  for (const id of ids) outcomes.push(await cancelOne(client, id, signal));
  return showOutcomes(output, outcomes, '');
}

async function cancelOne(client: FoldpadClient, id: string, signal: AbortSignal): Promise<BulkOutcome> {
  try {
    const job = await client.cancel(id, { signal });
    return { id, outcome: job.status === 'CANCELLED' ? 'cancelled' : 'cancelling' };
  } catch (error) {
    if (error instanceof ProblemError) return { id, outcome: 'refused', reason: error.message };
    throw error;
  }
}
