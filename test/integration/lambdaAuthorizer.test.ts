import assert from 'node:assert/strict';
import { makeKey } from '../../backend/core/keys.ts';
import { authorizerHandler } from '../../backend/lambda/authorize.ts';
import { Telemetry } from '../../backend/lambda/telemetry.ts';
import { captured } from '../support/lambda/captured.ts';
import { authorizerEvent, lambdaContext } from '../support/lambda/events.ts';
import { MemoryKeyStore } from '../support/memoryKeyStore.ts';

const NOW = '2026-11-22T10:00:00.000Z';

describe('the authorizer', () => {
  const store = new MemoryKeyStore();
  let key: string;
  let id: string;
  before(async () => {
    const made = await makeKey({ name: 'Ada', role: 'admin', owner: 'ada' }, NOW);
    await store.create(made.record);
    key = made.text;
    id = made.record.id;
  });

  const ask = (headers: Readonly<Record<string, string>>, keys: Pick<MemoryKeyStore, 'find' | 'noteUse'> = store) =>
    captured(() =>
      authorizerHandler({ keys, telemetry: new Telemetry('foldpad', 'authorizer'), now: () => NOW })(
        authorizerEvent(headers),
        lambdaContext(),
      ),
    );

  it('knows a key alone and as a bearer, and tells whose it is', async () => {
    for (const headers of [
      { authorization: key },
      { authorization: `Bearer ${key}` },
      { Authorization: `bearer ${key}` },
    ]) {
      const { value, text } = await ask(headers as Record<string, string>);
      assert.deepEqual(value, { isAuthorized: true, context: { owner: 'ada', role: 'admin', keyId: id } });
      assert.ok(!text.includes(key.slice(16)));
    }
  });

  it('refuses everything else, and logs it without the key', async () => {
    const wrong = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
    const unknown = (await makeKey({ name: 'x', role: 'user' }, NOW)).text;
    for (const [headers, reason] of [
      [{}, 'malformed'],
      [{ authorization: '' }, 'malformed'],
      [{ authorization: 'Basic YTpi' }, 'malformed'],
      [{ authorization: `${key}'; DROP TABLE` }, 'malformed'],
      [{ authorization: wrong }, 'wrong secret'],
      [{ authorization: `Bearer ${unknown}` }, 'unknown'],
      [{ 'x-api-key': key }, 'malformed'],
      [{ owner: 'ada', role: 'admin' }, 'malformed'],
    ] as const) {
      const { value, text, lines, metrics } = await ask(headers as Record<string, string>);
      assert.deepEqual(value, { isAuthorized: false, context: {} });
      const line = lines.find(({ message }) => message === 'key refused');
      assert.equal(line?.reason, reason);
      assert.equal(line?.sourceIp, '192.0.2.1');
      assert.equal(metrics.KeysRefused, 1);
      for (const text_ of [key, wrong, unknown]) assert.ok(!text.includes(text_.slice(16)));
    }
  });

  it('refuses a key from the moment when it is revoked', async () => {
    await store.revoke(id, NOW);
    const { value, lines } = await ask({ authorization: key });
    assert.equal(value.isAuthorized, false);
    assert.equal(lines.find(({ message }) => message === 'key refused')?.keyId, id);
  });

  it('lets nobody in when the keys cannot be read', async () => {
    const broken = { find: async () => Promise.reject(new Error(`no table for ${key}`)), noteUse: async () => {} };
    await captured(() => assert.rejects(ask({ authorization: key }, broken), /no table/));
  });
});
