import { randomUUID } from 'node:crypto';
import {
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { BATCH_PARTITION, batchItemKey, jobItemKey } from '../api/tableSchema.ts';
import { mapConcurrently } from '../core/pages.ts';
import {
  type DynamoTable,
  type Item,
  inSeconds,
  isConditionFailed,
  keyValues,
  number,
  retryConflicts,
  text,
  textOf,
  texts,
  textsOf,
} from './dynamoValues.ts';

/** Deletes at the same time. */
const WIDTH = 16;
/** How long the record of a batch that was given up and removed is kept, for a reader that has just seen one of its jobs. */
const GONE_KEPT_SECONDS = 24 * 3600;

/**
 * Creating more jobs than fit into one transaction, all or nothing. A record says that the batch is not complete; while
 * it exists nobody sees its jobs. Completing a batch removes the record: one write makes all jobs visible at once.
 * Giving one up marks the record first, after which completing it is refused, and then removes the jobs. Either way a
 * process may die at any point: what it leaves is hidden, and {@link removeAbandoned} finds it.
 */
export class JobBatches {
  readonly #table: DynamoTable;
  readonly #now: () => number;

  constructor(table: DynamoTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  /** Begins a batch of these jobs, none of which may have been written yet. @returns its id */
  async open(jobIds: readonly string[]): Promise<string> {
    const { client, tableName } = this.#table;
    const id = randomUUID();
    const item: Item = {
      ...keyValues(batchItemKey(id)),
      state: text('open'),
      openedAt: number(this.#now()),
      jobs: texts(jobIds),
    };
    await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    return id;
  }

  /**
   * Goes with every write of jobs of the batch: one that was delayed on its way must not come after the batch was given
   * up and its jobs removed.
   */
  stillOpen(id: string): TransactWriteItem {
    return { ConditionCheck: this.#ifOpen(id) };
  }

  /** The write that completes a batch; it is refused if the batch was given up. */
  completion(id: string): TransactWriteItem {
    return { Delete: this.#ifOpen(id) };
  }

  #ifOpen(id: string) {
    return {
      TableName: this.#table.tableName,
      Key: keyValues(batchItemKey(id)),
      ConditionExpression: '#state = :open',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':open': text('open') },
    };
  }

  /** Gives a batch up and removes its jobs. @returns false if it is complete, in which case nothing is removed */
  async abandon(id: string): Promise<boolean> {
    const { client, tableName } = this.#table;
    const mark = new UpdateItemCommand({
      TableName: tableName,
      Key: keyValues(batchItemKey(id)),
      UpdateExpression: 'SET #state = :abandoned',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':abandoned': text('abandoned') },
      ReturnValues: 'ALL_NEW',
    });
    try {
      const { Attributes: record } = await retryConflicts(() => client.send(mark));
      if (record) await this.#removeJobs(id, textsOf(record, 'jobs'));
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }

  async removeAbandoned(olderThanSeconds: number): Promise<number> {
    let removed = 0;
    for (const record of await this.#unfinished(this.#now() - olderThanSeconds * 1000)) {
      if (await this.abandon(textOf(record, 'sk'))) removed += textsOf(record, 'jobs').length;
    }
    return removed;
  }

  /** Records of batches opened before `before`, without those whose jobs are removed already. */
  async #unfinished(before: number): Promise<readonly Item[]> {
    const { client, tableName } = this.#table;
    const records: Item[] = [];
    let start: Item | undefined;
    do {
      const answer = await client.send(
        new QueryCommand({
          TableName: tableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :batches',
          FilterExpression: '#openedAt < :before AND attribute_not_exists(#expires)',
          ExpressionAttributeNames: { '#openedAt': 'openedAt', '#expires': 'expires' },
          ExpressionAttributeValues: { ':batches': text(BATCH_PARTITION), ':before': number(before) },
          ExclusiveStartKey: start,
        }),
      );
      records.push(...(answer.Items ?? []));
      start = answer.LastEvaluatedKey;
    } while (start);
    return records;
  }

  /** Only then may the record go: before, it is what hides them. */
  async #removeJobs(id: string, jobIds: readonly string[]): Promise<void> {
    const { client, tableName } = this.#table;
    await mapConcurrently(jobIds, WIDTH, (jobId) => this.#removeJob(id, jobId));
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyValues(batchItemKey(id)),
        UpdateExpression: 'SET #expires = :expires',
        ExpressionAttributeNames: { '#expires': 'expires' },
        ExpressionAttributeValues: { ':expires': number(inSeconds(this.#now(), GONE_KEPT_SECONDS)) },
      }),
    );
  }

  async #removeJob(id: string, jobId: string): Promise<void> {
    const { client, tableName } = this.#table;
    const command = new DeleteItemCommand({
      TableName: tableName,
      Key: keyValues(jobItemKey(jobId)),
      // The batch may have failed because somebody else's job has this id.
      ConditionExpression: 'attribute_not_exists(pk) OR #batch = :batch',
      ExpressionAttributeNames: { '#batch': 'batch' },
      ExpressionAttributeValues: { ':batch': text(id) },
    });
    try {
      await retryConflicts(() => client.send(command));
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }
}
