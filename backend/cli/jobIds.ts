import type { FoldpadClient } from '../api/client.ts';
import type { Job } from '../api/job.ts';
import { CliError, usageError } from './errors.ts';

const FULL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Shorter beginnings of ids are as likely typing mistakes. */
const MIN_PREFIX = 4;
const PAGE = 1000;

/**
 * Full ids for what the user typed: ids, or beginnings of ids that only one job has.
 *
 * @throws CliError naming the ones that are unknown or not unique
 */
export async function resolveIds(
  client: FoldpadClient,
  typed: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const wanted = typed.map((id) => id.trim().toLowerCase());
  for (const id of wanted) {
    if (!/^[0-9a-f-]+$/.test(id)) throw usageError(`"${id}" is not an id; "foldpad list" shows the ids.`);
    if (id.length < MIN_PREFIX)
      throw usageError(`"${id}" is too short; give at least ${MIN_PREFIX} letters of the id.`);
  }
  if (wanted.every((id) => FULL_ID.test(id))) return [...new Set(wanted)];
  const matches = new Map<string, Job[]>(wanted.map((id) => [id, []]));
  for await (const job of allJobs(client, signal)) {
    for (const [id, found] of matches) if (job.id.startsWith(id)) found.push(job);
  }
  return [...new Set([...matches].map(([id, found]) => theOne(id, found).id))];
}

function theOne(typed: string, found: readonly Job[]): Pick<Job, 'id'> {
  const [first, second] = found;
  if (FULL_ID.test(typed)) return { id: typed };
  if (!first) throw new CliError(`No job has an id that begins with "${typed}"; "foldpad list" shows the ids.`);
  if (!second) return first;
  const some = found.slice(0, 5).map(({ id, name }) => `${id} (${name})`);
  const others = found.length > some.length ? ` and ${found.length - some.length} more` : '';
  throw new CliError(
    `${found.length} jobs have ids that begin with "${typed}": ${some.join(', ')}${others}. Type more of it.`,
  );
}

/** All jobs, newest first, page by page. */
export async function* allJobs(client: FoldpadClient, signal: AbortSignal): AsyncGenerator<Job> {
  let cursor: string | undefined;
  do {
    const page = await client.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }, { signal });
    yield* page.jobs;
    cursor = page.next;
  } while (cursor !== undefined);
}
