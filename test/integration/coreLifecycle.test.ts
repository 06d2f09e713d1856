import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Job } from '../../backend/api/job.ts';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { jobKeys, jobOrderSchema } from '../../backend/api/runner.ts';
import { cancelAll, cancelJob } from '../../backend/core/cancel.ts';
import { changeJob } from '../../backend/core/change.ts';
import type { CoreDeps } from '../../backend/core/deps.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import { RunRefused, VersionConflict } from '../../backend/core/ports.ts';
import { reconcile } from '../../backend/core/reconcile.ts';
import { deleteFinished, deleteJob } from '../../backend/core/remove.ts';
import { submitJobs } from '../../backend/core/submit.ts';
import { trackRun } from '../../backend/core/track.ts';
import { MAX_RECEIVES } from '../../backend/core/work.ts';
import { ADA, BOB, type CoreWorld, CRAMBIN, coreWorld } from '../support/coreWorld.ts';
import { GPU_QUEUES } from '../support/manualScheduler.ts';

/** A job submitted by ada, and the scheduler's id of its run once it was dispatched. */
async function submitOne(world: CoreWorld, fields: object = {}): Promise<Job> {
  const requests = parseJobRequests({ fasta: 'crambin', sequence: CRAMBIN, ...fields });
  const [job] = (await submitJobs(world.deps, ADA, requests)).jobs;
  assert.ok(job);
  return job;
}

async function dispatched(world: CoreWorld, fields: object = {}): Promise<{ job: Job; runIds: string[] }> {
  const { id } = await submitOne(world, fields);
  await world.work();
  const job = await world.job(id);
  return { job, runIds: job.runs.map((run) => run.schedulerId ?? assert.fail('not handed over')) };
}

async function writeText(world: CoreWorld, key: string, text: string): Promise<void> {
  await world.deps.objects.write(key, new TextEncoder().encode(text));
}

