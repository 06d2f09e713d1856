import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { jobKeys, jobOrderSchema } from '../../backend/api/runner.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import { RunRefused } from '../../backend/core/ports.ts';
import { reconcile } from '../../backend/core/reconcile.ts';
import { submitJobs } from '../../backend/core/submit.ts';
import { MAX_RECEIVES } from '../../backend/core/work.ts';
import { dispatched, submitOne } from '../support/coreJobs.ts';
import { ADA, type CoreWorld, CRAMBIN, coreWorld } from '../support/coreWorld.ts';
import { GPU_QUEUES } from '../support/manualScheduler.ts';

describe('use cases: submitting', function () {
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
});
