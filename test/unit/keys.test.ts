import assert from 'node:assert/strict';
import { createHash, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '../../backend/api/problem.ts';
import { checkKey, keyIdOf, makeKey } from '../../backend/core/keys.ts';
import { MemoryKeyStore } from '../support/memoryKeyStore.ts';

const NOW = '2026-11-22T10:00:00.000Z';

describe('keys', () => {
  it('are random, name their id, and are kept as a hash only', async () => {
    const { text, record } = await makeKey({ name: 'Ada’s laptop', role: 'user', owner: 'ada' }, NOW);
    assert.match(text, /^fp_[a-z2-7]{12}_[A-Za-z0-9_-]{43}$/);
    const secret = text.slice(16);
    assert.deepEqual(record, {
      id: text.slice(3, 15),
      secretHash: createHash('sha256').update(secret).digest('hex'),
      name: 'Ada’s laptop',
      owner: 'ada',
      role: 'user',
      createdAt: NOW,
    });
    assert.equal(keyIdOf(text), record.id);
    assert.equal(Buffer.from(secret, 'base64url').length, 32);
    const another = await makeKey({ name: 'x', role: 'user' }, NOW);
    assert.notEqual(another.text.slice(16), secret);
    assert.notEqual(another.record.id, record.id);
  });

  it('belong to an owner that is made of the name, or given', async () => {
    const ownerOf = async (name: string, owner?: string) =>
      (await makeKey({ name, role: 'user', ...(owner !== undefined && { owner }) }, NOW)).record.owner;
    assert.equal(await ownerOf('Ada Lovelace'), 'ada-lovelace');
    assert.equal(await ownerOf('  Émilie du Châtelet! '), 'emilie-du-chatelet');
    assert.equal(await ownerOf('ada@example.org'), 'ada@example.org');
    assert.equal((await ownerOf('x'.repeat(200))).length, 64);
    assert.equal(await ownerOf('王', 'Wang'), 'Wang');
    for (const [name, owner] of [
      ['王'],
      ['x', ''],
      ['x', 'a b'],
      ['x', '../y'],
      ['x', 'a#b'],
      ['x', 'a'.repeat(65)],
    ] as const) {
      await assert.rejects(ownerOf(name, owner), (error: unknown) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.kind, 'invalid-request');
        assert.equal(error.problem.errors?.[0]?.field, 'owner');
        return true;
      });
    }
  });

  it('are taken when right, and their day of use is noted once', async () => {
    const store = new MemoryKeyStore();
    const { text, record } = await makeKey({ name: 'x', role: 'admin', owner: 'root' }, NOW);
    await store.create(record);
    let notes = 0;
    const counting = {
      find: (id: string) => store.find(id),
      noteUse: (id: string, day: string) => {
        notes += 1;
        return store.noteUse(id, day);
      },
    };
    for (let use = 0; use < 3; use += 1) {
      assert.deepEqual(await checkKey(counting, text, NOW, timingSafeEqual), {
        ok: true,
        keyId: record.id,
        principal: { owner: 'root', role: 'admin' },
      });
    }
    assert.equal(notes, 1);
    assert.equal((await store.find(record.id))?.lastUsedOn, '2026-11-22');
    await checkKey(counting, text, '2026-11-23T00:00:00.000Z', timingSafeEqual);
    assert.equal(notes, 2);
  });

  it('are refused when malformed, unknown, wrong or revoked', async () => {
    const store = new MemoryKeyStore();
    const { text, record } = await makeKey({ name: 'x', role: 'user' }, NOW);
    const check = async (key: string) => {
      const verdict = await checkKey(store, key, NOW, timingSafeEqual);
      return verdict.ok ? 'ok' : verdict.reason;
    };
    assert.equal(await check(text), 'unknown');
    await store.create(record);
    assert.equal(await check(text), 'ok');
    const last = text.at(-1) === 'A' ? 'B' : 'A';
    assert.equal(await check(text.slice(0, -1) + last), 'wrong secret');
    // The hash that a thief of the table would have is no key.
    assert.equal(await check(`fp_${record.id}_${record.secretHash.slice(0, 43)}`), 'wrong secret');
    for (const malformed of ['', 'x', text.slice(1), `${text}x`, ` ${text}`, `${text}\n`, text.toUpperCase()]) {
      assert.equal(await check(malformed), 'malformed', malformed);
    }
    await store.revoke(record.id, NOW);
    assert.equal(await check(text), 'revoked');
    assert.equal(await check(text.slice(0, -1) + last), 'wrong secret');
  });
});
