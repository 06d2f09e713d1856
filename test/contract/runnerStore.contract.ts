import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Store } from '../../container/runner/store.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const text = (body: Uint8Array | undefined) => (body ? Buffer.from(body).toString() : undefined);

/** What every store that the runner works with must do. `make` gives an empty store and a way to close it. */
export function describeRunnerStore(
  name: string,
  make: () => Promise<{ readonly store: Store; readonly close: () => Promise<void> | void }>,
): void {
  describe(`runner store contract: ${name}`, () => {
    let store: Store;
    let close: () => Promise<void> | void;
    let folder: string;
    let remove: () => void;
    beforeEach(async () => {
      ({ folder, remove } = temporaryFolder());
      ({ store, close } = await make());
    });
    afterEach(async () => {
      remove();
      await close();
    });

    it('reads what was written, and nothing where nothing is', async () => {
      await store.write('output/1/a.txt', Buffer.from('one'));
      await store.write('output/1/a.txt', Buffer.from('two'));
      assert.equal(text(await store.read('output/1/a.txt')), 'two');
      assert.equal(await store.read('output/1/b.txt'), undefined);
      assert.equal(await store.read('output/1'), undefined);
      assert.equal(await store.read('output/1/a.txt/c'), undefined);
    });

    it('brings an object into a file, whole or not at all', async () => {
      const body = randomBytes(300_000);
      await store.write('features/1/a', body);
      const file = path.join(folder, 'brought');
      assert.equal(await store.readFile('features/1/a', file), true);
      assert.deepEqual(await readFile(file), body);
      assert.equal(await store.readFile('features/1/b', path.join(folder, 'other')), false);
      assert.equal(await store.readFile('features/1', path.join(folder, 'other')), false);
      await assert.rejects(store.readFile('features/1/a', path.join(folder, 'absent', 'file')));
      assert.deepEqual(await readdir(folder), ['brought']);
    });

    it('lets exactly one of many writers at once be the first', async () => {
      const bodies = Array.from({ length: 20 }, (_, i) => `body ${i} ${'x'.repeat(5000)}`);
      const written = await Promise.all(
        bodies.map((body) => store.writeIfAbsent('output/1/r.json', Buffer.from(body))),
      );
      assert.equal(written.filter(Boolean).length, 1);
      assert.equal(text(await store.read('output/1/r.json')), bodies[written.indexOf(true)]);
      assert.equal(await store.writeIfAbsent('output/1/r.json', Buffer.from('late')), false);
    });

    it('copies a file and lists by prefix, in order', async () => {
      const source = path.join(folder, 'source');
      await writeFile(source, 'text');
      for (const key of ['output/1/b/x', 'output/1/a', 'output/12/a', 'output/1/b/.y'])
        await store.writeFile(key, source);
      assert.deepEqual(await store.list('output/1/'), ['output/1/a', 'output/1/b/.y', 'output/1/b/x']);
      assert.deepEqual(await store.list('output/1/b'), ['output/1/b/.y', 'output/1/b/x']);
      assert.deepEqual(await store.list('nothing/here/'), []);
      assert.equal(text(await store.read('output/12/a')), 'text');
    });

    it('copies files of every size: nothing, some, and more than goes into one part', async () => {
      for (const size of [0, 1, 5_000_000, 40_000_000]) {
        const body = randomBytes(size);
        const source = path.join(folder, `${size} bytes`);
        await writeFile(source, body);
        await store.writeFile(`output/1/${size}`, source);
        const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
        assert.equal(hash((await store.read(`output/1/${size}`)) ?? Buffer.from('absent')), hash(body), `${size}`);
      }
    });

    it('says so when the file to copy is not there, and leaves nothing', async () => {
      await assert.rejects(store.writeFile('output/1/c', path.join(folder, 'absent')), { code: 'ENOENT' });
      assert.deepEqual(await store.list('output/'), []);
    });

    it('removes a prefix and nothing else', async () => {
      for (const key of ['output/1/a-1/x', 'output/1/a-12/x', 'output/1/a']) await store.write(key, Buffer.from('x'));
      await store.removeAll('output/1/a-1/');
      assert.deepEqual(await store.list('output/1/'), ['output/1/a', 'output/1/a-12/x']);
      await store.removeAll('output/1/nothing/');
    });

    it('refuses keys that lead out of the store', async () => {
      for (const key of ['../x', 'a/../../x', '', 'a//b', './a', '/etc/passwd']) {
        await assert.rejects(store.read(key), /is not a key/, key);
      }
    });
  });
}
