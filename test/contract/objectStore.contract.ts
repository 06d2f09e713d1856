import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { ObjectRefused, type ObjectStore } from '../../backend/core/ports.ts';

/** What every object store must do. `make` gives an empty store and a way to close it. */
export function describeObjectStore(
  name: string,
  make: () => Promise<{ readonly store: ObjectStore; readonly close: () => Promise<void> | void }>,
): void {
  describe(`object store contract: ${name}`, () => {
    let store: ObjectStore;
    let close: () => Promise<void> | void;
    beforeEach(async () => {
      ({ store, close } = await make());
    });
    afterEach(() => close());

    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    async function text(key: string): Promise<string | undefined> {
      const found = await store.read(key);
      return found && new TextDecoder().decode(found);
    }
    async function keys(prefix: string): Promise<string[]> {
      const found: string[] = [];
      for await (const { key } of store.list(prefix)) found.push(key);
      return found;
    }
    async function collect(stream: ReadableStream<Uint8Array> | undefined): Promise<Buffer> {
      assert.ok(stream);
      return Buffer.from(await new Response(stream).arrayBuffer());
    }

    it('gives back what was written, under any usable key', async () => {
      for (const key of [
        'input/x.fasta',
        'output/a/b c/ü 蛋白.pdb',
        `input/${'n'.repeat(200)}`,
        'input/%2e%2e/x#?&+',
      ]) {
        await store.write(key, bytes(key));
        assert.equal(await text(key), key);
        assert.equal((await store.head(key))?.size, bytes(key).length);
      }
    });

    it('has nothing where nothing was written', async () => {
      await store.write('input/a/b', bytes('x'));
      for (const key of ['input/none', 'input/a', 'input/a/b/c', 'input']) {
        assert.equal(await store.read(key), undefined, key);
        assert.equal(await store.head(key), undefined, key);
        assert.equal(await store.stream(key), undefined, key);
        assert.equal(await store.deliver(key, 'x'), undefined, key);
      }
    });

    it('overwrites, also with nothing', async () => {
      await store.write('input/x', bytes('long text'));
      await store.write('input/x', bytes('short'));
      assert.equal(await text('input/x'), 'short');
      await store.write('input/x', bytes(''));
      assert.equal(await text('input/x'), '');
    });

    it('says when an object was written', async () => {
      await store.write('input/x', bytes('1'));
      const at = (await store.head('input/x'))?.modifiedAt ?? '';
      assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < 3600_000);
    });

    it('keeps every byte of a large object, read whole and streamed', async () => {
      const large = randomBytes(5_000_000);
      const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
      await store.write('output/large', large);
      assert.equal(hash((await store.read('output/large')) ?? bytes('')), hash(large));
      assert.equal(hash(await collect(await store.stream('output/large'))), hash(large));
    });

    it('shows readers the old object or the new one, never a mixture', async () => {
      const [a, b] = [bytes('a'.repeat(300_000)), bytes('b'.repeat(300_000))];
      await store.write('output/x', a);
      let writing = true;
      const write = async (body: Uint8Array): Promise<void> => {
        for (let times = 0; times < 10; times++) await store.write('output/x', body);
      };
      const strange: string[] = [];
      const read = async (): Promise<void> => {
        while (writing) {
          const found = (await store.read('output/x')) ?? bytes('');
          if (Buffer.compare(found, a) !== 0 && Buffer.compare(found, b) !== 0) {
            strange.push(`${found.length} bytes of ${[...new Set(new TextDecoder().decode(found))]}`);
          }
        }
      };
      const writes = Promise.all([write(a), write(b)]).finally(() => {
        writing = false;
      });
      await Promise.all([writes, read(), read()]);
      assert.deepEqual(strange, []);
    });

    it('writes once if absent, whoever comes first', async () => {
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) => store.writeIfAbsent('output/x', bytes(`${index}`))),
      );
      assert.equal(results.filter(Boolean).length, 1);
      assert.equal(await text('output/x'), `${results.indexOf(true)}`);
      assert.equal(await store.writeIfAbsent('output/x', bytes('late')), false);
    });

    it('lists by prefix, in the order of the keys', async () => {
      const all = ['a/1', 'a/10', 'a/2', 'a/b/c', 'a-b', 'ab/x', 'b/Z', 'b/z', 'b/ü'];
      for (const key of [...all].reverse()) await store.write(key, bytes(key));
      const sorted = (selected: string[]): string[] =>
        selected.sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      for (const prefix of ['a/', 'a', 'a/1', 'b/', 'a/b/', 'none/', 'a/b/c', 'b/ü']) {
        assert.deepEqual(await keys(prefix), sorted(all.filter((key) => key.startsWith(prefix))), prefix);
      }
      for await (const { size, modifiedAt } of store.list('a/1')) assert.ok(size > 0 && modifiedAt !== '');
    });

    it('lists more objects than one page of S3 holds', async () => {
      const count = 1100;
      for (let start = 0; start < count; start += 100) {
        const batch = Array.from({ length: 100 }, (_, index) => `many/${start + index}`);
        await Promise.all(batch.map((key) => store.write(key, bytes('x'))));
      }
      assert.equal((await keys('many/')).length, count);
      assert.equal(await store.removeAll('many/'), count);
      assert.deepEqual(await keys('many/'), []);
    }).timeout(60_000);

    it('removes what begins with a prefix and nothing else', async () => {
      for (const key of ['input/1/a', 'input/1/b/c', 'input/10/a', 'input/1.fasta']) await store.write(key, bytes('x'));
      assert.equal(await store.removeAll('input/1/'), 2);
      assert.deepEqual(await keys('input/'), ['input/1.fasta', 'input/10/a']);
      assert.equal(await store.removeAll('input/1/'), 0);
      await assert.rejects(store.removeAll(''));
    });

    it('refuses keys that could lead elsewhere', async () => {
      for (const key of ['', '../x', 'a/../../x', 'a//b', './a', 'a/.', '/etc/passwd', 'a/']) {
        await assert.rejects(store.write(key, bytes('x')), ObjectRefused, key);
        await assert.rejects(store.read(key), ObjectRefused, key);
      }
    });

    it('delivers the bytes, or an address that has them', async () => {
      await store.write('output/x.pdb', bytes('ATOM'));
      const delivery = await store.deliver('output/x.pdb', 'mein modell "1".pdb');
      assert.ok(delivery);
      const body = delivery.kind === 'stream' ? delivery.body : (await fetch(delivery.url)).body;
      assert.equal((await collect(body ?? undefined)).toString(), 'ATOM');
      if (delivery.kind === 'stream') assert.equal(delivery.size, 4);
    });

    it('survives a reader that goes away', async () => {
      await store.write('output/x', randomBytes(2_000_000));
      const stream = await store.stream('output/x');
      const reader = stream?.getReader();
      await reader?.read();
      await reader?.cancel();
      assert.equal((await collect(await store.stream('output/x'))).length, 2_000_000);
    });

    it('names a folder by an address that ends like its key', () => {
      assert.match(store.uri('input/1/'), /^(file|s3):\/\/.*\/input\/1\/$/);
    });
  });
}
