import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileStore } from '../../container/runner/fileStore.ts';
import { openJob } from '../../container/runner/jobLocation.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('FileStore of the runner', () => {
  let folder: string;
  let remove: () => void;
  let store: FileStore;

  beforeEach(() => {
    ({ folder, remove } = temporaryFolder());
    store = new FileStore(pathToFileURL(`${folder}/`));
  });
  afterEach(() => remove());

  it('leaves no unfinished files behind', async () => {
    await store.write('output/1/a', Buffer.from('a'));
    await store.writeIfAbsent('output/1/a', Buffer.from('b'));
    await assert.rejects(store.writeFile('output/1/c', path.join(folder, 'absent')), { code: 'ENOENT' });
    assert.deepEqual(await readdir(path.join(folder, '.tmp')), []);
    assert.deepEqual(await store.list('output/'), ['output/1/a']);
  });

  it('brings an object into a file whole, and says when there is none', async () => {
    await store.write('features/a', Buffer.from('abc'));
    const file = path.join(folder, 'brought');
    assert.equal(await store.readFile('features/a', file), true);
    assert.equal(await readFile(file, 'utf8'), 'abc');
    assert.equal(await store.readFile('features/b', path.join(folder, 'other')), false);
    assert.equal(await store.readFile('features', path.join(folder, 'other')), false);
    await assert.rejects(store.readFile('features/a', path.join(folder, 'absent', 'file')), { code: 'ENOENT' });
    assert.deepEqual((await readdir(folder)).sort(), ['.tmp', 'brought', 'features']);
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
