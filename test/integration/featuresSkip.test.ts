// Jobs whose features are in the cache: one run in place of two, and back to two when anything is in doubt or was wrong.
import assert from 'node:assert/strict';
import { featuresHandoverSchema, NO_FEATURES } from '../../backend/api/featuresIndex.ts';
import type { Job } from '../../backend/api/job.ts';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import { jobToWire } from '../../backend/api/wire.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { cancelJob } from '../../backend/core/cancel.ts';
import { costOfJob } from '../../backend/core/cost.ts';
import type { CoreDeps } from '../../backend/core/deps.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import type { ObjectStore, RunObservation } from '../../backend/core/ports.ts';
import { reconcile } from '../../backend/core/reconcile.ts';
import { deleteJob } from '../../backend/core/remove.ts';
import { submitJobs } from '../../backend/core/submit.ts';
import { trackRun } from '../../backend/core/track.ts';
import { recordCalls } from '../support/awsCalls.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { ADA, type CoreWorld, CRAMBIN, coreWorld } from '../support/coreWorld.ts';
import { StoredFeatures, VERSIONS } from '../support/featuresCache.ts';
import { GPU_QUEUES } from '../support/manualScheduler.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';

const WEEK = 7 * 24 * 3600;
const POLICY = { backend: 'aws', featuresQueue: 'cpu', featuresTrustSeconds: WEEK } as const;

function worldWith(stores: { readonly objects?: ObjectStore } = {}): CoreWorld {
  const queues = [...GPU_QUEUES, { ...GPU_QUEUES[0], name: 'cpu', aliases: [] } as (typeof GPU_QUEUES)[number]];
  const world = coreWorld({ queues, policy: POLICY });
  return { ...world, deps: { ...world.deps, ...stores } };
}

async function submit(world: CoreWorld, fields: object = {}): Promise<Job> {
  const requests = parseJobRequests({ fasta: 'crambin', sequence: CRAMBIN, que: 'p4', ...fields });
  const [job] = (await submitJobs(world.deps, ADA, requests)).jobs;
  return job ?? assert.fail();
}

