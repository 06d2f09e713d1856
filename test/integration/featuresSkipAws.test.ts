import assert from 'node:assert/strict';
import { NO_FEATURES } from '../../backend/api/featuresIndex.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { trackRun } from '../../backend/core/track.ts';
import { recordCalls } from '../support/awsCalls.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import type { CoreWorld } from '../support/coreWorld.ts';
import { StoredFeatures, VERSIONS } from '../support/featuresCache.ts';
import { dispatch, featuresWorld, handover, stages, submit } from '../support/featuresWorld.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';

describe('jobs whose features are in the cache, in S3', function () {
  this.timeout(120_000);
  let stack: MiniStack;
  let aws: AwsWorld;
  let world: CoreWorld;

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    aws = new AwsWorld(stack);
    world = featuresWorld({ objects: new S3ObjectStore(await aws.bucket()) });
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
