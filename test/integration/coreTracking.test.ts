import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jobKeys } from '../../backend/api/runner.ts';
import { cancelJob } from '../../backend/core/cancel.ts';
import { changeJob } from '../../backend/core/change.ts';
import type { CoreDeps } from '../../backend/core/deps.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import { VersionConflict } from '../../backend/core/ports.ts';
import { reconcile } from '../../backend/core/reconcile.ts';
import { trackRun } from '../../backend/core/track.ts';
import { dispatched, submitOne, writeText } from '../support/coreJobs.ts';
import { ADA, type CoreWorld, coreWorld } from '../support/coreWorld.ts';
import { GPU_QUEUES } from '../support/manualScheduler.ts';
import { withMethods } from '../support/withMethods.ts';

describe('use cases: following', function () {
  this.timeout(60_000);
  let world: CoreWorld;
  beforeEach(() => {
    world = coreWorld();
  });
  afterEach(() => world.close());

  describe('tracking', () => {
    it('succeeds with the result, and tells the notifier once', async () => {
      const {
        job,
        runIds: [run = ''],
      } = await dispatched(world);
      const progress = { stage: 'predict', step: 'search', fraction: 0.4 } as const;
      const running = world.scheduler.move(run, { status: 'RUNNING', progress, startedAt: '2026-11-22T10:00:05.000Z' });
      await trackRun(world.deps, running);
      assert.deepEqual((await world.job(job.id)).progress, progress);
      await world.publish(job, { warnings: ['low coverage'] });
      const end = world.scheduler.move(run, { status: 'SUCCEEDED', exitCode: 0 });
      await Promise.all([trackRun(world.deps, end), trackRun(world.deps, end), trackRun(world.deps, running)]);
      const done = await world.job(job.id);
      assert.deepEqual(
        [done.status, done.result?.meanConfidence, done.warnings],
        ['SUCCEEDED', 81.5, ['low coverage']],
      );
      assert.deepEqual(
        world.notified.map(({ id }) => id),
        [job.id],
      );
    });

    it('fails a run that ended well without a result, or with one that is not valid', async () => {
      const absent = await dispatched(world);
      await trackRun(world.deps, world.scheduler.move(absent.runIds[0] ?? '', { status: 'SUCCEEDED', exitCode: 0 }));
      assert.equal((await world.job(absent.job.id)).failure?.code, 'no-result');

      for (const text of ['{', '{}', 'null', '\u0000']) {
        const { job, runIds } = await dispatched(world);
        await writeText(world, jobKeys.result(job.id), text);
        await trackRun(world.deps, world.scheduler.move(runIds[0] ?? '', { status: 'SUCCEEDED', exitCode: 0 }));
        const { status, failure } = await world.job(job.id);
        assert.deepEqual([status, failure?.code], ['FAILED', 'no-result'], text);
      }
      const { job, runIds } = await dispatched(world);
      await world.publish(job, { job_id: absent.job.id });
      await trackRun(world.deps, world.scheduler.move(runIds[0] ?? '', { status: 'SUCCEEDED', exitCode: 0 }));
      assert.match((await world.job(job.id)).failure?.message ?? '', /it is of job/);
    });

    it('keeps a result that was complete before its run was lost', async () => {
      const {
        job,
        runIds: [run = ''],
      } = await dispatched(world);
      await world.publish(job);
      await trackRun(world.deps, world.scheduler.move(run, { status: 'FAILED', exitCode: 137 }));
      assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
    });

    it('tells the engine’s own reason, the scheduler’s, or the exit code', async () => {
      const told = await dispatched(world);
      const words = { code: 'no-template', message: 'Best hit 1ABC_A: probability 37 %.', remedy: 'Try AlphaFold.' };
      await writeText(world, jobKeys.failure(told.job.id), JSON.stringify(words));
      await trackRun(world.deps, world.scheduler.move(told.runIds[0] ?? '', { status: 'FAILED', exitCode: 3 }));
      assert.deepEqual((await world.job(told.job.id)).failure, words);

      const cases = [
        [{ exitCode: 3 }, 'cannot-predict'],
        [{ failureCode: 'timeout', reason: 'it took longer than 60 s' }, 'timeout'],
        [{ exitCode: 1 }, 'engine-failed'],
        [{}, 'engine-failed'],
      ] as const;
      for (const [report, code] of cases) {
        const { job, runIds } = await dispatched(world);
        await trackRun(world.deps, world.scheduler.move(runIds[0] ?? '', { status: 'FAILED', ...report }));
        const { failure } = await world.job(job.id);
        assert.equal(failure?.code, code);
        assert.ok(failure?.remedy);
      }
    });

    it('stops the runs that an ended job leaves behind', async () => {
      const gpu = coreWorld({ queues: GPU_QUEUES, policy: { backend: 'aws' } });
      const { job, runIds } = await dispatched(gpu);
      await trackRun(gpu.deps, gpu.scheduler.move(runIds[0] ?? '', { status: 'FAILED', exitCode: 1 }));
      assert.equal((await gpu.job(job.id)).status, 'FAILED');
      assert.deepEqual(gpu.scheduler.terminated, [runIds[1]]);
      for (const report of await gpu.scheduler.describe(runIds)) await trackRun(gpu.deps, report);
      assert.equal((await gpu.job(job.id)).runs[1]?.status, 'FAILED', 'the end of the other run is still noted');
      assert.equal(gpu.notified.length, 1, 'but it is the end of the job no second time');
      gpu.close();
    });

    it('drops reports of jobs and runs that it does not know', async () => {
      const {
        job,
        runIds: [run = ''],
      } = await dispatched(world);
      const report = world.scheduler.move(run, { status: 'RUNNING' });
      await trackRun(world.deps, { ...report, jobId: 'none' });
      await trackRun(world.deps, { ...report, runId: 'none' });
      assert.equal((await world.job(job.id)).status, 'SUBMITTED');
    });
  });

  describe('change', () => {
    it('goes on from what others have stored meanwhile', async () => {
      const { id } = await submitOne(world);
      const reasons = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(
        reasons.map((reason) => changeJob(world.deps, id, [{ type: 'explained', reason, at: world.deps.clock.now() }])),
      );
      assert.equal((await world.job(id)).version, 1 + reasons.length);
    });

    it('gives up when a job never holds still', async () => {
      const { id } = await submitOne(world);
      const jobs = {
        get: (key: string) => world.deps.jobs.get(key),
        update: () => Promise.reject(new VersionConflict('never')),
      } as unknown as CoreDeps['jobs'];
      await assert.rejects(cancelJob({ ...world.deps, jobs }, ADA, id), /changed by others/);
    });

    it('tells that there is no such job', async () => {
      assert.equal(await changeJob(world.deps, 'none', []), undefined);
    });
  });

  describe('reconcile', () => {
    it('finds ends that nobody reported', async () => {
      const good = await dispatched(world);
      const bad = await dispatched(world);
      await world.publish(good.job);
      world.scheduler.move(good.runIds[0] ?? '', { status: 'SUCCEEDED', exitCode: 0 });
      world.scheduler.move(bad.runIds[0] ?? '', { status: 'FAILED', exitCode: 1 });
      const report = await reconcile(world.deps);
      assert.deepEqual([report.jobs, report.observed, report.lost], [2, 2, 0]);
      assert.equal((await world.job(good.job.id)).status, 'SUCCEEDED');
      assert.equal((await world.job(bad.job.id)).status, 'FAILED');
      assert.equal((await reconcile(world.deps)).jobs, 0);
    });

    it('fails a run that the scheduler forgot, unless it left a result', async () => {
      const lost = await dispatched(world);
      const done = await dispatched(world);
      const told = await dispatched(world);
      await world.publish(done.job);
      await writeText(world, jobKeys.failure(told.job.id), '{"code":"no-template","message":"No template."}');
      for (const { runIds } of [lost, done, told]) await world.scheduler.forget(runIds[0] ?? '');
      assert.equal((await reconcile(world.deps)).lost, 0, 'they may not show yet');
      world.pass(60);
      assert.equal((await reconcile(world.deps)).lost, 3);
      assert.equal((await world.job(lost.job.id)).failure?.code, 'lost');
      assert.equal((await world.job(told.job.id)).failure?.code, 'no-template');
      assert.equal((await world.job(done.job.id)).status, 'SUCCEEDED');
    });

    it('hands over what was planned but not handed over', async () => {
      const { id } = await submitOne(world);
      await changeJob(world.deps, id, [
        { type: 'runsPlanned', runs: [{ id: 'r1', stage: 'predict' }], at: world.deps.clock.now() },
      ]);
      await reconcile(world.deps, { staleSeconds: 0 });
      await world.work();
      assert.deepEqual(
        (await world.job(id)).runs.map((run) => [run.id, run.schedulerId]),
        [['r1', 's-r1']],
      );
    });

    it('asks again for a cancel that got lost', async () => {
      const { job } = await dispatched(world);
      await changeJob(world.deps, job.id, [{ type: 'cancelRequested', at: world.deps.clock.now() }]);
      world.pass(120);
      await reconcile(world.deps);
      await world.work();
      assert.equal((await world.job(job.id)).status, 'CANCELLED');
    });

    it('gives the verdict on a job whose runs have all ended', async () => {
      for (const cancelled of [false, true]) {
        const { job } = await dispatched(world);
        const at = world.deps.clock.now();
        const end = { type: 'runObserved', runId: job.runs[0]?.id ?? '', status: 'SUCCEEDED', attempt: 1, at } as const;
        await changeJob(world.deps, job.id, [...(cancelled ? [{ type: 'cancelRequested', at } as const] : []), end]);
        world.pass(120);
        await reconcile(world.deps);
        assert.equal((await world.job(job.id)).status, cancelled ? 'CANCELLED' : 'FAILED');
      }
    });

    it('reads no job one by one that has no news, and goes through those that have side by side', async () => {
      const gpu = coreWorld({ queues: GPU_QUEUES, policy: { backend: 'aws' } });
      const one = await submitOne(gpu);
      const copies = Array.from({ length: 499 }, () => ({ ...one, id: gpu.deps.newId() }));
      await gpu.deps.jobs.create(copies);
      const ids = [one, ...copies].map(({ id }) => id);
      for (const id of ids) await handleWork(gpu.deps, { kind: 'dispatch', jobId: id });
      for (const [id, { stage }] of gpu.scheduler.specs)
        gpu.scheduler.move(id, { status: stage === 'features' ? 'RUNNING' : 'PENDING' });
      const { jobs } = gpu.deps;
      const asked = { gets: 0, updates: 0, atOnce: 0, most: 0 };
      const counting = withMethods(jobs, {
        get: (id) => {
          asked.gets += 1;
          return jobs.get(id);
        },
        update: async (job) => {
          asked.updates += 1;
          asked.atOnce += 1;
          asked.most = Math.max(asked.most, asked.atOnce);
          await nextTurn();
          asked.atOnce -= 1;
          return jobs.update(job);
        },
      });
      assert.equal((await reconcile({ ...gpu.deps, jobs: counting })).observed, 1000);
      assert.deepEqual([asked.gets, asked.most], [0, 16]);
      for (const id of ids) assert.equal((await gpu.job(id)).status, 'RUNNING');

      Object.assign(asked, { gets: 0, updates: 0 });
      gpu.pass(24 * 3600);
      const report = await reconcile({ ...gpu.deps, jobs: counting });
      assert.deepEqual(report, { jobs: 500, observed: 1000, lost: 0, resent: 0 });
      assert.deepEqual([asked.gets, asked.updates], [0, 0]);
      gpu.close();
    });

    it('repairs the others when one cannot be, and then says so', async () => {
      const all = [await dispatched(world), await dispatched(world), await dispatched(world)];
      for (const { runIds } of all) world.scheduler.move(runIds[0] ?? '', { status: 'FAILED', exitCode: 1 });
      const bad = all[1]?.job.id;
      const { jobs } = world.deps;
      const update: CoreDeps['jobs']['update'] = (job) =>
        job.id === bad ? Promise.reject(new Error('it is too large')) : jobs.update(job);
      await assert.rejects(reconcile({ ...world.deps, jobs: withMethods(jobs, { update }) }), /it is too large/);
      for (const { job } of all)
        assert.equal((await world.job(job.id)).status, job.id === bad ? 'SUBMITTED' : 'FAILED');
      assert.match(world.logged.join('\n'), new RegExp(`could not be repaired.*${bad}`));
    });

    it('asks for nothing again that somebody else has done since it was listed', async () => {
      const { id } = await submitOne(world);
      world.pass(120);
      const { jobs } = world.deps;
      const list: CoreDeps['jobs']['list'] = async (query) => {
        const page = await jobs.list(query);
        await world.work();
        return page;
      };
      const report = await reconcile({ ...world.deps, jobs: withMethods(jobs, { list }) });
      assert.deepEqual([report.jobs, report.resent], [1, 0]);
      assert.equal((await world.job(id)).status, 'SUBMITTED');
    });

    it('ends a job whose dispatch died too often', async () => {
      const { id } = await submitOne(world);
      while ((await world.deps.work.deadLetters()).length === 0) {
        await world.deps.work.receive(10, 0, 60);
        world.pass(61);
      }
      await reconcile(world.deps);
      assert.equal((await world.job(id)).failure?.code, 'dispatch-failed');
    });
  });
});