const dispatch = (deps: CoreDeps, { id }: Job) => handleWork(deps, { kind: 'dispatch', jobId: id });
/** The port with some methods replaced. */
function withMethods<T extends object>(port: T, methods: Partial<T>): T {
  return new Proxy(port, {
    get: (target, name) => {
      if (name in methods) return Reflect.get(methods, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const specsOf = ({ scheduler }: CoreWorld, { id }: Job) =>
  [...scheduler.specs.values()].filter(({ jobId }) => jobId === id);
const stages = (job: Job) => job.runs.map(({ stage }) => stage);

async function handover({ deps }: CoreWorld, { id }: Job): Promise<unknown> {
  const bytes = await deps.objects.read(jobKeys.prepared(id));
  return bytes && featuresHandoverSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
}

describe('jobs whose features are in the cache', () => {
  let world: CoreWorld;
  let first: Job;
  let cache: StoredFeatures;

  beforeEach(async () => {
    world = worldWith();
    first = await submit(world);
    cache = await StoredFeatures.leave(world.deps.objects, first, world.deps.clock.now());
  });
  afterEach(() => world.close());

  /** A job that was handed over on the way that its features allow. */
  async function dispatched(fields: object = {}): Promise<Job> {
    const job = await submit(world, fields);
    await world.work();
    return world.job(job.id);
  }

  async function failure(job: Job, code: string, message = 'The features are gone.'): Promise<void> {
    await cache.put(jobKeys.failure(job.id), { code, message });
  }

  /** The end of a job's first run, which found no features. */
  async function withoutFeatures(job: Job, changes: Partial<RunObservation> = {}): Promise<RunObservation> {
    await failure(job, NO_FEATURES);
    const [run] = job.runs;
    return world.scheduler.move(run?.schedulerId ?? '', { status: 'FAILED', exitCode: 1, ...changes });
  }

  it('have one run, which is told where the features are and waits for nothing', async () => {
    const job = await dispatched();
    assert.deepEqual(stages(job), ['predict']);
    assert.deepEqual(await handover(world, job), { schema: 1, ...cache.features });
    const [spec, ...more] = specsOf(world, job);
    assert.equal(more.length, 0);
    assert.deepEqual([spec?.stage, spec?.queue, spec?.dependsOn], ['predict', 'p4', []]);
    const [run] = job.runs;
    assert.ok(run?.schedulerId);
    await world.publish(job);
    await trackRun(world.deps, world.scheduler.move(run.schedulerId, { status: 'SUCCEEDED', exitCode: 0 }));
    assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
  });

  it('keep to themselves how they were found', async () => {
    const wire = JSON.stringify(jobToWire(await dispatched()));
    assert.ok(!wire.includes(cache.features.key) && !wire.includes(first.featuresTarget ?? '-'));
  });

  it('share them with all monomer presets, but with no other target', async () => {
    assert.deepEqual(stages(await dispatched({ model_preset: 'monomer_ptm', model_names: ['model_2'] })), ['predict']);
    for (const other of [
      { db_preset: 'reduced_dbs' },
      { model_preset: 'multimer' },
      { max_template_date: '2022-01-01' },
      { exclude_templates: ['1CRN'] },
      { sequence: CRAMBIN.replace('crambin', 'renamed') },
      { sequence: CRAMBIN.replace('TTCC', 'TTCA') },
    ]) {
      assert.deepEqual(stages(await dispatched(other)), ['features', 'predict'], JSON.stringify(other));
    }
  });

  const doubts: readonly (readonly [string, () => Promise<unknown> | unknown])[] = [
    ['the target was never seen', () => cache.remove(cache.targetKey)],
    ['nobody has seen the versions', () => cache.remove(cache.presentKey)],
    ['the versions are others now', () => cache.see({ versions: '8'.repeat(64), seen_at: world.deps.clock.now() })],
    ['databases or programs were changed since', () => cache.change('new')],
    [
      'the run that saw the versions began before a change',
      async () => {
        await cache.change('new');
        await cache.see({ mark: 'old', seen_at: world.deps.clock.now() });
      },
    ],
    ['another image saw the versions', () => cache.see({ image: 'other:1', seen_at: world.deps.clock.now() })],
    ['it is long ago that they were seen', () => world.pass(WEEK + 1)],
    ['they were seen in the future', () => cache.see({ seen_at: '2099-01-01T00:00:00.000Z' })],
    ['the features are gone', () => cache.remove(cache.manifestKey)],
    [
      'the manifest is of others',
      () => cache.put(cache.manifestKey, { ...cache.features, key: '9'.repeat(64), size: 1 }),
    ],
    ['the manifest cannot be read', () => cache.put(cache.manifestKey, '{"key":')],
    ['the target’s entry cannot be read', () => cache.put(cache.targetKey, '[]')],
    ['the versions cannot be read', () => cache.put(cache.presentKey, '{"schema":2}')],
    ['the mark of the last change cannot be read', () => cache.put('features/present/changed.json', '')],
  ];
  for (const [what, doubt] of doubts) {
    it(`have two runs when ${what}`, async () => {
      await doubt();
      const job = await dispatched();
      assert.deepEqual(stages(job), ['features', 'predict']);
      assert.equal(await handover(world, job), undefined);
    });
  }

  it('are trusted again when a features run has seen what is there after a change', async () => {
    await cache.change('new');
    await cache.see({ mark: 'new', seen_at: world.deps.clock.now() });
    assert.deepEqual(stages(await dispatched()), ['predict']);
  });

  it('have two runs where databases may be changed by hand, and where the cache cannot be asked', async () => {
    const { featuresTrustSeconds: _none, ...policy } = world.deps.policy;
    const local = await submit(world);
    await dispatch({ ...world.deps, policy }, local);
    assert.deepEqual(stages(await world.job(local.id)), ['features', 'predict']);

    const read = () => Promise.reject(new Error('AccessDenied'));
    const refused = await submit(world);
    await dispatch({ ...world.deps, objects: withMethods(world.deps.objects, { read }) }, refused);
    assert.deepEqual(stages(await world.job(refused.id)), ['features', 'predict']);
    assert.match(world.logged.join(), /features cache could not be asked/);
  });

  it('were submitted by an earlier version: two runs', async () => {
    const job = await submit(world);
    const { featuresTarget: _new, ...old } = job;
    await world.deps.jobs.update(old);
    await dispatch(world.deps, job);
    assert.deepEqual(stages(await world.job(job.id)), ['features', 'predict']);
  });

  describe('while they are handed over', () => {
    it('keep their plan over a crash before the handover, whatever has changed meanwhile', async () => {
      const job = await submit(world);
      const writeIfAbsent = () => Promise.reject(new Error('crash'));
      const dying = { ...world.deps, objects: withMethods(world.deps.objects, { writeIfAbsent }) };
      await assert.rejects(dispatch(dying, job), /crash/);
      assert.equal(specsOf(world, job).length, 0);
      await cache.change('new');
      await dispatch(world.deps, job);
      assert.deepEqual(stages(await world.job(job.id)), ['predict']);
      assert.deepEqual(await handover(world, job), { schema: 1, ...cache.features });
      assert.equal(specsOf(world, job).length, 1);
    });

    it('are handed over once, however many do it at once, and by one plan', async () => {
      const job = await submit(world);
      const { featuresTrustSeconds: _none, ...policy } = world.deps.policy;
      const careful = { ...world.deps, policy };
      await Promise.all([careful, world.deps, careful, world.deps].map((deps) => dispatch(deps, job).catch(() => {})));
      await dispatch(world.deps, job);
      const { runs } = await world.job(job.id);
      assert.equal(specsOf(world, job).length, runs.length);
      assert.equal((await handover(world, job)) !== undefined, runs.length === 1);
    });

    it('end when they are cancelled in between', async () => {
      const job = await submit(world);
      world.scheduler.beforeSubmit = async () => {
        world.scheduler.beforeSubmit = () => {};
        await cancelJob(world.deps, ADA, job.id);
      };
      await dispatch(world.deps, job);
      await world.work();
      assert.equal((await world.job(job.id)).status, 'CANCELLED');
      assert.equal(world.scheduler.terminated.length, 1);
    });

    it('leave nothing behind when they are deleted in between', async () => {
      const job = await submit(world);
      const { objects } = world.deps;
      const writeIfAbsent = async (key: string, body: Uint8Array) => {
        await cancelJob(world.deps, ADA, job.id);
        await handleWork(world.deps, { kind: 'cancel', jobId: job.id });
        await deleteJob(world.deps, ADA, job.id);
        await handleWork(world.deps, { kind: 'delete', jobId: job.id });
        return objects.writeIfAbsent(key, body);
      };
      await dispatch({ ...world.deps, objects: withMethods(objects, { writeIfAbsent }) }, job);
      assert.equal(await world.deps.jobs.get(job.id), undefined);
      assert.deepEqual(await world.keys(`output/${job.id}/`), []);
    });
  });

  describe('whose features turn out to be gone or damaged', () => {
    it('make them anew and go on, and say so', async () => {
      const job = await dispatched();
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

      await trackRun(
        world.deps,
        world.scheduler.move(features?.schedulerId ?? '', { status: 'SUCCEEDED', exitCode: 0 }),
      );
      await world.publish(anew);
      await trackRun(
        world.deps,
        world.scheduler.move(predict?.schedulerId ?? '', { status: 'SUCCEEDED', exitCode: 0 }),
      );
      const done = await world.job(job.id);
      assert.equal(done.status, 'SUCCEEDED');
      assert.match(done.warnings.join(), /gone or damaged/);
      assert.equal(world.notified.length, 1);
      const cost = costOfJob({ ...world.deps.policy, region: 'us-east-1' }, done);
      assert.ok(cost && cost.amount > 0.2, 'what the first run has cost is not forgotten');
    });

    it('do so once, however often and at once it is reported', async () => {
      const job = await dispatched();
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
      const job = await dispatched();
      await trackRun(world.deps, await withoutFeatures(job, { attempt: 2 }));
      assert.equal((await world.job(job.id)).runs.length, 3);
    });

    it('do so although the message gets lost: the reconciler sends it', async () => {
      const job = await dispatched();
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
      const job = await dispatched();
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
      const other = await dispatched();
      await failure(other, 'engine-failed', 'AlphaFold ended with exit code 1.');
      const [run] = other.runs;
      await trackRun(world.deps, world.scheduler.move(run?.schedulerId ?? '', { status: 'FAILED', exitCode: 1 }));
      assert.equal((await world.job(other.id)).failure?.code, 'engine-failed');

      const job = await dispatched();
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
      const before = await dispatched();
      await cancelJob(world.deps, ADA, before.id);
      await trackRun(world.deps, await withoutFeatures(before));
      assert.deepEqual(
        [(await world.job(before.id)).status, (await world.job(before.id)).runs.length],
        ['CANCELLED', 1],
      );

      const now = await dispatched();
      await trackRun(world.deps, await withoutFeatures(now));
      await cancelJob(world.deps, ADA, now.id);
      await world.work();
      assert.equal((await world.job(now.id)).status, 'CANCELLED');
      const ids = (await world.job(now.id)).runs.map(({ schedulerId = '' }) => schedulerId);
      const reports = await world.scheduler.describe(ids);
      assert.deepEqual(
        reports.map(({ status }) => status),
        ['FAILED', 'FAILED', 'FAILED'],
      );
    });
  });
});

describe('jobs whose features are in the cache, in S3', function () {
  this.timeout(120_000);
  let stack: MiniStack;
  let aws: AwsWorld;
  let world: CoreWorld;

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    aws = new AwsWorld(stack);
    world = worldWith({ objects: new S3ObjectStore(await aws.bucket()) });
  });
  after(async () => {
    world?.close();
    aws?.close();
    await stack?.stop();
  });

  it('cost four reads and one write to hand over, and one read where the target is new', async () => {
    const { deps } = world;
    const job = await submit(world);
    const { calls, stop } = recordCalls([aws.s3]);
    const commands = () => calls.splice(0).map(({ command }) => command);
    await dispatch(deps, job);
    assert.deepEqual(commands(), ['GetObjectCommand']);
    assert.deepEqual(stages(await world.job(job.id)), ['features', 'predict']);

    const cache = await StoredFeatures.leave(deps.objects, job, deps.clock.now());
    const again = await submit(world);
    calls.length = 0;
    await dispatch(deps, again);
    assert.deepEqual(commands(), [...Array(4).fill('GetObjectCommand'), 'PutObjectCommand']);
    assert.deepEqual(stages(await world.job(again.id)), ['predict']);
    assert.deepEqual(await handover(world, again), { schema: 1, ...cache.features });
    stop();

    await cache.put(jobKeys.failure(again.id), { code: NO_FEATURES, message: 'The features are gone.' });
    const [run] = (await world.job(again.id)).runs;
    await trackRun(deps, world.scheduler.move(run?.schedulerId ?? '', { status: 'FAILED', exitCode: 1 }));
    await dispatch(deps, again);
    assert.equal((await world.job(again.id)).runs.length, 3);
    assert.equal(await deps.objects.read(jobKeys.failure(again.id)), undefined);
    assert.equal(
      (await deps.objects.read(cache.targetKey))?.length,
      JSON.stringify({ schema: 1, key: cache.features.key, versions: VERSIONS }).length,
    );
  });
});
