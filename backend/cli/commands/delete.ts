import { Command } from 'commander';
import type { FoldpadClient } from '../../api/client.ts';
import type { BulkOutcome } from '../../api/job.ts';
import { ProblemError } from '../../api/problem.ts';
import { usageError } from '../errors.ts';
import type { Host } from '../host.ts';
import { resolveIds } from '../jobIds.ts';
import { showOutcomes } from '../outcomes.ts';
import type { Session } from '../session.ts';

interface DeleteOptions {
  readonly finished?: boolean;
}

export function deleteCommand(host: Host): Command {
  return new Command('delete')
    .description('delete jobs that have ended, with their results')
    .argument('[id...]', 'ids of jobs, or their beginnings')
    .option('--finished', 'every job that has ended')
    .action((ids: string[], options: DeleteOptions, command: Command) =>
      host.run(command, (session) => remove(session, ids, options.finished === true)),
    );
}

async function remove(session: Session, typed: readonly string[], finished: boolean): Promise<number> {
  if (finished === typed.length > 0) throw usageError('Name the jobs to delete, or give --finished.');
  const { signal, output } = session;
  const client = await session.client();
  if (finished) return showOutcomes(output, await client.deleteFinished({ signal }), 'There was no job to delete.');
  const ids = await resolveIds(client, typed, signal);
  const outcomes: BulkOutcome[] = [];
  for (const id of ids) outcomes.push(await deleteOne(client, id, signal));
  return showOutcomes(output, outcomes, '');
}

async function deleteOne(client: FoldpadClient, id: string, signal: AbortSignal): Promise<BulkOutcome> {
  try {
    return await client.delete(id, { signal });
  } catch (error) {
    if (error instanceof ProblemError) return { id, outcome: 'refused', reason: error.message };
    throw error;
  }
}
