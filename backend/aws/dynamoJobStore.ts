import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Job } from '../api/job.ts';
import { jobItemKey } from '../api/tableSchema.ts';
import {
  type CreateOutcome,
  type Idempotency,
  type JobPage,
  type JobQuery,
  type JobStore,
  VersionConflict,
} from '../core/ports.ts';
import { jobIndexValues, jobOf, unfinishedBatches } from './dynamoItems.ts';
import { JobBatches } from './dynamoJobBatches.ts';
import { createJobs } from './dynamoJobCreation.ts';
import { listJobs } from './dynamoJobList.ts';
import { type DynamoTable, isConditionFailed, keyValues, number, retryConflicts, text } from './dynamoValues.ts';

/** Longest time that creating many jobs can take: no function lives longer than a quarter of that. */
const BATCH_GIVEN_UP_SECONDS = 3600;

/**
 * Jobs in the one table (see `api/tableSchema.ts`). Reads are consistent, except for which jobs a list finds: an index
 * follows the table by well under a second.
 */
export class DynamoJobStore implements JobStore {
  readonly #table: DynamoTable;
  readonly #batches: JobBatches;
  readonly #now: () => number;

  /** @param now milliseconds since 1970, for the age of idempotency keys and batches */
  constructor(table: DynamoTable, now: () => number = Date.now) {
    this.#table = table;
    this.#now = now;
    this.#batches = new JobBatches(table, now);
  }

  create(jobs: readonly Job[], idempotency?: Idempotency): Promise<CreateOutcome> {
    return createJobs(this.#table, this.#batches, jobs, idempotency, this.#now());
  }

  async get(id: string): Promise<Job | undefined> {
    const { client, tableName } = this.#table;
    const key = { Key: keyValues(jobItemKey(id)), ConsistentRead: true };
    const { Item: item } = await client.send(new GetItemCommand({ TableName: tableName, ...key }));
    if (!item) return undefined;
    return (await unfinishedBatches(this.#table, [item])).size > 0 ? undefined : jobOf(item);
  }

  list(query: JobQuery): Promise<JobPage> {
    return listJobs(this.#table, query);
  }

  async update(job: Job): Promise<Job> {
    const stored: Job = { ...job, version: job.version + 1 };
    // Tells a write of ours whose answer was lost, and which the SDK therefore repeated, from somebody else's.
    const writer = randomUUID();
    const index = jobIndexValues(stored);
    const values = {
      ...index,
      version: number(stored.version),
      document: text(JSON.stringify(stored)),
      writer: text(writer),
    };
    const names = Object.keys(values);
    const { client, tableName } = this.#table;
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: keyValues(jobItemKey(job.id)),
      // Whoever updates a job has seen it: if it came in a batch, that is complete.
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')} REMOVE #batch`,
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: Object.fromEntries([...names, 'batch'].map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
        ':read': number(job.version),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await retryConflicts(() => client.send(command));
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      if (error.Item?.writer?.S !== writer) {
        throw new VersionConflict(`job ${job.id} is no longer at version ${job.version}`);
      }
    }
    return stored;
  }

  async remove(id: string, version: number): Promise<void> {
    const { client, tableName } = this.#table;
    const command = new DeleteItemCommand({
      TableName: tableName,
      Key: keyValues(jobItemKey(id)),
      ConditionExpression: 'attribute_not_exists(pk) OR #version = :version',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':version': number(version) },
    });
    try {
      await retryConflicts(() => client.send(command));
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      throw new VersionConflict(`job ${id} is no longer at version ${version}`);
    }
  }

  /** @param olderThanSeconds younger ones may still be at work */
  removeAbandoned(olderThanSeconds: number = BATCH_GIVEN_UP_SECONDS): Promise<number> {
    return this.#batches.removeAbandoned(olderThanSeconds);
  }
}
