import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { RUN_STATUSES } from '../../backend/api/job.ts';
import { type RunObservation, RunRefused, type RunSpec, type Scheduler } from '../../backend/core/ports.ts';

/** What a run of the harness does when it is started. */
export type RunBehaviour =
  /** Ends well after a moment, having reported progress. */
  | 'succeeds'
  /** Ends in every attempt in the way that this scheduler tries again: exit code 1, or the loss of its machine. */
  | 'fails'
  /** As `fails` in the first attempt, well in the second. */
  | 'fails-once'
  /** Ends with exit code 3: the engine cannot predict this. */
  | 'cannot-predict'
  /** Goes on until it is stopped. */
  | 'endless';

export interface SchedulerHarness {
  readonly scheduler: Scheduler;
  /** All that the scheduler has reported so far. */
  readonly reported: readonly RunObservation[];
  /** A run that the scheduler can take, with its inputs in place. */
  readonly prepare: (behaviour: RunBehaviour, changes?: Partial<RunSpec>) => Promise<RunSpec>;
  /** What the scheduler itself keeps of an ended run: it must be nothing once the run is forgotten. */
  readonly kept: (schedulerId: string) => Promise<readonly unknown[]>;
  readonly close: () => Promise<void> | void;
}

/** What every scheduler must do, with at least two runs at the same time. */
export function describeScheduler(name: string, make: () => Promise<SchedulerHarness>): void {
  describe(`scheduler contract: ${name}`, function () {
    this.timeout(60_000);
    let harness: SchedulerHarness;
    let scheduler: Scheduler;
    beforeEach(async () => {
      harness = await make();
      scheduler = harness.scheduler;
    });
    afterEach(() => harness.close());

    async function describeOne(id: string): Promise<RunObservation> {
      const [observation] = await scheduler.describe([id]);
      assert.ok(observation, `run ${id} is known`);
      return observation;
    }

    /** Polls until the run is in one of the states. */
    async function until(id: string, ...statuses: readonly RunObservation['status'][]): Promise<RunObservation> {
      for (;;) {
        const observation = await describeOne(id);
        if (statuses.includes(observation.status)) return observation;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }

    async function start(...args: Parameters<SchedulerHarness['prepare']>): Promise<{ id: string; spec: RunSpec }> {
      const spec = await harness.prepare(...args);
      const { schedulerId } = await scheduler.submit(spec);
      return { id: schedulerId, spec };
    }

    it('describes its queues', async () => {
      const queues = await scheduler.queues();
      assert.ok(queues.length > 0);
      for (const queue of queues) {
        assert.ok(queue.name && queue.description);
        if (!queue.available) assert.ok(queue.reason && queue.remedy, 'says why not and what to do');
      }
    });

    it('runs to the end and says how it went', async () => {
      const { id, spec } = await start('succeeds');
      const end = await until(id, 'SUCCEEDED', 'FAILED');
      assert.deepEqual(
        [end.status, end.runId, end.jobId, end.schedulerId, end.attempt, end.exitCode],
        ['SUCCEEDED', spec.runId, spec.jobId, id, 1, 0],
      );
      assert.ok(end.startedAt && end.endedAt && end.startedAt <= end.endedAt);
    });

    it('reports states in order, the last of them the end', async () => {
      const { id } = await start('succeeds');
      await until(id, 'SUCCEEDED');
      const statuses = harness.reported.filter((o) => o.schedulerId === id).map((o) => o.status);
      const ranks = statuses.map((status) => RUN_STATUSES.indexOf(status));
      assert.deepEqual(
        ranks,
        ranks.toSorted((a, b) => a - b),
      );
      assert.ok(statuses.includes('RUNNING'));
      assert.equal(statuses.at(-1), 'SUCCEEDED');
    });

    it('starts a run once, however often it is submitted', async () => {
      const spec = await harness.prepare('succeeds');
      const ids = await Promise.all(Array.from({ length: 5 }, () => scheduler.submit(spec)));
      assert.equal(new Set(ids.map(({ schedulerId }) => schedulerId)).size, 1);
      const id = ids[0]?.schedulerId ?? '';
      await until(id, 'SUCCEEDED');
      assert.equal((await scheduler.submit(spec)).schedulerId, id);
      assert.equal((await describeOne(id)).status, 'SUCCEEDED');
    });

    it('tries again what may be bad luck, and gives up in the end', async () => {
      const { id } = await start('fails', { maxAttempts: 2 });
      const end = await until(id, 'FAILED', 'SUCCEEDED');
      assert.deepEqual([end.status, end.attempt], ['FAILED', 2]);
      // A machine that was lost tells no exit code.
      assert.ok(end.exitCode === 1 || (end.exitCode === undefined && end.failureCode !== undefined));
      assert.ok(end.reason);
      const failures = harness.reported.filter((o) => o.schedulerId === id && o.status === 'FAILED');
      assert.ok(
        failures.length > 0 && failures.every(({ attempt }) => attempt === 2),
        'FAILED is reported of the last attempt only',
      );
    });

    it('succeeds in a later attempt', async () => {
      const { id } = await start('fails-once', { maxAttempts: 3 });
      const end = await until(id, 'SUCCEEDED', 'FAILED');
      assert.deepEqual([end.status, end.attempt], ['SUCCEEDED', 2]);
    });

    it('does not try again what the engine cannot predict', async () => {
      const { id } = await start('cannot-predict', { maxAttempts: 3 });
      const end = await until(id, 'FAILED', 'SUCCEEDED');
      assert.deepEqual([end.status, end.attempt, end.exitCode], ['FAILED', 1, 3]);
    });

    it('ends a running run on request, and does not try it again', async () => {
      const { id } = await start('endless', { maxAttempts: 3 });
      await until(id, 'RUNNING');
      await scheduler.terminate(id, 'the test asked');
      const end = await until(id, 'FAILED', 'SUCCEEDED');
      assert.deepEqual([end.status, end.attempt], ['FAILED', 1]);
      assert.match(end.reason ?? '', /the test asked/);
    });

    it('ends a run that has not begun', async () => {
      const spec = await harness.prepare('endless');
      const { schedulerId } = await scheduler.submit(spec);
      await scheduler.terminate(schedulerId, 'the test asked');
      assert.equal((await until(schedulerId, 'FAILED', 'SUCCEEDED')).status, 'FAILED');
    });

    it('takes no notice of a termination that comes too late or means nobody', async () => {
      const { id } = await start('succeeds');
      await until(id, 'SUCCEEDED');
      await scheduler.terminate(id, 'too late');
      await scheduler.terminate(randomUUID(), 'nobody');
      assert.equal((await describeOne(id)).status, 'SUCCEEDED');
    });

    it('ends a run that takes too long', async () => {
      const { id } = await start('endless', { timeoutSeconds: 1, maxAttempts: 1 });
      const end = await until(id, 'FAILED', 'SUCCEEDED');
      assert.deepEqual([end.status, end.failureCode], ['FAILED', 'timeout']);
    });

    it('says why a run waits', async () => {
      const started = await Promise.all(Array.from({ length: 8 }, () => start('endless')));
      const [first] = started;
      assert.ok(first);
      await until(first.id, 'RUNNING');
      const all = await scheduler.describe(started.map(({ id }) => id));
      assert.equal(all.length, started.length);
      const waiting = all.filter(({ status }) => status === 'RUNNABLE');
      assert.ok(waiting.length > 0, 'not all have room at once');
      for (const { reason } of waiting) assert.ok(reason);
      for (const { id } of started) await scheduler.terminate(id, 'enough');
    });

    it('tells the id of a run that it was handed, when that is withdrawn', async () => {
      const { id, spec } = await start('endless');
      assert.deepEqual(await scheduler.withdraw(spec), { schedulerId: id });
      await scheduler.terminate(id, 'withdrawn');
      await until(id, 'FAILED');
      assert.deepEqual(await scheduler.withdraw(spec), { schedulerId: id }, 'also when it has ended');
    });

    it('never takes a run that was withdrawn before', async () => {
      for (const changes of [{}, { queue: 'no-such-queue' }]) {
        const spec = await harness.prepare('succeeds', changes);
        assert.equal(await scheduler.withdraw(spec), undefined);
        assert.equal(await scheduler.withdraw(spec), undefined, 'again');
        await assert.rejects(scheduler.submit(spec), RunRefused);
        assert.deepEqual(await scheduler.describe([spec.runId]), []);
      }
    });

    it('either takes a run or lets it be withdrawn, when both are asked for at once', async () => {
      const specs = await Promise.all(Array.from({ length: 12 }, () => harness.prepare('succeeds')));
      await Promise.all(
        specs.map(async (spec, index) => {
          const submit = () => scheduler.submit(spec).catch((error) => assert.ok(error instanceof RunRefused));
          const asked = [submit, () => scheduler.withdraw(spec), submit];
          const [first, withdrawn, second] = await Promise.all(
            (index % 2 === 0 ? asked : asked.toReversed()).map((ask) => ask()),
          );
          const ids = [first, withdrawn, second].map((answer) => (answer || undefined)?.schedulerId);
          assert.equal(new Set(ids).size, 1, `all or none of them got the id: ${ids}`);
        }),
      );
    });

    it('refuses a queue that it does not have', async () => {
      const spec = await harness.prepare('succeeds', { queue: 'no-such-queue' });
      await assert.rejects(scheduler.submit(spec), RunRefused);
    });

    it('describes many at once, leaving out what it does not know', async () => {
      const { id } = await start('succeeds');
      const many = Array.from({ length: 250 }, () => randomUUID());
      assert.deepEqual(
        (await scheduler.describe([...many, id])).map((o) => o.schedulerId),
        [id],
      );
      assert.deepEqual(await scheduler.describe([]), []);
      await until(id, 'SUCCEEDED');
    });

    it('forgets an ended run', async () => {
      const { id } = await start('succeeds');
      await until(id, 'SUCCEEDED');
      assert.notDeepEqual(await harness.kept(id), []);
      await scheduler.forget(id);
      await scheduler.forget(id);
      assert.deepEqual(await harness.kept(id), []);
    });
  });
}
