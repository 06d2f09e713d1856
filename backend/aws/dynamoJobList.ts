import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { JobStatus } from '../api/job.ts';
import { jobIdOf, listKey, ownerStatusKey, TABLE_INDEXES, type TableIndex } from '../api/tableSchema.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../core/cursor.ts';
import type { JobPage, JobQuery } from '../core/ports.ts';
import { readJobs } from './dynamoItems.ts';
import { type DynamoTable, text, textOf } from './dynamoValues.ts';

const CURSOR_KIND = 'jobs';

/** One place of an index: a job's id, and where it stands in the order. */
interface Entry {
  readonly id: string;
  readonly place: string;
}

/** A page that comes out empty is not what anybody wants to see, but neither is reading on for ever. */
const MAX_EMPTY_PAGES = 20;

/**
 * One page of jobs, newest first. Reads at most a page of index entries for each state asked for, a few bytes each, and
 * the documents of the page: the same for a hundred jobs and for a hundred thousand. A page can be shorter than asked
 * for, where a job moved on or went between the two reads, or belongs to a batch that is not complete.
 */
export async function listJobs(table: DynamoTable, query: JobQuery): Promise<JobPage> {
  let page = await readPage(table, query);
  for (let read = 1; page.jobs.length === 0 && page.next !== undefined && read < MAX_EMPTY_PAGES; read += 1) {
    page = await readPage(table, { ...query, cursor: page.next });
  }
  return page;
}

async function readPage(table: DynamoTable, query: JobQuery): Promise<JobPage> {
  const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const wanted = query.limit + 1;
  const parts = await Promise.all(
    partitionsOf(query).map(({ index, partition }) => readIndex(table, index, partition, after, wanted)),
  );
  const entries = newestFirst(parts.flat());
  const page = entries.slice(0, query.limit);
  const found = await readJobs(
    table,
    page.map(({ id }) => id),
  );
  const jobs = query.statuses ? found.filter(({ status }) => query.statuses?.includes(status)) : found;
  const last = page.at(-1);
  return entries.length > query.limit && last
    ? { jobs, next: encodeCursor(CURSOR_KIND, [last.place.slice(0, -last.id.length - 1), last.id]) }
    : { jobs };
}

/** In order, each once: a job that changes its state while two parts of an index are read is found in both. */
function newestFirst(entries: readonly Entry[]): readonly Entry[] {
  const sorted = entries.toSorted((a, b) => (a.place < b.place ? 1 : a.place > b.place ? -1 : 0));
  return sorted.filter(({ place }, index) => place !== sorted[index - 1]?.place);
}

/** The parts of an index that together have what is asked for. */
function partitionsOf({
  owner,
  statuses,
}: JobQuery): readonly { readonly index: TableIndex; readonly partition: string }[] {
  const { byKind, byOwner, byStatus, byOwnerStatus } = TABLE_INDEXES;
  if (!statuses)
    return [owner === undefined ? { index: byKind, partition: 'JOB' } : { index: byOwner, partition: owner }];
  const partition = (status: JobStatus) =>
    owner === undefined
      ? { index: byStatus, partition: status }
      : { index: byOwnerStatus, partition: ownerStatusKey(owner, status) };
  return [...new Set(statuses)].map(partition);
}

async function readIndex(
  { client, tableName }: DynamoTable,
  index: TableIndex,
  partition: string,
  after: string | undefined,
  limit: number,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index.name,
        KeyConditionExpression: `#partition = :partition${after === undefined ? '' : ' AND #place < :after'}`,
        ExpressionAttributeNames: {
          '#partition': index.partition,
          ...(after !== undefined && { '#place': index.sort }),
        },
        ExpressionAttributeValues: {
          ':partition': text(partition),
          ...(after !== undefined && { ':after': text(after) }),
        },
        ScanIndexForward: false,
        Limit: limit - entries.length,
        ExclusiveStartKey: start,
      }),
    );
    for (const item of answer.Items ?? [])
      entries.push({ id: jobIdOf(textOf(item, 'pk')), place: textOf(item, index.sort) });
    start = answer.LastEvaluatedKey;
  } while (start && entries.length < limit);
  return entries;
}

/** @throws InvalidCursor */
function parseCursor(cursor: string): string {
  const [createdAt, id, ...rest] = decodeCursor(CURSOR_KIND, cursor);
  if (typeof createdAt !== 'string' || typeof id !== 'string' || rest.length > 0) throw invalidCursor();
  return listKey(createdAt, id);
}
