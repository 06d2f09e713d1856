// What goes wrong in SQS, below the ports: batches taken in part, refusals, messages that are none of ours.
import assert from 'node:assert/strict';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { SqsWorkQueue } from '../../backend/aws/sqsWorkQueue.ts';
import { FaultyAws } from '../support/faultyAws.ts';
import { needsMiniStack } from '../support/miniStack.ts';

describe('the AWS stores when something goes wrong: SQS', function () {
  this.timeout(60_000);
  let aws: FaultyAws;

  before(async function () {
    needsMiniStack(this);
    aws = await FaultyAws.start();
  });
  afterEach(() => aws?.mend());
  after(() => aws?.stop());

  /** What lies there as SQS has it: our own queue passes over what is none of ours. Stays in sight. */
  async function deadBodies(QueueUrl: string): Promise<string[]> {
    const look = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
    const { Messages = [] } = await aws.world.sqs.send(look);
    return Messages.map(({ Body = '' }) => Body).sort();
  }

  it('sends again what was not taken, and only that', async () => {
    const queues = await aws.world.queues(5);
    const queue = new SqsWorkQueue(queues);
    const asked: number[] = [];
    aws.change(
      aws.world.sqs,
      ({ command, input }, output) => {
        if (command !== 'SendMessageBatchCommand') return output;
        const taken = new Set((output as { Successful?: { Id?: string }[] }).Successful?.map(({ Id }) => Id));
        const Failed = (input.Entries as { Id: string }[])
          .filter(({ Id }) => !taken.has(Id))
          .map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
        return { ...output, Failed };
      },
      ({ command, input }) => {
        if (command !== 'SendMessageBatchCommand') return input;
        const entries = input.Entries as unknown[];
        asked.push(entries.length);
        // What SQS refuses of a batch is not in the queue: twice some of it never arrives.
        return { ...input, Entries: asked.length <= 2 ? entries.toSpliced(1, 2) : entries };
      },
    );
    await queue.send(Array.from({ length: 10 }, (_, index) => ({ kind: 'dispatch', jobId: `${index}` }) as const));
    assert.deepEqual(asked, [10, 2, 1]);
    const received = await queue.receive(10, 1, 30);
    const more = await queue.receive(10, 0, 30);
    const got = [...received, ...more].map(({ message }) => message.jobId).sort();
    assert.deepEqual(
      got,
      Array.from({ length: 10 }, (_, index) => `${index}`),
    );
  });

  it('says so when SQS refuses for good', async () => {
    const queue = new SqsWorkQueue(await aws.world.queues(5));
    aws.change(aws.world.sqs, ({ command }, output) =>
      command === 'SendMessageBatchCommand'
        ? { ...output, Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true }] }
        : output,
    );
    await assert.rejects(queue.send([{ kind: 'cancel', jobId: 'x' }]), /did not take 1 of 1.*InvalidMessageContents/);
  });

  it('lets nobody be stopped by a message that is none of ours; it ends among the dead', async () => {
    const queues = await aws.world.queues(2);
    const queue = new SqsWorkQueue(queues);
    const foreign = ['poison', '{"kind":"explode","jobId":"x"}', '{"kind":"dispatch"}', 'null'];
    for (const body of foreign) {
      await aws.world.sqs.send(new SendMessageCommand({ QueueUrl: queues.queueUrl, MessageBody: body }));
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
    assert.deepEqual(await deadBodies(queues.deadQueueUrl), foreign.toSorted());
    assert.deepEqual(await queue.deadLetters(), [], 'none of them is work');
  });
});
