import assert from 'node:assert/strict';
import { makeKey } from '../../backend/core/keys.ts';
import type { KeyRecord, KeyStore } from '../../backend/core/ports.ts';

const AT = '2026-11-22T10:00:00.000Z';

async function sampleKey(changes: Partial<KeyRecord> = {}): Promise<KeyRecord> {
  const { record } = await makeKey({ name: 'Ada', role: 'user' }, AT);
  return { ...record, ...changes };
}

/** What every key store must do. `make` gives an empty store and a way to close it. */
export function describeKeyStore(
  name: string,
  make: () => Promise<{ readonly store: KeyStore; readonly close: () => Promise<void> | void }>,
): void {
  describe(`key store contract: ${name}`, () => {
    let store: KeyStore;
    let close: () => Promise<void> | void;
    beforeEach(async () => {
      ({ store, close } = await make());
    });
    afterEach(() => close());

    it('gives back every field as it was stored', async () => {
      const key = await sampleKey({ name: 'Ada’s "laptop"', role: 'admin', lastUsedOn: '2026-11-22', revokedAt: AT });
      await store.create(key);
      assert.deepEqual(await store.find(key.id), key);
      const plain = await sampleKey();
      await store.create(plain);
      assert.deepEqual(await store.find(plain.id), plain);
    });

    it('knows nothing of other ids', async () => {
      assert.equal(await store.find('aaaaaaaaaaaa'), undefined);
      assert.equal(await store.revoke('aaaaaaaaaaaa', AT), undefined);
      await store.noteUse('aaaaaaaaaaaa', '2026-11-22');
      assert.equal(await store.find('aaaaaaaaaaaa'), undefined);
      assert.deepEqual(await store.list(), []);
    });

    it('does not replace a key', async () => {
      const key = await sampleKey();
      await store.create(key);
      await assert.rejects(store.create({ ...key, role: 'admin' }), /exists/);
      assert.deepEqual(await store.find(key.id), key);
    });

    it('lists all keys, newest first, the revoked ones too', async () => {
      const keys = await Promise.all(
        Array.from({ length: 120 }, (_, index) =>
          sampleKey({ createdAt: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString() }),
        ),
      );
      for (const key of keys) await store.create(key);
      await store.revoke(keys[0]?.id ?? '', AT);
      const found = await store.list();
      assert.deepEqual(
        found.map(({ id }) => id),
        keys.map(({ id }) => id).reverse(),
      );
      assert.equal(found.at(-1)?.revokedAt, AT);
    });

    it('revokes once and for all', async () => {
      const key = await sampleKey();
      await store.create(key);
      const revoked = { ...key, revokedAt: '2026-11-23T00:00:00.000Z' };
      assert.deepEqual(await store.revoke(key.id, revoked.revokedAt), revoked);
      assert.deepEqual(await store.revoke(key.id, '2026-12-24T00:00:00.000Z'), revoked);
      assert.deepEqual(await store.find(key.id), revoked);
    });

    it('notes the day of the last use', async () => {
      const key = await sampleKey();
      await store.create(key);
      await store.noteUse(key.id, '2026-11-22');
      await store.noteUse(key.id, '2026-11-23');
      assert.deepEqual(await store.find(key.id), { ...key, lastUsedOn: '2026-11-23' });
    });
  });
}
