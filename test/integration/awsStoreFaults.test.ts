// What goes wrong in AWS, below the ports: throttling, lost answers, conflicts, half-done batches, processes that die.
import assert from 'node:assert/strict';
import { type BatchGetItemCommandOutput, ScanCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Job } from '../../backend/api/job.ts';
import { DynamoJobStore } from '../../backend/aws/dynamoJobStore.ts';
import type { DynamoTable } from '../../backend/aws/dynamoValues.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { SqsWorkQueue } from '../../backend/aws/sqsWorkQueue.ts';
import { VersionConflict } from '../../backend/core/ports.ts';
import { S3Store } from '../../container/runner/s3Store.ts';
import {
  type AwsClient,
  changeAnswers,
  type Fault,
  firstTries,
  injectFaults,
  recordCalls,
} from '../support/awsCalls.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';
import { sampleJob } from '../support/sampleJob.ts';

const KEY = { owner: 'ada', key: 'k', fingerprint: 'f' };

describe('the AWS stores when something goes wrong', function () {
  this.timeout(60_000);
  let stack: MiniStack;
  let world: AwsWorld;
  const cleanUps: (() => void)[] = [];

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    world = new AwsWorld(stack);
  });
  afterEach(() => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
  });
  after(async () => {
    world?.close();
    await stack?.stop();
  });

  function faults(client: AwsClient, choose: Parameters<typeof injectFaults>[1]): () => void {
    const stop = injectFaults(client, choose);
    cleanUps.push(stop);
    return stop;
  }

  describe('DynamoDB', () => {
    let table: DynamoTable;
    let store: DynamoJobStore;
    beforeEach(async () => {
      table = await world.table();
      store = new DynamoJobStore(table);
    });

    const many = (count: number): Job[] => Array.from({ length: count }, () => sampleJob());
    async function ids(limit = 1000): Promise<string[]> {
      return (await store.list({ limit })).jobs.map(({ id }) => id);
    }
    /** Everything in the table, hidden items too. */
    async function items(): Promise<number> {
      const { Count: count } = await world.dynamo.send(
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
          const stop = faults(world.dynamo, firstTries(fault, 2));
          await action();
          stop();
        }
        assert.equal(await store.get(job.id), undefined);
      });
    }

    it('knows its own update again when the answer was lost', async () => {
      const job = sampleJob();
      await store.create([job]);
      faults(world.dynamo, firstTries('answer-lost', 1, 'UpdateItemCommand'));
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
      faults(world.dynamo, firstTries('answer-lost', 1, 'TransactWriteItemsCommand'));
      assert.deepEqual(await store.create(jobs, KEY), { outcome: 'created' });
      assert.equal((await ids()).length, 3);
    });

    it('removes once when the answer was lost', async () => {
      const job = sampleJob();
      await store.create([job]);
      faults(world.dynamo, firstTries('answer-lost', 1, 'DeleteItemCommand'));
      await store.remove(job.id, 1);
      assert.equal(await store.get(job.id), undefined);
    });

    it('tries again when two transactions meet', async () => {
      const conflict = new TransactionCanceledException({
        message: 'cancelled',
        $metadata: {},
        CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
      });
      faults(world.dynamo, firstTries(conflict, 3, 'TransactWriteItemsCommand'));
      assert.deepEqual(await store.create(many(2), KEY), { outcome: 'created' });
      assert.equal((await ids()).length, 2);
    });

    it('reads what AWS left unread', async () => {
      const jobs = many(50);
      await store.create(jobs);
      let left = 4;
      cleanUps.push(
        changeAnswers(world.dynamo, ({ command }, output) => {
          if (command !== 'BatchGetItemCommand' || left === 0) return output;
          left -= 1;
          const { Responses: found = {} } = output as BatchGetItemCommandOutput;
          const all = found[table.tableName] ?? [];
          const unread = all.splice(5).flatMap(({ pk, sk }) => (pk && sk ? { pk, sk } : []));
          return { ...output, UnprocessedKeys: { [table.tableName]: { Keys: unread } } };
        }),
      );
      assert.deepEqual((await ids()).sort(), jobs.map(({ id }) => id).sort());
      assert.equal(left, 0);
    });

    it('lists a job once that two states claim, as an index does that lags behind', async () => {
      const jobs = many(3);
      await store.create(jobs);
      let queued: object | undefined;
      cleanUps.push(
        changeAnswers(world.dynamo, ({ command }, output) => {
          if (command !== 'QueryCommand') return output;
          queued ??= output;
          return queued;
        }),
      );
      const { jobs: listed } = await store.list({ limit: 10, statuses: ['QUEUED', 'RUNNING'] });
      assert.deepEqual(listed.map(({ id }) => id).sort(), jobs.map(({ id }) => id).sort());
    });

    it('shows nothing of a thousand jobs whose process died half-way, and clears them up', async () => {
      const jobs = many(1000);
      let writes = 0;
      const stop = faults(world.dynamo, ({ command }): Fault | undefined => {
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
      faults(world.dynamo, ({ command }) => {
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
      cleanUps.push(
        changeAnswers(world.dynamo, ({ command }, output) => {
          parts += command === 'TransactWriteItemsCommand' ? 1 : 0;
          if (parts === 12 && command === 'TransactWriteItemsCommand') throw gone;
          return output;
        }),
      );
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
      const { calls, stop } = recordCalls([world.dynamo]);
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

  describe('S3', () => {
    const bytes = (text: string): Uint8Array => Buffer.from(text);
    let store: S3ObjectStore;
    let bucket: string;
    beforeEach(async () => {
      const made = await world.bucket();
      bucket = made.bucket;
      store = new S3ObjectStore(made);
    });

    for (const fault of ['throttled', 'server-error', 'answer-lost'] as const) {
      it(`does everything in the end when AWS is ${fault} once`, async () => {
        for (const action of [
          () => store.write('output/x', bytes('one')),
          async () => assert.equal(Buffer.from((await store.read('output/x')) ?? []).toString(), 'one'),
          async () => assert.equal((await store.head('output/x'))?.size, 3),
          async () => assert.equal(await store.writeIfAbsent('output/y', bytes('new')), true),
          async () => assert.equal(await store.writeIfAbsent('output/y', bytes('late')), false),
          async () => assert.equal(await store.removeAll('output/'), 2),
        ]) {
          const stop = faults(world.s3, firstTries(fault, 1));
          await action();
          stop();
        }
      });
    }

    for (const [name, make] of [
      ['the backend’s store', () => store],
      ['the runner’s store', () => new S3Store(bucket, '', world.s3)],
    ] as const) {
      it(`asks again when two conditional writes meet (${name})`, async () => {
        const conflict = new S3ServiceException({
          name: 'ConditionalRequestConflict',
          $fault: 'client',
          message: 'another one is under way',
          $metadata: { httpStatusCode: 409 },
        });
        const stop = faults(world.s3, firstTries(conflict, 2, 'PutObjectCommand'));
        assert.equal(await make().writeIfAbsent('output/x', bytes('mine')), true);
        stop();
        faults(world.s3, firstTries(conflict, 1, 'PutObjectCommand'));
        assert.equal(await make().writeIfAbsent('output/x', bytes('theirs')), false);
      });

      it(`knows its own conditional write again when the answer was lost (${name})`, async () => {
        faults(world.s3, firstTries('answer-lost', 1, 'PutObjectCommand'));
        assert.equal(await make().writeIfAbsent('output/x', bytes('mine')), true);
        assert.equal(await make().writeIfAbsent('output/x', bytes('mine')), false);
      });
    }

    it('passes on what it is not allowed, rather than find nothing', async () => {
      const denied = new S3ServiceException({
        name: 'AccessDenied',
        $fault: 'client',
        message: 'Access Denied',
        $metadata: { httpStatusCode: 403 },
      });
      for (const action of [
        () => store.read('output/x'),
        () => store.head('output/x'),
        () => store.deliver('output/x', 'x'),
      ]) {
        const stop = faults(world.s3, () => denied);
        await assert.rejects(action(), /Access Denied/);
        stop();
      }
      const elsewhere = new S3ObjectStore({ client: world.s3, bucket: 'no-such-bucket' });
      await assert.rejects(elsewhere.read('output/x'), /bucket/i);
    });

    it('says which objects could not be deleted', async () => {
      await store.write('output/x', bytes('x'));
      cleanUps.push(
        changeAnswers(world.s3, ({ command }, output) =>
          command === 'DeleteObjectsCommand' ? { Errors: [{ Key: 'output/x', Message: 'Try again' }] } : output,
        ),
      );
      await assert.rejects(store.removeAll('output/'), /did not delete 1 objects, output\/x first: Try again/);
    });

    it('gives addresses that need nothing but themselves and end soon', async () => {
      await store.write('output/x', bytes('ATOM'));
      const delivery = await store.deliver('output/x', 'modèle "1".pdb');
      assert.ok(delivery?.kind === 'redirect');
      const query = new URL(delivery.url).searchParams;
      assert.equal(query.get('X-Amz-SignedHeaders'), 'host');
      assert.ok(Number(query.get('X-Amz-Expires')) <= 900);
      assert.equal(
        query.get('response-content-disposition'),
        `attachment; filename="mod_le _1_.pdb"; filename*=UTF-8''mod%C3%A8le%20%221%22.pdb`,
      );
      assert.equal(await (await fetch(delivery.url)).text(), 'ATOM');
    });
  });

  describe('SQS', () => {
    it('sends again what was not taken, and only that', async () => {
      const queues = await world.queues(5);
      const queue = new SqsWorkQueue(queues);
      let left = 2;
      const stop = injectFaults(world.sqs, ({ command, input }) => {
        if (command !== 'SendMessageBatchCommand' || left === 0) return undefined;
        left -= 1;
        // What SQS refuses of a batch is not in the queue: take it out before it is sent, and say so afterwards.
        (input.Entries as unknown[]).splice(1, 2);
        return undefined;
      });
      cleanUps.push(stop);
      cleanUps.push(
        changeAnswers(world.sqs, ({ command, input }, output) => {
          if (command !== 'SendMessageBatchCommand') return output;
          const taken = new Set((output as { Successful?: { Id?: string }[] }).Successful?.map(({ Id }) => Id));
          const Failed = (input.Entries as { Id: string }[])
            .filter(({ Id }) => !taken.has(Id))
            .map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
          return { ...output, Failed };
        }),
      );
      await queue.send(Array.from({ length: 10 }, (_, index) => ({ kind: 'dispatch', jobId: `${index}` }) as const));
      const received = await queue.receive(10, 1, 30);
      const more = await queue.receive(10, 0, 30);
      const got = [...received, ...more].map(({ message }) => message.jobId).sort();
      assert.deepEqual(
        got,
        Array.from({ length: 10 }, (_, index) => `${index}`),
      );
    });

    it('says so when SQS refuses for good', async () => {
      const queue = new SqsWorkQueue(await world.queues(5));
      cleanUps.push(
        changeAnswers(world.sqs, ({ command }, output) =>
          command === 'SendMessageBatchCommand'
            ? { ...output, Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true }] }
            : output,
        ),
      );
      await assert.rejects(queue.send([{ kind: 'cancel', jobId: 'x' }]), /did not take 1 of 1.*InvalidMessageContents/);
    });

    it('lets nobody be stopped by a message that is none of ours; it ends among the dead', async () => {
      const queues = await world.queues(2);
      const queue = new SqsWorkQueue(queues);
      for (const body of ['poison', '{"kind":"explode","jobId":"x"}', '{"kind":"dispatch"}', 'null']) {
        await world.sqs.send(new SendMessageCommand({ QueueUrl: queues.queueUrl, MessageBody: body }));
      }
      await queue.send([{ kind: 'dispatch', jobId: 'good' }]);
      const seen: string[] = [];
      for (let round = 0; round < 5; round += 1) {
        for (const { message, receipt } of await queue.receive(10, 1, 0)) {
          seen.push(message.jobId);
          await queue.acknowledge(receipt);
        }
      }
      assert.deepEqual(seen, ['good']);
      const dead = new SqsWorkQueue({ ...queues, queueUrl: queues.deadQueueUrl });
      assert.deepEqual(await dead.receive(10, 0, 0), []);
      assert.deepEqual(await queue.deadLetters(), []);
    });
  });
});
