import assert from 'node:assert/strict';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { cancelAll, cancelJob } from '../../backend/core/cancel.ts';
import { changeJob } from '../../backend/core/change.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import { RunRefused } from '../../backend/core/ports.ts';
import { reconcile } from '../../backend/core/reconcile.ts';
import { deleteFinished, deleteJob } from '../../backend/core/remove.ts';
import { submitJobs } from '../../backend/core/submit.ts';
import { trackRun } from '../../backend/core/track.ts';
import { dispatched, submitOne, writeText } from '../support/coreJobs.ts';
import { ADA, BOB, type CoreWorld, CRAMBIN, coreWorld } from '../support/coreWorld.ts';
import { GPU_QUEUES } from '../support/manualScheduler.ts';

describe('use cases: ending', function () {
  this.timeout(60_000);
  let world: CoreWorld;
  beforeEach(() => {
    world = coreWorld();
  });
  afterEach(() => world.close());

  describe('cancel', () => {
    it('ends a job that nobody has begun with', async () => {
      const { id } = await submitOne(world);
      assert.equal((await cancelJob(world.deps, ADA, id)).status, 'CANCELLED');
      await world.work();
      assert.equal(world.scheduler.specs.size, 0);
    });

    it('stops a run, and asking again changes nothing', async () => {
      const { job, runIds } = await dispatched(world);
      assert.equal((await cancelJob(world.deps, ADA, job.id)).status, 'CANCELLING');
      assert.equal((await cancelJob(world.deps, ADA, job.id)).status, 'CANCELLING');
      await world.work();
      assert.deepEqual(world.scheduler.terminated, runIds);
      assert.equal((await world.job(job.id)).status, 'CANCELLED');
      await assert.rejects(cancelJob(world.deps, ADA, job.id), /already ended \(CANCELLED\)/);
      assert.equal(world.notified.length, 1);
    });

    it('stops a run that was being handed over at that moment, and hands over no other', async () => {
      const gpu = coreWorld({ queues: GPU_QUEUES, policy: { backend: 'aws' } });
      const { id } = await submitOne(gpu);
      gpu.scheduler.beforeSubmit = async () => {
        gpu.scheduler.beforeSubmit = () => {};
        assert.equal((await cancelJob(gpu.deps, ADA, id)).status, 'CANCELLING');
      };
      await handleWork(gpu.deps, { kind: 'dispatch', jobId: id });
      assert.ok(gpu.scheduler.terminated.length > 0, 'without waiting for the cancel message');
      await gpu.work();
      assert.equal((await gpu.job(id)).status, 'CANCELLED');
      gpu.close();
    });

    it('finds the run of a dispatcher that died after handing it over', async () => {
      const { id } = await submitOne(world);
      world.scheduler.afterSubmit = () => {
        world.scheduler.afterSubmit = () => {};
        throw new Error('killed');
      };
      await assert.rejects(handleWork(world.deps, { kind: 'dispatch', jobId: id }));
      await cancelJob(world.deps, ADA, id);
      await handleWork(world.deps, { kind: 'cancel', jobId: id });
      assert.equal(world.scheduler.specs.size, 1);
      assert.equal(world.scheduler.terminated.length, 1);
      assert.equal((await world.job(id)).status, 'CANCELLED');
    });

    it('needs no scheduler that takes runs: what was never handed over ends', async () => {
      for (const refusal of [new Error('not authorized to perform batch:SubmitJob'), new RunRefused('no such queue')]) {
        const gpu = coreWorld({ queues: GPU_QUEUES, policy: { backend: 'aws' } });
        const { id } = await submitOne(gpu);
        let takes = true;
        gpu.scheduler.beforeSubmit = async () => {
          if (!takes) throw refusal;
          takes = false;
          // Between features and prediction the user thinks better of it, and the scheduler takes no more runs.
          await cancelJob(gpu.deps, ADA, id);
        };
        await handleWork(gpu.deps, { kind: 'dispatch', jobId: id });
        await gpu.work();
        const { status, runs } = await gpu.job(id);
        assert.deepEqual(
          [status, ...runs.map((run) => [run.stage, run.status, run.schedulerId !== undefined])],
          ['CANCELLED', ['features', 'FAILED', true], ['predict', 'FAILED', false]],
        );
        assert.equal(runs[1]?.statusReason, 'it was never handed over');
        await deleteJob(gpu.deps, ADA, id);
        await gpu.work();
        assert.equal(await gpu.deps.jobs.get(id), undefined);
        gpu.close();
      }
    });

    it('ends a job none of whose runs the scheduler took', async () => {
      const { id } = await submitOne(world);
      world.scheduler.beforeSubmit = () => {
        throw new Error('not authorized to perform batch:SubmitJob');
      };
      await world.work();
      assert.equal((await cancelJob(world.deps, ADA, id)).status, 'CANCELLING');
      world.pass(400);
      await world.work();
      assert.equal((await world.job(id)).status, 'CANCELLED');
      assert.equal(world.scheduler.specs.size, 0);
      assert.equal(world.notified.length, 1);
    });

    it('keeps a slow dispatcher from handing over what was found not to be', async () => {
      const { id } = await submitOne(world);
      world.scheduler.beforeSubmit = async () => {
        world.scheduler.beforeSubmit = () => {};
        await cancelJob(world.deps, ADA, id);
        await handleWork(world.deps, { kind: 'cancel', jobId: id });
        assert.equal((await world.job(id)).status, 'CANCELLED');
      };
      await handleWork(world.deps, { kind: 'dispatch', jobId: id });
      await world.work();
      assert.equal(world.scheduler.specs.size, 0);
      const { status, failure } = await world.job(id);
      assert.deepEqual([status, failure], ['CANCELLED', undefined]);
    });

    it('cancels all of one’s own, in every state, and nobody else’s', async () => {
      const running = await dispatched(world);
      await trackRun(world.deps, world.scheduler.move(running.runIds[0] ?? '', { status: 'RUNNING' }));
      const queued = await submitOne(world);
      const [bobs] = (await submitJobs(world.deps, BOB, parseJobRequests({ fasta: 'x', sequence: CRAMBIN }))).jobs;
      const outcomes = await cancelAll(world.deps, ADA);
      assert.deepEqual(
        new Map(outcomes.map(({ id, outcome }) => [id, outcome])),
        new Map([
          [running.job.id, 'cancelling'],
          [queued.id, 'cancelled'],
        ]),
      );
      assert.equal((await cancelAll(world.deps, ADA))[0]?.outcome, 'unchanged');
      await world.work();
      assert.equal((await world.job(running.job.id)).status, 'CANCELLED');
      assert.notEqual((await world.job(bobs?.id ?? '')).status, 'CANCELLED');
      assert.deepEqual(await cancelAll(world.deps, ADA), []);
    });

    it('cancels thousands, page by page', async () => {
      const requests = parseJobRequests(Array.from({ length: 1000 }, () => ({ fasta: 'x', sequence: CRAMBIN })));
      const [one] = (await submitJobs(world.deps, ADA, requests.slice(0, 1))).jobs;
      assert.ok(one);
      const copies = Array.from({ length: 2500 }, () => ({
        ...one,
        id: world.deps.newId(),
        createdAt: world.deps.clock.now(),
      }));
      for (let start = 0; start < copies.length; start += 500)
        await world.deps.jobs.create(copies.slice(start, start + 500));
      const outcomes = await cancelAll(world.deps, ADA);
      assert.equal(new Set(outcomes.map(({ id }) => id)).size, 2501);
      assert.ok(outcomes.every(({ outcome }) => outcome === 'cancelled'));
    });
  });

  describe('delete', () => {
    it('removes a finished job with all its objects and its run, and leaves the user’s own file', async () => {
      await writeText(world, 'input/mine.fasta', CRAMBIN);
      const requests = parseJobRequests({ fasta: 'x', file_name: 'mine.fasta' });
      const [job] = (await submitJobs(world.deps, ADA, requests)).jobs;
      assert.ok(job);
      await world.work();
      await world.publish(job);
      const [run = ''] = world.scheduler.specs.keys();
      await assert.rejects(deleteJob(world.deps, ADA, job.id), /Cancel it first/);
      await trackRun(world.deps, world.scheduler.move(run, { status: 'SUCCEEDED', exitCode: 0 }));
      assert.deepEqual(await deleteJob(world.deps, ADA, job.id), { id: job.id, outcome: 'deleting' });
      assert.equal((await world.job(job.id)).status, 'DELETING');
      await world.work();
      assert.equal(await world.deps.jobs.get(job.id), undefined);
      assert.deepEqual(await world.keys('input/'), ['input/mine.fasta']);
      assert.deepEqual(await world.keys('output/'), []);
      assert.deepEqual(world.scheduler.forgotten, [run]);
      await assert.rejects(deleteJob(world.deps, ADA, job.id), /no job/);
    });

    it('deletes all finished jobs of one’s own and no live one', async () => {
      const live = await dispatched(world);
      const finished = await submitOne(world);
      await cancelJob(world.deps, ADA, finished.id);
      const [bobs] = (await submitJobs(world.deps, BOB, parseJobRequests({ fasta: 'x', sequence: CRAMBIN }))).jobs;
      await cancelJob(world.deps, BOB, bobs?.id ?? '');
      assert.deepEqual(await deleteFinished(world.deps, ADA), [{ id: finished.id, outcome: 'deleting' }]);
      await world.work();
      assert.equal(await world.deps.jobs.get(finished.id), undefined);
      assert.equal((await world.job(live.job.id)).status, 'SUBMITTED');
      assert.equal((await world.job(bobs?.id ?? '')).status, 'CANCELLED');
    });

    it('goes on with a delete that stopped half-way', async () => {
      const { id } = await submitOne(world);
      await cancelJob(world.deps, ADA, id);
      await changeJob(world.deps, id, [{ type: 'deleteRequested', at: world.deps.clock.now() }]);
      await world.work();
      assert.equal((await world.job(id)).status, 'DELETING');
      world.pass(120);
      await reconcile(world.deps);
      await world.work();
      assert.equal(await world.deps.jobs.get(id), undefined);
      assert.deepEqual(await world.keys('input/'), []);
    });
  });
});
