import assert from 'node:assert/strict';
import { MACHINES, maxGpus } from '../../backend/api/machines.ts';
import type { BatchSchedulerOptions } from '../../backend/aws/batchScheduler.ts';
import { DynamoRunClaims, type RunClaims } from '../../backend/aws/runClaims.ts';
import { DEPENDENCY_FAILED, type RunObservation, RunRefused } from '../../backend/core/ports.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { computeTemplate } from '../support/batch/computeTemplate.ts';
import { QUEUES, runThat, type ScheduledWorld, scheduledWorld } from '../support/batch/localRun.ts';
import type { CallFate } from '../support/batch/server.ts';
import type { BatchStandInOptions } from '../support/batch/standIn.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';

const MINUTE = 60_000;

describe('scheduler on AWS Batch', function () {
  this.timeout(60_000);
  let stack: MiniStack;
  let world: AwsWorld;
  let template: unknown;
  let claims: RunClaims;
  let removeTable: () => Promise<void>;
  const opened: ScheduledWorld[] = [];
  /** Of the claims and the scheduler; moved by tests. */
  let passed = 0;
  const now = (): number => Date.now() + passed;

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    world = new AwsWorld(stack);
    template = computeTemplate({ name: 'foldpad' });
    const table = await world.table();
    removeTable = table.remove;
    claims = new DynamoRunClaims(table, now);
  });
  after(async () => {
    await removeTable?.();
    world?.close();
    await stack?.stop();
  });
  afterEach(async () => {
    passed = 0;
    for (const each of opened.splice(0)) await each.close();
  });

  async function open(
    options: Partial<BatchSchedulerOptions> & { readonly standIn?: Partial<BatchStandInOptions> } = {},
  ): Promise<ScheduledWorld> {
    // Pauses before another try are made short, all else is as it is.
    const sleep = (milliseconds: number): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 20)));
    const made = await scheduledWorld(template, claims, { now, sleep, ...options });
    opened.push(made);
    return made;
  }

  /** What becomes of the calls of one operation, in order; those after the last are answered. */
  function fates({ standIn }: ScheduledWorld, operation: string, ...planned: readonly CallFate[]): void {
    const left = [...planned];
    standIn.server.fate = (call) => (call.operation === operation ? (left.shift() ?? 'answer') : 'answer');
  }

  function submits({ standIn }: ScheduledWorld): number {
    return standIn.server.calls.filter(({ operation }) => operation === 'submitjob').length;
  }

  async function until(
    { scheduler }: ScheduledWorld,
    id: string,
    ...statuses: readonly RunObservation['status'][]
  ): Promise<RunObservation> {
    for (;;) {
      const [seen] = await scheduler.describe([id]);
      if (seen && statuses.includes(seen.status)) return seen;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  describe('hands a run over once', () => {
    it('although Batch was too busy several times', async () => {
      const batch = await open();
      fates(batch, 'submitjob', 'throttle', 'throttle', 'throttle');
      const { schedulerId } = await batch.scheduler.submit(runThat('succeeds'));
      assert.equal((await until(batch, schedulerId, 'SUCCEEDED')).exitCode, 0);
      assert.equal(submits(batch), 4);
      assert.equal(batch.standIn.engine.jobs.length, 1);
    });

    it('and gives the claim back when Batch stays too busy, so that the next try can go at once', async () => {
      const batch = await open();
      const run = runThat('succeeds');
      fates(batch, 'submitjob', ...Array.from({ length: 7 }, () => 'throttle' as const));
      await assert.rejects(batch.scheduler.submit(run), /Too Many Requests/);
      assert.ok((await batch.scheduler.submit(run)).schedulerId);
      assert.equal(batch.standIn.engine.jobs.length, 1);
    });

    it('although Batch’s answer was lost', async () => {
      const batch = await open();
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
      const batch = await open();
      const run = runThat('succeeds');
      batch.standIn.server.fate = ({ operation }) => (operation === 'submitjob' ? 'lose-answer' : 'fail');
      await assert.rejects(batch.scheduler.submit(run));
      batch.standIn.server.fate = () => 'answer';
      await assert.rejects(batch.scheduler.submit(run), /by somebody else/, 'too early to be sure');
      passed += MINUTE;
      const { schedulerId } = await batch.scheduler.submit(run);
      assert.equal(submits(batch), 1);
      assert.equal(batch.standIn.engine.find(schedulerId)?.request.jobName, `foldpad-${run.runId}`);
    });

    it('although the call never came through', async () => {
      const batch = await open();
      const run = runThat('succeeds');
      fates(batch, 'submitjob', 'lose-call');
      await assert.rejects(batch.scheduler.submit(run));
      assert.equal(batch.standIn.engine.jobs.length, 0);
      passed += MINUTE;
      const { schedulerId } = await batch.scheduler.submit(run);
      assert.equal((await until(batch, schedulerId, 'SUCCEEDED')).runId, run.runId);
      assert.equal(batch.standIn.engine.jobs.length, 1);
    });

    it('although whoever did it died before it could be written down', async () => {
      const died = new Error('the function ran out of time');
      const dying: RunClaims = {
        take: (...args) => claims.take(...args),
        release: (...args) => claims.release(...args),
        record: async () => {
          throw died;
        },
      };
      const batch = await open();
      const dead = await open({ claims: dying, client: batch.client });
      const run = runThat('succeeds');
      await assert.rejects(dead.scheduler.submit(run), died);
      passed += MINUTE;
      const [job] = batch.standIn.engine.jobs;
      assert.equal((await batch.scheduler.submit(run)).schedulerId, job?.id);
      assert.equal(batch.standIn.engine.jobs.length, 1);
    });

    it('although many do it at once, again and again, while Batch fails now and then', async () => {
      const batch = await open();
      const others = await Promise.all(Array.from({ length: 3 }, () => open({ client: batch.client })));
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
        passed += MINUTE;
      }
      batch.standIn.server.fate = () => 'answer';
      const ids = await Promise.all(runs.map((run) => batch.scheduler.submit(run)));
      const names = batch.standIn.engine.jobs.map(({ request }) => request.jobName);
      assert.equal(names.length, runs.length, 'one job for each run');
      assert.deepEqual(names.toSorted(), runs.map(({ runId }) => `foldpad-${runId}`).toSorted());
      assert.equal(new Set(ids.map(({ schedulerId }) => schedulerId)).size, runs.length);
    });
  });

  it('refuses for good what Batch refuses, and can be asked again once that is mended', async () => {
    const batch = await open({ prefix: 'other' });
    const run = runThat('succeeds');
    await assert.rejects(
      batch.scheduler.submit(run),
      (error) => error instanceof RunRefused && /not found/.test(error.message),
    );
    const mended = await open();
    assert.ok((await mended.scheduler.submit(run)).schedulerId);
  });

  it('ends a run in every state that it can be in', async () => {
    const batch = await open({ standIn: { slots: 1 } });
    const { scheduler, standIn } = batch;
    const running = (await scheduler.submit(runThat('endless'))).schedulerId;
    await until(batch, running, 'RUNNING');
    const waiting = (await scheduler.submit(runThat('endless'))).schedulerId;
    await until(batch, waiting, 'RUNNABLE');
    const pending = (await scheduler.submit(runThat('endless', { dependsOn: [waiting] }))).schedulerId;
    await until(batch, pending, 'PENDING');
    const submitted = (await scheduler.submit(runThat('endless'))).schedulerId;
    for (const id of [pending, submitted, waiting]) await scheduler.terminate(id, 'cancelled on request');
    standIn.engine.loseHost(running);
    for (;;) if ((await until(batch, running, 'RUNNABLE', 'STARTING', 'RUNNING')).attempt === 2) break;
    await scheduler.terminate(running, 'cancelled on request');
    for (const id of [submitted, pending, waiting, running]) {
      const end = await until(batch, id, 'FAILED');
      assert.match(end.reason ?? '', /cancelled on request|earlier step/);
      await scheduler.terminate(id, 'once more');
      assert.equal((await until(batch, id, 'FAILED')).reason, end.reason, 'an end stays as it was');
    }
  });

  it('ends a run while its machine is being made ready', async () => {
    // Slow enough for a call to come in between.
    const batch = await open({ standIn: { stepMs: 500 } });
    const { schedulerId } = await batch.scheduler.submit(runThat('endless'));
    await until(batch, schedulerId, 'STARTING', 'RUNNING');
    await batch.scheduler.terminate(schedulerId, 'cancelled on request');
    const end = await until(batch, schedulerId, 'FAILED');
    assert.deepEqual([end.attempt, end.reason], [1, 'cancelled on request']);
  });

  it('goes on with a Spot run whose machine is taken, and says so', async () => {
    const batch = await open();
    const { schedulerId } = await batch.scheduler.submit(runThat('endless', { queue: 'cpu-spot' }));
    await until(batch, schedulerId, 'RUNNING');
    batch.standIn.engine.loseHost(schedulerId);
    for (;;) {
      const seen = await until(batch, schedulerId, 'RUNNABLE', 'STARTING', 'RUNNING');
      if (seen.attempt === 2 && seen.status === 'RUNNING') break;
    }
    const again = batch.reported.find(({ status, attempt }) => status === 'RUNNABLE' && attempt === 2);
    assert.match(again?.reason ?? '', /machine of attempt 1 was lost or taken back.*anew/);
    const [seen] = await batch.scheduler.describe([schedulerId]);
    assert.equal(seen?.logStreams?.length, 2);
    for (let loss = 2; loss <= 3; loss += 1) {
      await until(batch, schedulerId, 'RUNNING');
      batch.standIn.engine.loseHost(schedulerId);
      for (;;)
        if (
          (await until(batch, schedulerId, 'RUNNABLE', 'STARTING', 'RUNNING', 'FAILED')).attempt !== loss ||
          loss === 3
        )
          break;
    }
    const end = await until(batch, schedulerId, 'FAILED');
    assert.deepEqual([end.failureCode, end.attempt], ['machine-lost', 3]);
  });

  it('fails a run that needs one that failed, and says that this is why', async () => {
    const batch = await open();
    const first = await batch.scheduler.submit(runThat('fails'));
    const second = await batch.scheduler.submit(runThat('succeeds', { dependsOn: [first.schedulerId] }));
    assert.equal((await until(batch, second.schedulerId, 'FAILED')).failureCode, DEPENDENCY_FAILED);
    assert.match((await until(batch, first.schedulerId, 'FAILED')).reason ?? '', /exit code 1/);
  });

  it('asks for what the machines of every deployed queue have, whatever the number of GPUs', async () => {
    const batch = await open({
      queues: MACHINES.map(({ queue }) => queue),
      standIn: { slots: 0, templates: [everything()] },
    });
    const runs = MACHINES.flatMap((machine) =>
      Array.from({ length: Math.max(1, maxGpus(machine)) }, (_, index) =>
        runThat('succeeds', { queue: machine.queue, gpu: index + 1, engine: machine.engine, owner: `u${index}` }),
      ),
    );
    runs.push(runThat('succeeds', { queue: 'cpu', engine: 'alphafold2', stage: 'features' }));
    const ids = await Promise.all(runs.map(async (run) => (await batch.scheduler.submit(run)).schedulerId));
    for (const id of ids) {
      const waiting = await until(batch, id, 'RUNNABLE');
      assert.match(waiting.reason ?? '', /^Waiting for a free machine/, JSON.stringify(waiting));
    }
  });

  function everything(): unknown {
    return computeTemplate({ name: 'foldpad', queues: MACHINES.map(({ queue }) => queue) });
  }

  it('says why nothing moves, and goes on once that is over', async () => {
    const batch = await open();
    const { engine } = batch.standIn;
    engine.setCondition('foldpad-p4', { noCapacity: true });
    const run = runThat('succeeds', { queue: 'p4', engine: 'alphafold2' });
    const { schedulerId } = await batch.scheduler.submit(run);
    const reasonIs = async (words: RegExp): Promise<void> => {
      for (;;) if (words.test((await until(batch, schedulerId, 'RUNNABLE')).reason ?? '')) return;
    };
    await reasonIs(/AWS has no p4d\.24xlarge/);
    engine.setCondition('foldpad-p4', { invalid: true });
    await reasonIs(/not valid.*doctor:backend/);
    assert.ok(engine.events.happened.some((event) => event['detail-type'] === 'Batch Job Queue Blocked'));
    const told = batch.reported.filter(({ schedulerId: id }) => id === schedulerId).map(({ reason = '' }) => reason);
    assert.ok(told.some((reason) => /AWS has no p4d/.test(reason)));
    engine.setCondition('foldpad-p4', {});
    assert.equal((await until(batch, schedulerId, 'SUCCEEDED', 'FAILED')).status, 'SUCCEEDED');
  });

  it('ends by the queue’s time limit what no machine can ever do', async () => {
    // A second of Batch takes 5 microseconds here; the queue gives up after a day.
    const batch = await open({ standIn: { secondMs: 0.005 } });
    batch.standIn.engine.setCondition('foldpad-mid', { noCapacity: true });
    const { schedulerId } = await batch.scheduler.submit(runThat('endless', { queue: 'mid', engine: 'alphafold2' }));
    const end = await until(batch, schedulerId, 'FAILED');
    assert.deepEqual([end.failureCode, end.attempt], ['no-capacity', 1]);
    assert.match(end.reason ?? '', /waited too long/);
  });

  it('tells a missing image from a failed prediction', async () => {
    const batch = await open({ standIn: { images: [] } });
    const { schedulerId } = await batch.scheduler.submit(runThat('succeeds'));
    assert.equal((await until(batch, schedulerId, 'FAILED')).failureCode, 'image-missing');
  });

  describe('queues', () => {
    it('are known without a call, and inspected with few', async () => {
      const batch = await open({ standIn: { slots: 1 } });
      const { scheduler, standIn } = batch;
      assert.deepEqual(
        (await scheduler.queues()).map(({ name }) => name),
        [...QUEUES],
      );
      assert.equal(standIn.server.calls.length, 0);
      const first = (await scheduler.submit(runThat('endless'))).schedulerId;
      await until(batch, first, 'RUNNING');
      await until(batch, (await scheduler.submit(runThat('endless'))).schedulerId, 'RUNNABLE');
      standIn.engine.setCondition('foldpad-low', { invalid: true });
      const queues = (await scheduler.inspectQueues?.()) ?? [];
      const cpu = queues.find(({ name }) => name === 'cpu');
      assert.deepEqual([cpu?.available, cpu?.running, cpu?.waiting, cpu?.slots], [true, 1, 1, 192]);
      const low = queues.find(({ name }) => name === 'low');
      assert.equal(low?.available, false);
      assert.match(`${low?.reason} ${low?.remedy}`, /cannot be started.*doctor:backend/);
      const calls = standIn.server.calls.length;
      await scheduler.inspectQueues?.();
      assert.equal(standIn.server.calls.length, calls, 'fresh enough');
    });

    it('are described even when Batch cannot be asked', async () => {
      const batch = await open();
      batch.standIn.server.fate = () => 'fail';
      assert.deepEqual(await batch.scheduler.inspectQueues?.(), await batch.scheduler.queues());
    });

    it('that were deployed in name only are not available', async () => {
      const batch = await open({ queues: ['cpu', 'p5'] });
      const [cpu, p5] = (await batch.scheduler.inspectQueues?.()) ?? [];
      assert.deepEqual([cpu?.available, p5?.available], [true, false]);
      assert.match(p5?.reason ?? '', /does not exist/);
    });
  });

  it('keeps under what Batch takes in a second, however much there is to do', async () => {
    const batch = await open({
      submitsPerSecond: 20,
      now: Date.now,
      sleep: (ms) => new Promise((r) => setTimeout(r, ms)),
    });
    await Promise.all(Array.from({ length: 30 }, () => batch.scheduler.submit(runThat('succeeds'))));
    const times = batch.standIn.server.calls.filter(({ operation }) => operation === 'submitjob').map(({ at }) => at);
    assert.equal(times.length, 30);
    for (const start of times) assert.ok(times.filter((at) => at >= start && at < start + 1000).length < 50);
  });
});
