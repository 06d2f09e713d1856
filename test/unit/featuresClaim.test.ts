import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { FeaturesClaim } from '../../container/engines/featuresClaim.ts';
import { FileStore } from '../../container/runner/fileStore.ts';
import { sharedObjects } from '../../container/runner/sharedObjects.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const TIMES = { lookMs: 20, renewMs: 50, staleMs: 400 };

describe('claim on features', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const never = new AbortController().signal;

  async function world() {
    const root = path.join(folder, randomUUID());
    await mkdir(root);
    const shared = sharedObjects(new FileStore(pathToFileURL(`${root}/`)));
    const isMade = async () => (await shared.read('features/k/done')) !== undefined;
    return { shared, isMade, make: () => shared.write('features/k/done', Buffer.from('x')) };
  }

  it('is given to one of many that come at once; the others find what it has made', async () => {
    const { shared, isMade, make } = await world();
    // A hundred signs of life fit in: no pause of a busy machine makes the owner look dead.
    const times = { ...TIMES, staleMs: 5_000 };
    let makers = 0;
    const results = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const claim = new FeaturesClaim(shared, 'k', times);
        const result = await claim.acquire(isMade, () => {}, never);
        if (result === 'mine') {
          makers += 1;
          // Longer than it takes to be thought dead: signs of life keep it.
          await sleep(times.staleMs + 1_000);
          await make();
          await claim.release();
        }
        return result;
      }),
    );
    assert.equal(makers, 1);
    assert.equal(results.filter((result) => result === 'made').length, 7);
  });

  it('goes over when its owner gives up without having made anything', async () => {
    const { shared, isMade } = await world();
    const first = new FeaturesClaim(shared, 'k', TIMES);
    assert.equal(await first.acquire(isMade, () => {}, never), 'mine');
    let waited = 0;
    const second = new FeaturesClaim(shared, 'k', { ...TIMES, staleMs: 60_000 });
    const acquired = second.acquire(isMade, () => (waited += 1), never);
    while (waited === 0) await sleep(TIMES.lookMs);
    await first.release();
    assert.equal(await acquired, 'mine');
    assert.equal(waited, 1);
    await second.release();
  });

  it('goes over when its owner has died', async () => {
    const { shared, isMade } = await world();
    const dead = new FeaturesClaim(shared, 'k', { ...TIMES, renewMs: 3_600_000 });
    assert.equal(await dead.acquire(isMade, () => {}, never), 'mine');
    const second = new FeaturesClaim(shared, 'k', TIMES);
    assert.equal(await second.acquire(isMade, () => {}, never), 'mine');
    await second.release();
  });

  it('is no obstacle when it cannot be read', async () => {
    const { shared, isMade } = await world();
    await shared.write('features/k/claim.json', Buffer.from('{"token":'));
    const claim = new FeaturesClaim(shared, 'k', TIMES);
    assert.equal(await claim.acquire(isMade, () => {}, never), 'mine');
    await claim.release();
  });

  it('is not waited for any longer when the run is ended', async () => {
    const { shared, isMade } = await world();
    const first = new FeaturesClaim(shared, 'k', TIMES);
    await first.acquire(isMade, () => {}, never);
    const ending = new AbortController();
    const waiting = new FeaturesClaim(shared, 'k', TIMES).acquire(isMade, () => {}, ending.signal);
    ending.abort(new Error('ended'));
    await assert.rejects(waiting, /ended/);
    await first.release();
  });

  it('reaches nothing but what jobs share', async () => {
    const { shared } = await world();
    await assert.rejects(shared.read('output/1/result.json'), /not among the objects that jobs share/);
    await assert.rejects(shared.fetch('features/../output/1/result.json', path.join(folder, 'x')), /not a key/);
  });
});
