import assert from 'node:assert/strict';
import { MACHINES, maxGpus } from '../../backend/api/machines.ts';
import { DEPENDENCY_FAILED } from '../../backend/core/ports.ts';
import { computeTemplate } from '../support/batch/computeTemplate.ts';
import { QUEUES, runThat } from '../support/batch/localRun.ts';
import { SchedulerBench, until } from '../support/batch/schedulerBench.ts';
import { needsMiniStack } from '../support/miniStack.ts';

describe('scheduler on AWS Batch', function () {
  this.timeout(60_000);
  let bench: SchedulerBench;

  before(async function () {
    needsMiniStack(this);
    bench = await SchedulerBench.start();
  });
  after(() => bench?.stop());
  afterEach(() => bench?.clear());

  it('ends a run in every state that it can be in', async () => {
    const batch = await bench.open({ standIn: { slots: 1 } });
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
    const batch = await bench.open({ standIn: { stepMs: 500 } });
    const { schedulerId } = await batch.scheduler.submit(runThat('endless'));
    await until(batch, schedulerId, 'STARTING', 'RUNNING');
    await batch.scheduler.terminate(schedulerId, 'cancelled on request');
    const end = await until(batch, schedulerId, 'FAILED');
    assert.deepEqual([end.attempt, end.reason], [1, 'cancelled on request']);
  });

  it('goes on with a Spot run whose machine is taken, and says so', async () => {
    const batch = await bench.open();
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
    const batch = await bench.open();
    const first = await batch.scheduler.submit(runThat('fails'));
    const second = await batch.scheduler.submit(runThat('succeeds', { dependsOn: [first.schedulerId] }));
    assert.equal((await until(batch, second.schedulerId, 'FAILED')).failureCode, DEPENDENCY_FAILED);
    assert.match((await until(batch, first.schedulerId, 'FAILED')).reason ?? '', /exit code 1/);
  });

  it('asks for what the machines of every deployed queue have, whatever the number of GPUs', async () => {
    const queues = MACHINES.map(({ queue }) => queue);
    const batch = await bench.open({
      queues,
      standIn: { slots: 0, templates: [computeTemplate({ name: 'foldpad', queues })] },
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

  it('says why nothing moves, and goes on once that is over', async () => {
    const batch = await bench.open();
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
    const batch = await bench.open({ standIn: { secondMs: 0.005 } });
    batch.standIn.engine.setCondition('foldpad-mid', { noCapacity: true });
    const { schedulerId } = await batch.scheduler.submit(runThat('endless', { queue: 'mid', engine: 'alphafold2' }));
    const end = await until(batch, schedulerId, 'FAILED');
    assert.deepEqual([end.failureCode, end.attempt], ['no-capacity', 1]);
    assert.match(end.reason ?? '', /waited too long/);
  });

  it('tells a missing image from a failed prediction', async () => {
    const batch = await bench.open({ standIn: { images: [] } });
    const { schedulerId } = await batch.scheduler.submit(runThat('succeeds'));
    assert.equal((await until(batch, schedulerId, 'FAILED')).failureCode, 'image-missing');
  });

  describe('queues', () => {
    it('are known without a call, and inspected with few', async () => {
      const batch = await bench.open({ standIn: { slots: 1 } });
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
      const batch = await bench.open();
      batch.standIn.server.fate = () => 'fail';
      assert.deepEqual(await batch.scheduler.inspectQueues?.(), await batch.scheduler.queues());
    });

    it('that were deployed in name only are not available', async () => {
      const batch = await bench.open({ queues: ['cpu', 'p5'] });
      const [cpu, p5] = (await batch.scheduler.inspectQueues?.()) ?? [];
      assert.deepEqual([cpu?.available, p5?.available], [true, false]);
      assert.match(p5?.reason ?? '', /does not exist/);
    });
  });
});
