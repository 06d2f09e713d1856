import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Job } from '../api/job.ts';
import { batchItemKey, type ItemKey, jobItemKey, listKey, ownerStatusKey } from '../api/tableSchema.ts';
import { backOff, type DynamoTable, type Item, keyValues, number, text, textOf } from './dynamoValues.ts';

/** DynamoDB takes no more keys in one call. */
const KEYS_PER_READ = 100;
const MAX_READS = 10;

/** The attributes that lists find a job by. They change with owner, state and time of creation only. */
export function jobIndexValues(job: Job): Item {
  return {
    kind: text('JOB'),
    jobOwner: text(job.owner),
    jobStatus: text(job.status),
    jobOwnerStatus: text(ownerStatusKey(job.owner, job.status)),
    listKey: text(listKey(job.createdAt, job.id)),
  };
}

/**
 * A job as it is stored.
 *
 * @param batch id of the batch that it is hidden with until that is complete
 */
export function jobItem(job: Job, batch?: string): Item {
  return {
    ...keyValues(jobItemKey(job.id)),
    ...jobIndexValues(job),
    version: number(job.version),
    document: text(JSON.stringify(job)),
    ...(batch !== undefined && { batch: text(batch) }),
  };
}

export function jobOf(item: Item): Job {
  return JSON.parse(textOf(item, 'document')) as Job;
}

/** Items by their keys, as they are now; those that do not exist are left out. In no order. */
export async function readItems(
  { client, tableName }: DynamoTable,
  keys: readonly ItemKey[],
): Promise<readonly Item[]> {
  const starts = Array.from({ length: Math.ceil(keys.length / KEYS_PER_READ) }, (_, index) => index * KEYS_PER_READ);
  const pages = await Promise.all(
    starts.map(async (start) => {
      const items: Item[] = [];
      let wanted: Item[] = keys.slice(start, start + KEYS_PER_READ).map(keyValues);
      for (let attempt = 1; wanted.length > 0; attempt += 1) {
        if (attempt > MAX_READS) throw new Error(`DynamoDB left ${wanted.length} items unread ${MAX_READS} times.`);
        if (attempt > 1) await backOff(attempt);
        const request = { [tableName]: { Keys: wanted, ConsistentRead: true } };
        const answer = await client.send(new BatchGetItemCommand({ RequestItems: request }));
        items.push(...(answer.Responses?.[tableName] ?? []));
        // More than 16 MB, or throttled.
        wanted = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
      }
      return items;
    }),
  );
  return pages.flat();
}

/** Jobs by their ids, in their order, without those that do not exist or belong to a batch that is not complete. */
export async function readJobs(table: DynamoTable, ids: readonly string[]): Promise<readonly Job[]> {
  const items = await readItems(table, [...new Set(ids)].map(jobItemKey));
  const hidden = await unfinishedBatches(table, items);
  const visible = items.filter(({ batch }) => batch?.S === undefined || !hidden.has(batch.S));
  const byId = new Map(visible.map(jobOf).map((job) => [job.id, job]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The batches of these items that are not complete. Costs nothing where no item came with a batch. */
export async function unfinishedBatches(table: DynamoTable, items: readonly Item[]): Promise<ReadonlySet<string>> {
  const batches = new Set(items.flatMap(({ batch }) => batch?.S ?? []));
  if (batches.size === 0) return batches;
  const found = await readItems(table, [...batches].map(batchItemKey));
  return new Set(found.map((item) => textOf(item, 'sk')));
}
