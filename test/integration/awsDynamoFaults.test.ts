// What goes wrong in DynamoDB, below the ports: throttling, lost answers, conflicts, half-done batches, dead processes.
import assert from 'node:assert/strict';
import { type BatchGetItemCommandOutput, ScanCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { Job } from '../../backend/api/job.ts';
import { DynamoJobStore } from '../../backend/aws/dynamoJobStore.ts';
import type { DynamoTable } from '../../backend/aws/dynamoValues.ts';
import { VersionConflict } from '../../backend/core/ports.ts';
import { type Fault, firstTries, recordCalls } from '../support/awsCalls.ts';
import { FaultyAws } from '../support/faultyAws.ts';
import { needsMiniStack } from '../support/miniStack.ts';
import { sampleJob } from '../support/sampleJob.ts';

const KEY = { owner: 'ada', key: 'k', fingerprint: 'f' };

describe('the AWS stores when something goes wrong: DynamoDB', function () {
  this.timeout(60_000);
  let aws: FaultyAws;

  before(async function () {
    needsMiniStack(this);
    aws = await FaultyAws.start();
  });
  afterEach(() => aws?.mend());
  after(() => aws?.stop());

  let table: DynamoTable;
  let store: DynamoJobStore;
  beforeEach(async () => {
    table = await aws.world.table();
    store = new DynamoJobStore(table);
  });

  const many = (count: number): Job[] => Array.from({ length: count }, () => sampleJob());
  async function ids(limit = 1000): Promise<string[]> {
    return (await store.list({ limit })).jobs.map(({ id }) => id);
  }
  /** Everything in the table, hidden items too. */
  async function items(): Promise<number> {
    const { Count: count } = await aws.world.dynamo.send(
      new ScanCommand({ TableName: table.tableName, Select: 'COUNT' }),
    );
    return count ?? 0;
  }

  for (const fault of ['throttled', 'server-error'] as const) {
    it(`does everything in the end when AWS is ${fault} twice`, async () => {
      const job = sampleJob();
      for (const action of [
        () => store.create([job], KEY),
        () => store.get(job.id),
        () => store.update(job),
        () => store.list({ limit: 10 }),
        () => store.remove(job.id, 2),
      ]) {
        const stop = aws.inject(aws.world.dynamo, firstTries(fault, 2));
        await action();
        stop();
      }
      assert.equal(await store.get(job.id), undefined);
    });
  }

  it('knows its own update again when the answer was lost', async () => {
    const job = sampleJob();
    await store.create([job]);
    aws.inject(aws.world.dynamo, firstTries('answer-lost', 1, 'UpdateItemCommand'));
    const stored = await store.update({ ...job, status: 'RUNNING' });
    assert.deepEqual(stored, { ...job, status: 'RUNNING', version: 2 });
    assert.deepEqual(await store.get(job.id), stored);
  });

  it('does not take somebody else’s update for its own', async () => {
    const job = sampleJob();
    await store.create([job]);
    await store.update({ ...job, status: 'RUNNING' });
    await assert.rejects(store.update({ ...job, status: 'RUNNING' }), VersionConflict);
  });

  it('creates once when the answer was lost', async () => {
    const jobs = many(3);
    aws.inject(aws.world.dynamo, firstTries('answer-lost', 1, 'TransactWriteItemsCommand'));
    assert.deepEqual(await store.create(jobs, KEY), { outcome: 'created' });
    assert.equal((await ids()).length, 3);
  });

  it('removes once when the answer was lost', async () => {
    const job = sampleJob();
    await store.create([job]);
    aws.inject(aws.world.dynamo, firstTries('answer-lost', 1, 'DeleteItemCommand'));
    await store.remove(job.id, 1);
    assert.equal(await store.get(job.id), undefined);
  });

  it('tries again when two transactions meet', async () => {
    const conflict = new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    });
    aws.inject(aws.world.dynamo, firstTries(conflict, 3, 'TransactWriteItemsCommand'));
    assert.deepEqual(await store.create(many(2), KEY), { outcome: 'created' });
    assert.equal((await ids()).length, 2);
  });

  it('reads what AWS left unread', async () => {
    const jobs = many(50);
    await store.create(jobs);
    let left = 4;
    aws.change(aws.world.dynamo, ({ command }, output) => {
      if (command !== 'BatchGetItemCommand' || left === 0) return output;
      left -= 1;
      const { Responses: found = {} } = output as BatchGetItemCommandOutput;
      const all = found[table.tableName] ?? [];
      const unread = all.splice(5).flatMap(({ pk, sk }) => (pk && sk ? { pk, sk } : []));
      return { ...output, UnprocessedKeys: { [table.tableName]: { Keys: unread } } };
    });
    assert.deepEqual((await ids()).sort(), jobs.map(({ id }) => id).sort());
    assert.equal(left, 0);
  });

  it('lists a job once that two states claim, as an index does that lags behind', async () => {
    const jobs = many(3);
    await store.create(jobs);
    let queued: object | undefined;
    aws.change(aws.world.dynamo, ({ command }, output) => {
      if (command !== 'QueryCommand') return output;
      queued ??= output;
      return queued;
    });
    const { jobs: listed } = await store.list({ limit: 10, statuses: ['QUEUED', 'RUNNING'] });
    assert.deepEqual(listed.map(({ id }) => id).sort(), jobs.map(({ id }) => id).sort());
  });

  it('shows nothing of a thousand jobs whose process died half-way, and clears them up', async () => {
    const jobs = many(1000);
    let writes = 0;
    const stop = aws.inject(aws.world.dynamo, ({ command }): Fault | undefined => {
      writes += command === 'TransactWriteItemsCommand' ? 1 : 0;
      return writes > 5 ? 'dead' : undefined;
    });
    await assert.rejects(store.create(jobs, KEY));
    stop();
    assert.ok((await items()) > 400, 'much was written');
    assert.deepEqual(await ids(), []);
    assert.deepEqual(await store.list({ limit: 50, owner: 'ada', statuses: ['QUEUED'] }), { jobs: [] });
    for (const { id } of jobs.slice(0, 3)) assert.equal(await store.get(id), undefined);

    assert.equal(await store.removeAbandoned(), 0, 'it may still be at work');
    assert.equal(await store.removeAbandoned(-1), 1000);
    // The batch's own record is left, to be removed by DynamoDB when its time has come.
    assert.equal(await items(), 1);
    assert.equal(await store.removeAbandoned(-1), 0);
    assert.deepEqual(await store.create(jobs, KEY), { outcome: 'created' });
    assert.equal((await ids()).length, 1000);
  });

  it('does not let a batch be completed, or added to, that was given up', async () => {
    let writes = 0;
    let removal: Promise<number> | undefined;
    aws.inject(aws.world.dynamo, ({ command }) => {
      writes += command === 'TransactWriteItemsCommand' ? 1 : 0;
      if (writes === 2) removal ??= new DynamoJobStore(table).removeAbandoned(-1);
      return undefined;
    });
    await assert.rejects(store.create(many(400), KEY));
    assert.equal(await removal, 400);
    assert.deepEqual(await ids(), []);
    assert.equal(await items(), 1);
  });

  it('keeps a thousand jobs whose last answer was lost for good', async () => {
    const jobs = many(1000);
    // Ten parts, then the completion: done, but nobody ever hears of it.
    const gone = Object.assign(new Error('gone'), { name: 'Gone' });
    let parts = 0;
    aws.change(aws.world.dynamo, ({ command }, output) => {
      parts += command === 'TransactWriteItemsCommand' ? 1 : 0;
      if (parts === 12 && command === 'TransactWriteItemsCommand') throw gone;
      return output;
    });
    assert.deepEqual(await store.create(jobs, KEY), { outcome: 'created' });
    assert.equal(parts, 12);
    assert.equal((await ids()).length, 1000);
    assert.equal((await store.create(jobs, KEY)).outcome, 'replayed');
  });

  it('forgets an idempotency key after a week, also when AWS is slow to remove it', async () => {
    let now = Date.now();
    const aged = new DynamoJobStore(table, () => now);
    await aged.create(many(1), KEY);
    now += 8 * 24 * 3600 * 1000;
    assert.deepEqual(await aged.create(many(1), { ...KEY, fingerprint: 'other' }), { outcome: 'created' });
    assert.equal((await ids()).length, 2);
  });

  it('reads a page of a list and one entry more, however many jobs there are', async () => {
    await store.create(many(60));
    const { calls, stop } = recordCalls([aws.world.dynamo]);
    await store.list({ limit: 10 });
    stop();
    const [query, read] = calls;
    const answer: { ScannedCount?: number } = query?.output ?? {};
    assert.deepEqual(
      [query?.command, query?.input.Limit, read?.command, calls.length],
      ['QueryCommand', 11, 'BatchGetItemCommand', 2],
    );
    assert.equal(answer.ScannedCount, 11);
  });
});
