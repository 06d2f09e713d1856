import assert from 'node:assert/strict';
import type { RunClaims } from '../../backend/aws/runClaims.ts';
import { RunRefused } from '../../backend/core/ports.ts';
import { runThat, type ScheduledWorld } from '../support/batch/localRun.ts';
import { SchedulerBench, until } from '../support/batch/schedulerBench.ts';
import type { CallFate } from '../support/batch/server.ts';
import { needsMiniStack } from '../support/miniStack.ts';

const MINUTE = 60_000;

/** What becomes of the calls of one operation, in order; those after the last are answered. */
function fates({ standIn }: ScheduledWorld, operation: string, ...planned: readonly CallFate[]): void {
  const left = [...planned];
  standIn.server.fate = (call) => (call.operation === operation ? (left.shift() ?? 'answer') : 'answer');
}

function submits({ standIn }: ScheduledWorld): number {
  return standIn.server.calls.filter(({ operation }) => operation === 'submitjob').length;
}

describe('scheduler on AWS Batch: handing over', function () {
  this.timeout(60_000);
  let bench: SchedulerBench;

  before(async function () {
    needsMiniStack(this);
    bench = await SchedulerBench.start();
  });
  after(() => bench?.stop());
  afterEach(() => bench?.clear());

  describe('hands a run over once', () => {
    it('although Batch was too busy several times', async () => {
      const batch = await bench.open();
      fates(batch, 'submitjob', 'throttle', 'throttle', 'throttle');
      const { schedulerId } = await batch.scheduler.submit(runThat('succeeds'));
      assert.equal((await until(batch, schedulerId, 'SUCCEEDED')).exitCode, 0);
      assert.equal(submits(batch), 4);
      assert.equal(batch.standIn.engine.jobs.length, 1);
    });

    it('and gives the claim back when Batch stays too busy, so that the next try can go at once', async () => {
      const batch = await bench.open();
      const run = runThat('succeeds');
      fates(batch, 'submitjob', ...Array.from({ length: 7 }, () => 'throttle' as const));
      await assert.rejects(batch.scheduler.submit(run), /Too Many Requests/);
      assert.ok((await batch.scheduler.submit(run)).schedulerId);
      assert.equal(batch.standIn.engine.jobs.length, 1);
    });

    it('although Batch’s answer was lost', async () => {
      const batch = await bench.open();
      fates(batch, 'submitjob', 'lose-answer');
      const run = runThat('succeeds');
      const { schedulerId } = await batch.scheduler.submit(run);
      assert.equal((await batch.scheduler.submit(run)).schedulerId, schedulerId);
      assert.equal(submits(batch), 1);
      assert.deepEqual(
        batch.standIn.engine.jobs.map(({ id }) => id),
        [schedulerId],
      );
    });

    it('although the answer was lost and nobody could be asked either', async () => {
      const batch = await bench.open();
      const run = runThat('succeeds');
      batch.standIn.server.fate = ({ operation }) => (operation === 'submitjob' ? 'lose-answer' : 'fail');
      await assert.rejects(batch.scheduler.submit(run));
      batch.standIn.server.fate = () => 'answer';
      await assert.rejects(batch.scheduler.submit(run), /by somebody else/, 'too early to be sure');
      bench.pass(MINUTE);
      const { schedulerId } = await batch.scheduler.submit(run);
      assert.equal(submits(batch), 1);
      assert.equal(batch.standIn.engine.find(schedulerId)?.request.jobName, `foldpad-${run.runId}`);
    });

    it('although the call never came through', async () => {
      const batch = await bench.open();
      const run = runThat('succeeds');
      fates(batch, 'submitjob', 'lose-call');
      await assert.rejects(batch.scheduler.submit(run));
      assert.equal(batch.standIn.engine.jobs.length, 0);
      bench.pass(MINUTE);
      const { schedulerId } = await batch.scheduler.submit(run);
      assert.equal((await until(batch, schedulerId, 'SUCCEEDED')).runId, run.runId);
      assert.equal(batch.standIn.engine.jobs.length, 1);
    });

    it('although whoever did it died before it could be written down', async () => {
      const died = new Error('the function ran out of time');
      const dying: RunClaims = {
        take: (...args) => bench.claims.take(...args),
        withdraw: (...args) => bench.claims.withdraw(...args),
        release: (...args) => bench.claims.release(...args),
        record: async () => {
          throw died;
        },
      };
      const batch = await bench.open();
      const dead = await bench.open({ claims: dying, client: batch.client });
      const run = runThat('succeeds');
      await assert.rejects(dead.scheduler.submit(run), died);
      bench.pass(MINUTE);
      const [job] = batch.standIn.engine.jobs;
      assert.equal((await batch.scheduler.submit(run)).schedulerId, job?.id);
      assert.equal(batch.standIn.engine.jobs.length, 1);
    });

    it('although many do it at once, again and again, while Batch fails now and then', async () => {
      const batch = await bench.open();
      const others = await Promise.all(Array.from({ length: 3 }, () => bench.open({ client: batch.client })));
      const runs = Array.from({ length: 20 }, () => runThat('succeeds'));
      let calls = 0;
      batch.standIn.server.fate = ({ operation }) => {
        calls += 1;
        if (operation !== 'submitjob') return 'answer';
        return (['answer', 'throttle', 'lose-answer', 'answer', 'fail', 'answer'] as const)[calls % 6] ?? 'answer';
      };
      for (let round = 1; round <= 3; round += 1) {
        await Promise.allSettled(
          runs.flatMap((run) => [batch, ...others].map(({ scheduler }) => scheduler.submit(run))),
        );
        bench.pass(MINUTE);
      }
      batch.standIn.server.fate = () => 'answer';
      const ids = await Promise.all(runs.map((run) => batch.scheduler.submit(run)));
      const names = batch.standIn.engine.jobs.map(({ request }) => request.jobName);
      assert.equal(names.length, runs.length, 'one job for each run');
      assert.deepEqual(names.toSorted(), runs.map(({ runId }) => `foldpad-${runId}`).toSorted());
      assert.equal(new Set(ids.map(({ schedulerId }) => schedulerId)).size, runs.length);
    });
  });

  describe('withdraws a run', () => {
    it('that Batch never took, without asking for it to be taken', async () => {
      const batch = await bench.open();
      const run = runThat('succeeds');
      fates(batch, 'submitjob', ...Array.from({ length: 7 }, () => 'throttle' as const));
      await assert.rejects(batch.scheduler.submit(run), /Too Many Requests/);
      const before = submits(batch);
      assert.equal(await batch.scheduler.withdraw(run), undefined);
      await assert.rejects(batch.scheduler.submit(run), RunRefused);
      assert.equal(submits(batch), before);
    });

    it('whose answer was lost, by telling its id once that can be known', async () => {
      const batch = await bench.open();
      const run = runThat('endless');
      batch.standIn.server.fate = ({ operation }) => (operation === 'submitjob' ? 'lose-answer' : 'fail');
      await assert.rejects(batch.scheduler.submit(run));
      batch.standIn.server.fate = () => 'answer';
      await assert.rejects(batch.scheduler.withdraw(run), /by somebody else/, 'too early to be sure');
      bench.pass(MINUTE);
      const [job] = batch.standIn.engine.jobs;
      assert.deepEqual(await batch.scheduler.withdraw(run), { schedulerId: job?.id });
      assert.equal((await batch.scheduler.submit(run)).schedulerId, job?.id);
      assert.equal(submits(batch), 1);
    });

    it('that whoever was at it never handed over, also when its queue was removed meanwhile', async () => {
      for (const queues of [['low', 'cpu'], ['low']]) {
        const batch = await bench.open({ queues });
        const run = runThat('succeeds', queues.includes('cpu') ? {} : { queue: 'gone' });
        assert.equal((await bench.claims.take(run.runId)).kind, 'mine');
        await assert.rejects(batch.scheduler.withdraw(run), /by somebody else/);
        bench.pass(MINUTE);
        assert.equal(await batch.scheduler.withdraw(run), undefined);
        await assert.rejects(batch.scheduler.submit(run), RunRefused);
        assert.equal(submits(batch), 0);
      }
    });

    it('but not from the one who, long given up, handed it over after all', async () => {
      const batch = await bench.open();
      const run = runThat('endless');
      assert.equal((await bench.claims.take(run.runId)).kind, 'mine');
      bench.pass(MINUTE);
      assert.equal(await batch.scheduler.withdraw(run), undefined);
      await bench.claims.record(run.runId, 'late');
      assert.deepEqual(await batch.scheduler.withdraw(run), { schedulerId: 'late' });
    });
  });

  it('refuses for good what Batch refuses, and can be asked again once that is mended', async () => {
    const batch = await bench.open({ prefix: 'other' });
    const run = runThat('succeeds');
    await assert.rejects(
      batch.scheduler.submit(run),
      (error) => error instanceof RunRefused && /not found/.test(error.message),
    );
    const mended = await bench.open();
    assert.ok((await mended.scheduler.submit(run)).schedulerId);
  });

  it('keeps under what Batch takes in a second, however much there is to do', async () => {
    const pauses: number[] = [];
    const now = Date.now();
    const batch = await bench.open({
      submitsPerSecond: 20,
      now: () => now,
      sleep: async (ms) => void pauses.push(ms),
    });
    await Promise.all(Array.from({ length: 30 }, () => batch.scheduler.submit(runThat('succeeds'))));
    assert.equal(submits(batch), 30);
    // The first goes at once, and each of the others a twentieth of a second after the one before.
    assert.deepEqual(
      pauses.toSorted((a, b) => a - b),
      Array.from({ length: 29 }, (_, index) => (index + 1) * 50),
    );
  });
});
