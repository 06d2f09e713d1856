import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileObjectStore } from '../../backend/local/fileObjectStore.ts';
import { InvalidKey } from '../../backend/local/objectKeys.ts';
import { OutsideStore } from '../../backend/local/storePaths.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('FileObjectStore', () => {
  const { folder, remove } = temporaryFolder();
  const root = path.join(folder, 'store');
  const store = new FileObjectStore(root);
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  after(remove);

  async function keys(prefix: string): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { key } of store.list(prefix)) found.push(key);
    return found;
  }

  it('sees files that people put into its folder', async () => {
    writeFileSync(path.join(root, 'input', 'by hand.fasta'), '>x\nMKV\n');
    assert.equal(Buffer.from((await store.read('input/by hand.fasta')) ?? []).toString(), '>x\nMKV\n');
    assert.equal((await store.head('input/by hand.fasta'))?.size, 7);
    assert.equal(fileURLToPath(store.uri('input/by hand.fasta')), path.join(root, 'input', 'by hand.fasta'));
  });

  it('refuses keys that could leave the store or name unfinished files', async () => {
    for (const key of ['', '/etc/passwd', '../x', 'a//b', 'a/./b', 'a/../../b', 'a\\b', 'a\0b', '.tmp/x', 'a/']) {
      await assert.rejects(store.read(key), InvalidKey, key);
      await assert.rejects(store.write(key, bytes('x')), InvalidKey, key);
    }
    await assert.rejects(store.removeAll(''), InvalidKey);
    await assert.rejects(store.removeAll('../'), InvalidKey);
  });

  it('follows links inside and refuses links to the outside, for reading, writing and removing', async () => {
    const outside = path.join(folder, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'secret'), 'secret');
    await store.write('input/real.fasta', bytes('inside'));
    symlinkSync(path.join(root, 'input', 'real.fasta'), path.join(root, 'input', 'alias.fasta'));
    symlinkSync(path.join(outside, 'secret'), path.join(root, 'input', 'leak.fasta'));
    symlinkSync(outside, path.join(root, 'input', 'door'));
    assert.equal(Buffer.from((await store.read('input/alias.fasta')) ?? []).toString(), 'inside');
    await assert.rejects(store.read('input/leak.fasta'), OutsideStore);
    await assert.rejects(store.head('input/door/secret'), OutsideStore);
    await assert.rejects(store.write('input/door/new', bytes('x')), OutsideStore);
    await assert.rejects(store.write('input/door/deep/new', bytes('x')), OutsideStore);
    await assert.rejects(store.removeAll('input/door/'), OutsideStore);
    assert.deepEqual(await keys('input/'), ['input/alias.fasta', 'input/by hand.fasta', 'input/real.fasta']);
    await store.write('input/leak.fasta', bytes('replaced'));
    assert.equal(readFileSync(path.join(outside, 'secret'), 'utf8'), 'secret');
    assert.deepEqual(await readdir(outside), ['secret']);
    await store.removeAll('input/');
    assert.deepEqual(await readdir(outside), ['secret']);
  });

  it('lists in key order, where a folder sorts as its name with a slash', async () => {
    for (const key of ['output/a/z', 'output/a-b', 'output/a.b', 'output/a0', 'output/aa/é', 'output/aa/z']) {
      await store.write(key, bytes(key));
    }
    const expected = ['output/a-b', 'output/a.b', 'output/a/z', 'output/a0', 'output/aa/z', 'output/aa/é'];
    assert.deepEqual(await keys('output/'), expected);
    assert.deepEqual(await keys('output/a'), expected);
    assert.deepEqual(await keys('output/aa'), ['output/aa/z', 'output/aa/é']);
    assert.deepEqual(await keys('nothing/'), []);
  });

  it('removes what begins with a prefix, and empty folders, and keeps input/', async () => {
    await store.write('input/job/target.fasta', bytes('x'));
    await store.write('input/job/deep/er', bytes('x'));
    await store.write('input/jobless', bytes('x'));
    mkdirSync(path.join(root, 'input', 'job', 'empty'));
    assert.deepEqual(await keys('input/job/'), ['input/job/deep/er', 'input/job/target.fasta']);
    assert.equal(await store.removeAll('input/job/'), 2);
    assert.equal(existsSync(path.join(root, 'input', 'job')), false);
    assert.equal(await store.removeAll('input/job/'), 0);
    assert.equal(await store.removeAll('input/'), 1);
    assert.deepEqual(await readdir(path.join(root, 'input')), ['door'], 'what is no object stays');
  });

  it('lets exactly one of many writers win', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.writeIfAbsent('output/r/result.json', bytes(String(i)))),
    );
    assert.equal(outcomes.filter(Boolean).length, 1);
    const winner = String(outcomes.indexOf(true));
    assert.equal(Buffer.from((await store.read('output/r/result.json')) ?? []).toString(), winner);
    assert.deepEqual(await readdir(path.join(root, 'output', 'r')), ['result.json']);
  });

  it('streams large objects whole and small ones too', async () => {
    const large = Buffer.alloc(3_000_001, 'abc');
    await store.write('output/large', large);
    await store.write('output/empty', bytes(''));
    const delivery = await store.deliver('output/large');
    assert.ok(delivery?.kind === 'stream');
    assert.equal(delivery.size, large.length);
    assert.ok(Buffer.from(await new Response(delivery.body).arrayBuffer()).equals(large));
    const empty = await store.stream('output/empty');
    assert.equal(await new Response(empty).text(), '');
    assert.equal(await store.stream('output/none'), undefined);
  });

  it('says what is wrong when a file would have to be a folder', async () => {
    await store.write('output/f', bytes('x'));
    await assert.rejects(store.write('output/f/g', bytes('x')), /a file and a folder would have the same name/);
    await store.write('output/d/e', bytes('x'));
    await assert.rejects(store.write('output/d', bytes('x')), /a file and a folder would have the same name/);
    assert.deepEqual(await readdir(path.join(root, '.tmp')), []);
  });

  it('does not show files that a writer has not finished, and removes old ones', async () => {
    const left = path.join(root, '.tmp', 'left');
    writeFileSync(left, 'half');
    assert.ok((await keys('')).every((key) => !key.includes('left')));
    await store.removeUnfinished(60_000);
    assert.ok(existsSync(left));
    utimesSync(left, new Date(0), new Date(0));
    await store.removeUnfinished(60_000);
    assert.equal(existsSync(left), false);
  });
});
