import assert from 'node:assert/strict';
import { timingSafeEqual } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { ProblemError } from '../../backend/api/problem.ts';
import { checkKey } from '../../backend/core/keys.ts';
import { createApp } from '../../backend/http/app.ts';
import { type ApiWorld, apiWorld, problemOf } from '../support/apiWorld.ts';
import { ADA, CRAMBIN, ROOT } from '../support/coreWorld.ts';
import { MemoryKeyStore } from '../support/memoryKeyStore.ts';

const AS_ROOT = { authorization: 'root-key' };

describe('keys through the API', () => {
  let world: ApiWorld;
  let keys: MemoryKeyStore;
  beforeEach(() => {
    keys = new MemoryKeyStore();
    world = apiWorld({ keys });
  });
  afterEach(() => world.close());

  it('are made by an admin, told once, and work until they are revoked', async () => {
    const client = world.client('root-key');
    const { key, info } = await client.createKey({ name: 'Ada’s laptop', owner: 'ada' });
    assert.deepEqual([info.name, info.owner, info.role], ['Ada’s laptop', 'ada', 'user']);
    const check = async () => checkKey(keys, key, '2026-11-22T10:00:00.000Z', timingSafeEqual);
    assert.deepEqual(await check(), { ok: true, keyId: info.id, principal: { owner: 'ada', role: 'user' } });

    const text = (await world.call('GET', '/keys', undefined, AS_ROOT)).text;
    assert.ok(!text.includes(key.slice(16)));
    assert.ok(!text.includes((await keys.find(info.id))?.secretHash ?? '-'));
    assert.equal((await client.keys())[0]?.lastUsedOn, '2026-11-22');

    const revoked = await client.revokeKey(info.id);
    assert.ok(revoked.revokedAt);
    assert.deepEqual(await client.revokeKey(info.id), revoked);
    assert.equal((await check()).ok, false);
    assert.ok(!world.logged.some((line) => line.includes(key.slice(16))));
  });

  it('are listed newest first', async () => {
    const client = world.client('root-key');
    for (const name of ['a', 'b', 'c']) await client.createKey({ name });
    assert.deepEqual(
      (await client.keys()).map(({ name }) => name),
      ['c', 'b', 'a'],
    );
  });

  it('are an admin’s business only', async () => {
    for (const [method, path, body] of [
      ['GET', '/keys'],
      ['POST', '/keys', { name: 'mine', role: 'admin' }],
      ['DELETE', '/keys/k3m7qpl2xz5a'],
    ] as const) {
      problemOf(await world.call(method, path, body), 403, 'forbidden');
      problemOf(await world.call(method, path, body, { authorization: 'wrong' }), 401, 'unauthorized');
    }
    assert.deepEqual(await keys.list(), []);
  });

  it('are not made of mistakes', async () => {
    for (const [body, field] of [
      [{}, 'name'],
      [{ name: ' ' }, 'name'],
      [{ name: 'x'.repeat(101) }, 'name'],
      [{ name: 'x', role: 'root' }, 'role'],
      [{ name: 'x', owner: 'a b' }, 'owner'],
      [{ name: '王' }, 'owner'],
      [{ name: 'x', secret: 'mine' }, 'secret'],
      [[], ''],
    ] as const) {
      const mistake = problemOf(await world.call('POST', '/keys', body, AS_ROOT), 422, 'invalid-request');
      assert.equal(mistake?.field, field);
    }
    problemOf(await world.call('DELETE', '/keys/nosuchkey123', undefined, AS_ROOT), 404, 'not-found');
    problemOf(await world.call('PUT', '/keys', undefined, AS_ROOT), 405, 'method-not-allowed');
  });

  it('are refused with a sentence by a backend that has one user', async () => {
    const alone = apiWorld();
    await assert.rejects(alone.client('root-key').keys(), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.kind, 'not-found');
      assert.match(error.message, /one user and one key/);
      return true;
    });
    alone.close();
  });
});

describe('who calls', () => {
  it('can be told by the platform, which no header of a client reaches', async () => {
    const world = apiWorld();
    const principals = { ada: ADA, root: ROOT };
    const app = createApp(world.deps, {
      authenticate: async (_, platform) => principals[(platform as { who?: 'ada' | 'root' }).who ?? ('' as 'ada')],
    });
    const forged = { authorization: 'root-key', who: 'root', 'x-amzn-request-context': '{"who":"root"}' };
    const ask = (env: object) => app.fetch(new Request('http://127.0.0.1/', { headers: forged }), env);
    assert.equal((await ask({})).status, 401);
    assert.equal((await ask({ who: 'ada' })).status, 200);
    world.close();
  });
});

describe('compressed bodies', () => {
  let world: ApiWorld;
  beforeEach(() => {
    world = apiWorld();
  });
  afterEach(() => world.close());

  const post = async (body: Uint8Array, encoding: string) => {
    const headers = { authorization: 'ada-key', 'content-encoding': encoding };
    const request = new Request('http://127.0.0.1/', { method: 'POST', headers, body: Uint8Array.from(body) });
    const response = await world.app.fetch(request);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  };

  it('are unpacked', async () => {
    const body = gzipSync(JSON.stringify([{ fasta: 'crambin', sequence: CRAMBIN }]));
    for (const encoding of ['gzip', ' GZIP ']) assert.equal((await post(body, encoding)).status, 202);
  });

  it('are refused when they unpack to too much, to nothing, or are packed otherwise', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, 0x20));
    assert.ok(bomb.length < 100_000);
    problemOf(await post(bomb, 'gzip'), 413, 'body-too-large');
    const packed = gzipSync('{"fasta": "crambin"}');
    problemOf(await post(packed.subarray(0, 12), 'gzip'), 400, 'malformed-body');
    problemOf(await post(new TextEncoder().encode('{}'), 'gzip'), 400, 'malformed-body');
    problemOf(await post(packed, 'br'), 400, 'malformed-request');
    problemOf(await post(packed, 'gzip, gzip'), 400, 'malformed-request');
  });
});
