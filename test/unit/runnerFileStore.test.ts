import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileStore } from '../../container/runner/fileStore.ts';
import { openJob } from '../../container/runner/jobLocation.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const text = (body: Uint8Array | undefined) => (body ? Buffer.from(body).toString() : undefined);

describe('FileStore of the runner', () => {
  let folder: string;
  let remove: () => void;
  let store: FileStore;

  beforeEach(() => {
    ({ folder, remove } = temporaryFolder());
    store = new FileStore(pathToFileURL(`${folder}/`));
  });
  afterEach(() => remove());

  it('reads what was written, and nothing where nothing is', async () => {
    await store.write('output/1/a.txt', Buffer.from('one'));
    await store.write('output/1/a.txt', Buffer.from('two'));
    assert.equal(text(await store.read('output/1/a.txt')), 'two');
    assert.equal(await store.read('output/1/b.txt'), undefined);
    assert.equal(await store.read('output/1'), undefined);
    assert.equal(await store.read('output/1/a.txt/c'), undefined);
  });

  it('lets exactly one of many writers at once be the first', async () => {
    const bodies = Array.from({ length: 20 }, (_, i) => `body ${i} ${'x'.repeat(5000)}`);
    const written = await Promise.all(bodies.map((body) => store.writeIfAbsent('output/1/r.json', Buffer.from(body))));
    assert.equal(written.filter(Boolean).length, 1);
    assert.equal(text(await store.read('output/1/r.json')), bodies[written.indexOf(true)]);
    assert.equal(await store.writeIfAbsent('output/1/r.json', Buffer.from('late')), false);
  });

  it('leaves no unfinished files behind', async () => {
    await store.write('output/1/a', Buffer.from('a'));
    await store.writeIfAbsent('output/1/a', Buffer.from('b'));
    await assert.rejects(store.writeFile('output/1/c', path.join(folder, 'absent')), { code: 'ENOENT' });
    assert.deepEqual(await readdir(path.join(folder, '.tmp')), []);
    assert.deepEqual(await store.list('output/'), ['output/1/a']);
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

describe('openJob', () => {
  it('takes the id and the store from the address, blanks and umlauts included', async () => {
    const { folder, remove } = temporaryFolder();
    try {
      const job = await openJob(pathToFileURL(`${folder}/store/input/4f-1_a/`).href);
      assert.equal(job.id, '4f-1_a');
      await job.store.write('output/4f-1_a/x', Buffer.from('x'));
      assert.deepEqual(await readdir(path.join(folder, 'store', 'output', '4f-1_a')), ['x']);
    } finally {
      remove();
    }
  });

  it('refuses other addresses with a sentence', async () => {
    for (const uri of [
      '',
      'nonsense',
      'file:///store/output/1/',
      'file:///store/input/',
      'file:///store/input/..%2f/',
      's3:///input/1/',
      's3://bucket/output/1/',
    ]) {
      await assert.rejects(openJob(uri), /is not the address of a job folder/, uri);
    }
    await assert.rejects(openJob('ftp://host/input/1/'), /"ftp:\/\/" cannot be run/);
  });
});