describe('use cases', function () {
  this.timeout(60_000);
  let world: CoreWorld;
  beforeEach(() => {
    world = coreWorld();
  });
  afterEach(() => world.close());

  describe('submit and dispatch', () => {
    it('writes target and order, then hands one run to the scheduler', async () => {
      const job = await submitOne(world, { random_seed: 7, que: 'p4', preset: 'full' });
      assert.deepEqual([job.status, job.queue, job.engine, job.owner], ['QUEUED', 'local', 'homology', 'ada']);
      assert.equal(job.warnings.length, 2, job.warnings.join('|'));
      const fasta = await world.deps.objects.read(jobKeys.fasta(job.id));
      assert.equal(Buffer.from(fasta ?? []).toString(), CRAMBIN);
      const order = jobOrderSchema.parse(
        JSON.parse(Buffer.from((await world.deps.objects.read(jobKeys.order(job.id))) ?? []).toString()),
      );
      assert.equal(
        order.fasta_sha256,
        createHash('sha256')
          .update(fasta ?? '')
          .digest('hex'),
      );
      assert.deepEqual([order.id, order.fasta, order.parameters.random_seed], [job.id, 'target.fasta', 7]);

      await world.work();
      const [spec] = world.scheduler.specs.values();
      assert.deepEqual(
        [spec?.jobId, spec?.stage, spec?.queue, spec?.dependsOn, spec?.maxAttempts, spec?.timeoutSeconds],
        [job.id, 'predict', 'local', [], 3, 60],
      );
      assert.equal(spec?.jobUri, world.deps.objects.uri(jobKeys.inputFolder(job.id)));
      assert.equal((await world.job(job.id)).status, 'SUBMITTED');
    });

    it('reads a file under input/, also packed, and keeps it', async () => {
      await world.deps.objects.write('input/my/crambin.fasta.gz', gzipSync(CRAMBIN));
      const requests = parseJobRequests({ fasta: 'x', file_name: 'my/crambin.fasta.gz' });
      const [job] = (await submitJobs(world.deps, ADA, requests)).jobs;
      // The first half of the SHA-256 of its 46 letters.
      const sequenceHash = '6f284e8edba221b51718d8f6864cb976';
      assert.deepEqual(
        [job?.fileName, job?.chains],
        ['my/crambin.fasta.gz', [{ id: '1CRN', description: 'crambin', length: 46, sequenceHash }]],
      );
      assert.equal(
        Buffer.from((await world.deps.objects.read(jobKeys.fasta(job?.id ?? ''))) ?? []).toString(),
        CRAMBIN,
      );
    });

    it('stores nothing when one of many is wrong', async () => {
      const requests = parseJobRequests([
        { fasta: 'good', sequence: CRAMBIN },
        { fasta: 'bad', sequence: '>x\nMKV1LAAGIVGLSFNDTRWYHEPQCMKVLAAGIVG!' },
      ]);
      await assert.rejects(submitJobs(world.deps, ADA, requests), /item 2 of 2, sequence, line 2, column/);
      assert.deepEqual(await world.keys('input/'), []);
      assert.deepEqual((await world.deps.jobs.list({ limit: 10 })).jobs, []);
    });

    it('takes its objects back when the jobs cannot be stored', async () => {
      const deps = {
        ...world.deps,
        jobs: { ...world.deps.jobs, create: () => Promise.reject(new Error('disk full')), get: async () => undefined },
      };
      await assert.rejects(
        submitJobs(deps as never, ADA, parseJobRequests({ fasta: 'x', sequence: CRAMBIN })),
        /disk full/,
      );
      assert.deepEqual(await world.keys('input/'), []);
    });

    it('is done once, however often it is repeated with one key', async () => {
      const requests = parseJobRequests({ fasta: 'x', sequence: CRAMBIN });
      const key = { key: 'k', fingerprint: 'f' };
      const [first, ...others] = await Promise.all(
        Array.from({ length: 5 }, () => submitJobs(world.deps, ADA, requests, key)),
      );
      for (const other of others)
        assert.deepEqual(
          other?.jobs.map(({ id }) => id),
          first?.jobs.map(({ id }) => id),
        );
      assert.equal([first, ...others].filter((one) => one?.replayed).length, 4);
      assert.equal((await world.keys('input/')).length, 2);
      await assert.rejects(submitJobs(world.deps, ADA, requests, { key: 'k', fingerprint: 'g' }), /new key/);
      assert.equal((await world.keys('input/')).length, 2);
    });

    it('survives a queue that does not take the message: the reconciler sends it', async () => {
      const send = async (): Promise<void> => {
        throw new Error('queue away');
      };
      const work = Object.assign(Object.create(world.deps.work), { send });
      const [job] = (
        await submitJobs({ ...world.deps, work }, ADA, parseJobRequests({ fasta: 'x', sequence: CRAMBIN }))
      ).jobs;
      await world.work();
      assert.equal((await world.job(job?.id ?? '')).status, 'QUEUED');
      world.pass(120);
      assert.equal((await reconcile(world.deps)).resent, 1);
      assert.equal((await reconcile(world.deps)).resent, 0, 'not again at once');
      await world.work();
      assert.equal((await world.job(job?.id ?? '')).status, 'SUBMITTED');
    });

    it('hands a run over once, whatever is repeated or crashes in between', async () => {
      const { id } = await submitOne(world);
      let crashes = 2;
      world.scheduler.afterSubmit = () => {
        if (crashes-- > 0) throw new Error('the answer got lost');
      };
      for (let round = 0; round < 5; round += 1) {
        await handleWork(world.deps, { kind: 'dispatch', jobId: id }).catch(() => {});
      }
      assert.equal(world.scheduler.specs.size, 1);
      assert.equal((await world.job(id)).status, 'SUBMITTED');
    });

    it('gives up a job that the scheduler refuses, at once, and one that it never takes, in the end', async () => {
      world.scheduler.beforeSubmit = () => {
        throw new RunRefused('no machine has 4 TB of memory.');
      };
      const refused = await submitOne(world);
      await world.work();
      const { status, failure } = await world.job(refused.id);
      assert.deepEqual([status, failure?.code], ['FAILED', 'dispatch-failed']);
      assert.match(failure?.message ?? '', /no machine has 4 TB of memory\.$/);

      world.scheduler.beforeSubmit = () => {
        throw new Error('throttled');
      };
      const unlucky = await submitOne(world);
      for (let round = 1; round <= MAX_RECEIVES; round += 1) {
        const { status: now, statusReason } = await world.job(unlucky.id);
        assert.equal(now, 'QUEUED');
        if (round > 1) assert.match(statusReason ?? '', /throttled/);
        await world.work();
        world.pass(400);
      }
      assert.equal((await world.job(unlucky.id)).failure?.code, 'dispatch-failed');
    });

    it('plans two runs for AlphaFold, the second after the first', async () => {
      const gpu = coreWorld({ queues: GPU_QUEUES, policy: { backend: 'aws' } });
      const { job, runIds } = await dispatched(gpu, { que: 'p4', gpu: 4 });
      assert.deepEqual(
        job.runs.map(({ stage }) => stage),
        ['features', 'predict'],
      );
      const specs = runIds.map((id) => gpu.scheduler.specs.get(id));
      assert.deepEqual(
        specs.map((spec) => spec?.dependsOn),
        [[], [runIds[0]]],
      );
      assert.equal(specs[1]?.gpu, 4);
      gpu.close();
    });
  });

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
