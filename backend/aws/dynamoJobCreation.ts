import { createHash } from 'node:crypto';
import { GetItemCommand, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Job } from '../api/job.ts';
import { idempotencyItemKey } from '../api/tableSchema.ts';
import type { CreateOutcome, Idempotency } from '../core/ports.ts';
import { jobItem, readJobs } from './dynamoItems.ts';
import type { JobBatches } from './dynamoJobBatches.ts';
import {
  type DynamoTable,
  failedConditions,
  type Item,
  inSeconds,
  keyValues,
  number,
  retryConflicts,
  text,
  textOf,
  texts,
  textsOf,
} from './dynamoValues.ts';

/** A key is remembered for a week: far longer than any client retries. */
const IDEMPOTENCY_KEPT_SECONDS = 7 * 24 * 3600;
/** DynamoDB takes so many items in one transaction … */
const ITEMS_PER_TRANSACTION = 100;
/** … and 4 MB of them; what names and numbers take is left room for. */
const BYTES_PER_TRANSACTION = 3_500_000;

/**
 * Stores all jobs or none. What fits into one transaction is one call; more goes in as a batch that stays hidden until
 * its last part is stored, see {@link JobBatches}.
 */
export async function createJobs(
  table: DynamoTable,
  batches: JobBatches,
  jobs: readonly Job[],
  idempotency: Idempotency | undefined,
  now: number,
): Promise<CreateOutcome> {
  const remember = idempotency && rememberKey(table, idempotency, jobs, now);
  if (intoTransactions(jobs, ITEMS_PER_TRANSACTION - (remember ? 1 : 0)).length <= 1) {
    return createAtOnce(table, jobs, idempotency, remember, now);
  }
  // Should the key have been used, much writing is saved; the last word is the batch's completion below.
  const known = idempotency && (await earlierOutcome(table, idempotency, now));
  if (known) return known;
  const batch = await batches.open(jobs.map(({ id }) => id));
  try {
    for (const part of intoTransactions(jobs, ITEMS_PER_TRANSACTION - 1)) {
      await write(table, [batches.stillOpen(batch), ...part.map((job) => putNew(table, jobItem(job, batch)))]);
    }
    await write(table, [batches.completion(batch), ...(remember ? [remember] : [])]);
    return { outcome: 'created' };
  } catch (error) {
    // The last answer may have got lost: then the batch is complete, and stays.
    if (!(await batches.abandon(batch))) return { outcome: 'created' };
    const earlier =
      idempotency && failedConditions(error)?.length ? await earlierOutcome(table, idempotency, now) : undefined;
    if (earlier) return earlier;
    throw explained(error);
  }
}

async function createAtOnce(
  table: DynamoTable,
  jobs: readonly Job[],
  idempotency: Idempotency | undefined,
  remember: TransactWriteItem | undefined,
  now: number,
): Promise<CreateOutcome> {
  const puts = jobs.map((job) => putNew(table, jobItem(job)));
  try {
    await write(table, [...(remember ? [remember] : []), ...puts]);
    return { outcome: 'created' };
  } catch (error) {
    const isUsed = idempotency && failedConditions(error)?.includes(0);
    const earlier = isUsed ? await earlierOutcome(table, idempotency, now) : undefined;
    if (earlier) return earlier;
    throw explained(error);
  }
}

/** One transaction. The SDK gives it a token, so that repeating it after a lost answer does nothing twice. */
async function write({ client }: DynamoTable, items: TransactWriteItem[]): Promise<void> {
  if (items.length === 0) return;
  await retryConflicts(() => client.send(new TransactWriteItemsCommand({ TransactItems: items })));
}

function putNew({ tableName }: DynamoTable, item: Item): TransactWriteItem {
  return { Put: { TableName: tableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
}

function explained(error: unknown): unknown {
  if (!failedConditions(error)?.length) return error;
  return new Error('A job with the id of a new one exists already; nothing was stored.', { cause: error });
}

/** Jobs in their order, in parts that fit into a transaction each. */
function intoTransactions(jobs: readonly Job[], most: number): readonly (readonly Job[])[] {
  const parts: Job[][] = [];
  let bytes = 0;
  for (const job of jobs) {
    const size = Buffer.byteLength(JSON.stringify(job)) + 1000;
    const part = parts.at(-1);
    if (part && part.length < most && bytes + size <= BYTES_PER_TRANSACTION) {
      part.push(job);
      bytes += size;
    } else {
      parts.push([job]);
      bytes = size;
    }
  }
  return parts;
}

function keyOf({ owner, key }: Idempotency): Item {
  const digest = createHash('sha256')
    .update(JSON.stringify([owner, key]))
    .digest('hex');
  return keyValues(idempotencyItemKey(digest));
}

/** An item that has expired counts as gone: DynamoDB takes its time to remove it. */
function rememberKey(
  { tableName }: DynamoTable,
  idempotency: Idempotency,
  jobs: readonly Job[],
  now: number,
): TransactWriteItem {
  const item: Item = {
    ...keyOf(idempotency),
    fingerprint: text(idempotency.fingerprint),
    jobs: texts(jobs.map(({ id }) => id)),
    expires: number(inSeconds(now, IDEMPOTENCY_KEPT_SECONDS)),
  };
  return {
    Put: {
      TableName: tableName,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk) OR #expires <= :now',
      ExpressionAttributeNames: { '#expires': 'expires' },
      ExpressionAttributeValues: { ':now': number(inSeconds(now, 0)) },
    },
  };
}

/** What an earlier use of the key came to; `undefined` if there was none. */
async function earlierOutcome(
  table: DynamoTable,
  idempotency: Idempotency,
  now: number,
): Promise<CreateOutcome | undefined> {
  const { client, tableName } = table;
  const key = { Key: keyOf(idempotency), ConsistentRead: true };
  const { Item: item } = await client.send(new GetItemCommand({ TableName: tableName, ...key }));
  if (!item || Number(item.expires?.N ?? 0) <= inSeconds(now, 0)) return undefined;
  if (textOf(item, 'fingerprint') !== idempotency.fingerprint) return { outcome: 'mismatch' };
  return { outcome: 'replayed', jobs: await readJobs(table, textsOf(item, 'jobs')) };
}
