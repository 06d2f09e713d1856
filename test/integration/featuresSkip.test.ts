// Jobs whose features are in the cache: one run in place of two, and two when anything is in doubt.
import assert from 'node:assert/strict';
import type { Job } from '../../backend/api/job.ts';
import { jobToWire } from '../../backend/api/wire.ts';
import { cancelJob } from '../../backend/core/cancel.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import { deleteJob } from '../../backend/core/remove.ts';
import { trackRun } from '../../backend/core/track.ts';
import { ADA, type CoreWorld, CRAMBIN } from '../support/coreWorld.ts';
import { StoredFeatures } from '../support/featuresCache.ts';
import {
  dispatch,
  dispatched,
  featuresWorld,
  handover,
  specsOf,
  stages,
  submit,
  WEEK,
} from '../support/featuresWorld.ts';
import { withMethods } from '../support/withMethods.ts';

describe('jobs whose features are in the cache', () => {
  let world: CoreWorld;
  let first: Job;
  let cache: StoredFeatures;

  beforeEach(async () => {
    world = featuresWorld();
    first = await submit(world);
    cache = await StoredFeatures.leave(world.deps.objects, first, world.deps.clock.now());
  });
  afterEach(() => world.close());

  it('have one run, which is told where the features are and waits for nothing', async () => {
    const job = await dispatched(world);
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
    const wire = JSON.stringify(jobToWire(await dispatched(world)));
    assert.ok(!wire.includes(cache.features.key) && !wire.includes(first.featuresTarget ?? '-'));
  });

  it('share them with all monomer presets, but with no other target', async () => {
    assert.deepEqual(stages(await dispatched(world, { model_preset: 'monomer_ptm', model_names: ['model_2'] })), [
      'predict',
    ]);
    for (const other of [
      { db_preset: 'reduced_dbs' },
      { model_preset: 'multimer' },
      { max_template_date: '2022-01-01' },
      { exclude_templates: ['1CRN'] },
      { sequence: CRAMBIN.replace('crambin', 'renamed') },
      { sequence: CRAMBIN.replace('TTCC', 'TTCA') },
    ]) {
      assert.deepEqual(stages(await dispatched(world, other)), ['features', 'predict'], JSON.stringify(other));
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
      const job = await dispatched(world);
      assert.deepEqual(stages(job), ['features', 'predict']);
      assert.equal(await handover(world, job), undefined);
    });
  }

  it('are trusted again when a features run has seen what is there after a change', async () => {
    await cache.change('new');
    await cache.see({ mark: 'new', seen_at: world.deps.clock.now() });
    assert.deepEqual(stages(await dispatched(world)), ['predict']);
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
});
