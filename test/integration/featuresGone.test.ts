// Jobs that were handed over with features that are gone or damaged when their run wants them: back to two runs.
import assert from 'node:assert/strict';
import { NO_FEATURES } from '../../backend/api/featuresIndex.ts';
import type { Job } from '../../backend/api/job.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import { cancelJob } from '../../backend/core/cancel.ts';
import { costOfJob } from '../../backend/core/cost.ts';
import type { RunObservation } from '../../backend/core/ports.ts';
import { reconcile } from '../../backend/core/reconcile.ts';
import { trackRun } from '../../backend/core/track.ts';
import { ADA, type CoreWorld } from '../support/coreWorld.ts';
import { StoredFeatures } from '../support/featuresCache.ts';
import { dispatch, dispatched, featuresWorld, handover, specsOf, submit } from '../support/featuresWorld.ts';
import { withMethods } from '../support/withMethods.ts';

describe('jobs whose cached features turn out to be gone or damaged', () => {
  let world: CoreWorld;
  let cache: StoredFeatures;

  beforeEach(async () => {
    world = featuresWorld();
    cache = await StoredFeatures.leave(world.deps.objects, await submit(world), world.deps.clock.now());
  });
  afterEach(() => world.close());

  async function failure(job: Job, code: string, message = 'The features are gone.'): Promise<void> {
    await cache.put(jobKeys.failure(job.id), { code, message });
  }

  /** The end of a job's first run, which found no features. */
  async function withoutFeatures(job: Job, changes: Partial<RunObservation> = {}): Promise<RunObservation> {
    await failure(job, NO_FEATURES);
    const [run] = job.runs;
    return world.scheduler.move(run?.schedulerId ?? '', { status: 'FAILED', exitCode: 1, ...changes });
  }

  it('make them anew and go on, and say so', async () => {
    const job = await dispatched(world);
    const end = await withoutFeatures(job, {
      startedAt: '2026-11-22T10:00:00.000Z',
      endedAt: '2026-11-22T10:06:00.000Z',
    });
    await trackRun(world.deps, end);
    const waiting = await world.job(job.id);
    assert.equal(waiting.status, 'QUEUED');
    assert.match(waiting.statusReason ?? '', /gone or damaged/);
    await world.work();
    const anew = await world.job(job.id);
    assert.deepEqual(
      anew.runs.map(({ stage, superseded }) => [stage, superseded]),
      [
        ['predict', true],
        ['features', undefined],
        ['predict', undefined],
      ],
    );
    const [, features, predict] = anew.runs;
    const spec = (id: string | undefined) => world.scheduler.specs.get(id ?? '');
    assert.deepEqual([spec(features?.schedulerId)?.queue, spec(features?.schedulerId)?.dependsOn], ['cpu', []]);
    assert.deepEqual(spec(predict?.schedulerId)?.dependsOn, [features?.schedulerId]);
    assert.equal(await world.deps.objects.read(jobKeys.failure(job.id)), undefined, 'it is not why these would fail');

    await trackRun(world.deps, world.scheduler.move(features?.schedulerId ?? '', { status: 'SUCCEEDED', exitCode: 0 }));
    await world.publish(anew);
    await trackRun(world.deps, world.scheduler.move(predict?.schedulerId ?? '', { status: 'SUCCEEDED', exitCode: 0 }));
    const done = await world.job(job.id);
    assert.equal(done.status, 'SUCCEEDED');
    assert.match(done.warnings.join(), /gone or damaged/);
    assert.equal(world.notified.length, 1);
    const cost = costOfJob({ ...world.deps.policy, region: 'us-east-1' }, done);
    assert.ok(cost && cost.amount > 0.2, 'what the first run has cost is not forgotten');
  });

  it('do so once, however often and at once it is reported', async () => {
    const job = await dispatched(world);
    const end = await withoutFeatures(job);
    await Promise.all(Array.from({ length: 4 }, () => trackRun(world.deps, end)));
    await world.work();
    await trackRun(world.deps, end);
    await reconcile(world.deps, { staleSeconds: 0 });
    await world.work();
    assert.equal((await world.job(job.id)).runs.length, 3);
    assert.equal(specsOf(world, job).length, 3);
  });

  it('do so also after a machine was lost', async () => {
    const job = await dispatched(world);
    await trackRun(world.deps, await withoutFeatures(job, { attempt: 2 }));
    assert.equal((await world.job(job.id)).runs.length, 3);
  });

  it('do so although the message gets lost: the reconciler sends it', async () => {
    const job = await dispatched(world);
    const send = () => Promise.reject(new Error('queue away'));
    const work = withMethods(world.deps.work, { send });
    await trackRun({ ...world.deps, work }, await withoutFeatures(job));
    await world.work();
    assert.equal(specsOf(world, job).length, 1);
    world.pass(120);
    await reconcile(world.deps);
    await world.work();
    assert.equal(specsOf(world, job).length, 3);
  });

  it('do so over a crash between the two runs, and leave the new handover alone', async () => {
    const job = await dispatched(world);
    await trackRun(world.deps, await withoutFeatures(job));
    let submissions = 0;
    world.scheduler.beforeSubmit = () => {
      submissions += 1;
      if (submissions === 2) throw new Error('crash');
    };
    await assert.rejects(dispatch(world.deps, job), /crash/);
    const made = { schema: 1, key: '5'.repeat(64), sha256: '6'.repeat(64) };
    await cache.put(jobKeys.prepared(job.id), made);
    await failure(job, 'engine-failed');
    await dispatch(world.deps, job);
    assert.deepEqual(await handover(world, job), made);
    assert.ok(await world.deps.objects.read(jobKeys.failure(job.id)), 'the new run’s reason stays');
    assert.equal(specsOf(world, job).length, 3);
  });

  it('fail the second time, and for any other reason at once', async () => {
    const other = await dispatched(world);
    await failure(other, 'engine-failed', 'AlphaFold ended with exit code 1.');
    const [run] = other.runs;
    await trackRun(world.deps, world.scheduler.move(run?.schedulerId ?? '', { status: 'FAILED', exitCode: 1 }));
    assert.equal((await world.job(other.id)).failure?.code, 'engine-failed');

    const job = await dispatched(world);
    await trackRun(world.deps, await withoutFeatures(job));
    await world.work();
    const { runs } = await world.job(job.id);
    await failure(job, NO_FEATURES);
    for (const { schedulerId = '' } of runs.slice(1)) {
      const succeeded = schedulerId === runs[1]?.schedulerId;
      const end = succeeded
        ? ({ status: 'SUCCEEDED', exitCode: 0 } as const)
        : ({ status: 'FAILED', exitCode: 1 } as const);
      await trackRun(world.deps, world.scheduler.move(schedulerId, end));
    }
    const failed = await world.job(job.id);
    assert.deepEqual([failed.status, failed.failure?.code, failed.runs.length], ['FAILED', NO_FEATURES, 3]);
  });

  it('end when they were cancelled before or are cancelled now', async () => {
    const before = await dispatched(world);
    await cancelJob(world.deps, ADA, before.id);
    await trackRun(world.deps, await withoutFeatures(before));
    assert.deepEqual([(await world.job(before.id)).status, (await world.job(before.id)).runs.length], ['CANCELLED', 1]);

    const now = await dispatched(world);
    await trackRun(world.deps, await withoutFeatures(now));
    await cancelJob(world.deps, ADA, now.id);
    await world.work();
    assert.equal((await world.job(now.id)).status, 'CANCELLED');
    // Those that would have taken the place of the first were never handed over.
    const { runs } = await world.job(now.id);
    assert.deepEqual(
      runs.map(({ status, schedulerId }) => [status, schedulerId !== undefined]),
      [
        ['FAILED', true],
        ['FAILED', false],
        ['FAILED', false],
      ],
    );
  });
});
