import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SharedObjects } from '../../container/engines/engine.ts';
import { FeaturesClaim } from '../../container/engines/featuresClaim.ts';
import { FileStore } from '../../container/runner/fileStore.ts';
import { sharedObjects } from '../../container/runner/sharedObjects.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const TIMES = { lookMs: 10, renewMs: 20, staleMs: 60_000 };

describe('signs of life of a claim on features', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const never = new AbortController().signal;

  /** A store that counts what is written, and fails as often as it is told to. */
  async function world(name: string) {
    const root = path.join(folder, name);
    await mkdir(root);
    const store = sharedObjects(new FileStore(pathToFileURL(`${root}/`)));
    const state = { failing: { read: 0, write: 0 }, written: 0, waiting: undefined as (() => void) | undefined };
    const fail = (what: 'read' | 'write'): void => {
      if (state.failing[what] === 0) return;
      state.failing[what] -= 1;
      throw new Error('SlowDown');
    };
    const shared: SharedObjects = {
      ...store,
      read: async (key) => {
        fail('read');
        return store.read(key);
      },
      write: async (key, content) => {
        fail('write');
        await store.write(key, content);
        state.written += 1;
        state.waiting?.();
      },
    };
    /** Settled when something has been written so many times more. */
    const writes = async (count: number): Promise<void> => {
      const until = state.written + count;
      await new Promise<void>((resolve) => {
        state.waiting = () => {
          if (state.written >= until) resolve();
        };
        state.waiting();
      });
    };
    return { shared, state, writes };
  }

  for (const what of ['write', 'read'] as const) {
    it(`go on after the store could not be reached once (${what})`, async () => {
      const { shared, state, writes } = await world(what);
      const claim = new FeaturesClaim(shared, 'k', TIMES);
      assert.equal(
        await claim.acquire(
          async () => false,
          () => {},
          never,
        ),
        'mine',
      );
      await writes(1);
      state.failing[what] = 1;
      await writes(2);
      assert.equal(state.failing[what], 0);
      await claim.release();
    });
  }

  it('end with the release', async () => {
    const { shared, state, writes } = await world('release');
    const claim = new FeaturesClaim(shared, 'k', TIMES);
    await claim.acquire(
      async () => false,
      () => {},
      never,
    );
    await writes(1);
    await claim.release();
    const last = state.written;
    await new Promise((resolve) => setTimeout(resolve, 10 * TIMES.renewMs));
    assert.equal(state.written, last);
  });

  it('end with it also when the store cannot be told so: what was made is not lost for that', async () => {
    const { shared, state, writes } = await world('unreachable');
    const claim = new FeaturesClaim(shared, 'k', { ...TIMES, renewMs: 60_000 });
    await claim.acquire(
      async () => false,
      () => {},
      never,
    );
    await writes(0);
    state.failing.write = 1;
    await claim.release();
    assert.equal(state.failing.write, 0);
  });
});
