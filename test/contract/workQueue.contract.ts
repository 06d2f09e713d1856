import assert from 'node:assert/strict';
import type { WorkMessage, WorkQueue } from '../../backend/core/ports.ts';

export interface WorkQueueHarness {
  readonly queue: WorkQueue;
  /** Receives after which a message is put aside. */
  readonly maxReceives: number;
  /** Lets so much time pass for the queue (a fake clock, or really waiting). */
  readonly pass: (seconds: number) => Promise<void>;
  readonly close: () => Promise<void> | void;
}

const dispatch = (jobId: string): WorkMessage => ({ kind: 'dispatch', jobId });

/** What every work queue must do. `make` gives an empty queue. */
export function describeWorkQueue(name: string, make: () => Promise<WorkQueueHarness>): void {
  describe(`work queue contract: ${name}`, () => {
    let harness: WorkQueueHarness;
    let queue: WorkQueue;
    beforeEach(async () => {
      harness = await make();
      queue = harness.queue;
    });
    afterEach(() => harness.close());

    /** Receives until nothing comes, without acknowledging. */
    async function drain(visibilitySeconds = 60): Promise<string[]> {
      const ids: string[] = [];
      for (;;) {
        const received = await queue.receive(10, 0, visibilitySeconds);
        if (received.length === 0) return ids;
        ids.push(...received.map(({ message }) => message.jobId));
      }
    }

    it('is empty at first', async () => {
      assert.deepEqual(await queue.receive(10, 0, 60), []);
      assert.deepEqual(await queue.deadLetters(), []);
    });

    it('delivers what was sent, whole', async () => {
      const messages: readonly WorkMessage[] = [
        dispatch('a'),
        { kind: 'cancel', jobId: 'b' },
        { kind: 'delete', jobId: 'c' },
      ];
      await queue.send(messages);
      const received = await queue.receive(10, 0, 60);
      assert.deepEqual(new Set(received.map(({ message }) => message)), new Set(messages));
      for (const { receiveCount } of received) assert.equal(receiveCount, 1);
    });

    it('takes nothing to send, and many', async () => {
      await queue.send([]);
      const ids = Array.from({ length: 57 }, (_, index) => `job-${index}`);
      await queue.send(ids.map(dispatch));
      assert.deepEqual((await drain()).sort(), ids.sort());
    });

    it('delivers at most as many as asked for', async () => {
      await queue.send(['a', 'b', 'c'].map(dispatch));
      assert.equal((await queue.receive(2, 0, 60)).length, 2);
    });

    it('hides a message that somebody works on, and shows it again if nothing is heard', async () => {
      await queue.send([dispatch('a')]);
      await queue.receive(1, 0, 5);
      assert.deepEqual(await queue.receive(1, 0, 5), []);
      await harness.pass(6);
      const [again] = await queue.receive(1, 0, 5);
      assert.deepEqual([again?.message.jobId, again?.receiveCount], ['a', 2]);
    });

    it('forgets an acknowledged message', async () => {
      await queue.send([dispatch('a')]);
      const [work] = await queue.receive(1, 0, 5);
      assert.ok(work);
      await queue.acknowledge(work.receipt);
      await harness.pass(6);
      assert.deepEqual(await queue.receive(1, 0, 5), []);
      await queue.acknowledge(work.receipt);
    });

    it('gives a released message again after its delay', async () => {
      await queue.send([dispatch('a')]);
      const [work] = await queue.receive(1, 0, 60);
      assert.ok(work);
      await queue.release(work.receipt, 5);
      assert.deepEqual(await queue.receive(1, 0, 60), []);
      await harness.pass(6);
      assert.equal((await queue.receive(1, 0, 60))[0]?.receiveCount, 2);
    });

    it('wakes a receiver that waits', async () => {
      const waiting = queue.receive(1, 20, 60);
      await queue.send([dispatch('a')]);
      assert.equal((await waiting)[0]?.message.jobId, 'a');
    });

    it('gives every message to one of many receivers', async () => {
      await queue.send(Array.from({ length: 20 }, (_, index) => dispatch(`${index}`)));
      const received = await Promise.all(Array.from({ length: 20 }, () => queue.receive(1, 0, 60)));
      const ids = received.flat().map(({ message }) => message.jobId);
      assert.equal(new Set(ids).size, ids.length);
      assert.equal(new Set([...ids, ...(await drain())]).size, 20);
    });

    it('puts a message aside that came back too often', async () => {
      await queue.send([dispatch('poison'), dispatch('good')]);
      for (let round = 0; round < harness.maxReceives; round += 1) {
        const received = await queue.receive(10, 0, 60);
        for (const { message, receipt } of received) {
          if (message.jobId === 'good') await queue.acknowledge(receipt);
          else await queue.release(receipt, 0);
        }
        await harness.pass(1);
      }
      assert.deepEqual(await queue.receive(10, 0, 60), []);
      assert.deepEqual(await queue.deadLetters(), [dispatch('poison')]);
    });
  });
}
