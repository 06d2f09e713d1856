import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { fromBase64Url, toBase64Url } from '../../backend/core/bytes.ts';
import { shareExpiry, signShare, verifyShare } from '../../backend/core/share.ts';

const KEY = randomBytes(32);
const JOB = '5f0c6f43-4cf5-4a3c-9d0f-7b7d1f6a2e55';
const NOW = '2026-11-22T10:00:00.000Z';
const EXPIRES = '2026-11-29T10:00:00.000Z';

describe('base64url', () => {
  it('gives back every byte string, and is what Node calls base64url', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64Url(bytes);
        assert.equal(text, Buffer.from(bytes).toString('base64url'));
        assert.deepEqual(fromBase64Url(text), Uint8Array.from(bytes));
      }),
    );
  });

  it('is refused when another text means the same bytes', () => {
    assert.deepEqual(fromBase64Url('AA'), Uint8Array.of(0));
    for (const text of ['AB', 'A', 'AA==', 'AA\n', '+/+/', 'AAé']) assert.equal(fromBase64Url(text), undefined, text);
  });
});

describe('share tokens', () => {
  it('end after seven days', () => {
    assert.equal(shareExpiry(NOW), EXPIRES);
  });

  it('are a payload and its HMAC-SHA-256', async () => {
    const token = await signShare(KEY, { jobId: JOB, expiresAt: EXPIRES });
    const [payload = '', signature] = token.split('.');
    const stated: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    assert.deepEqual(stated, { job: JOB, exp: Date.parse(EXPIRES) / 1000 });
    assert.equal(signature, createHmac('sha256', KEY).update(payload).digest('base64url'));
    assert.match(token, /^[A-Za-z0-9._-]+$/);
  });

  it('give access until they end, and not a second longer', async () => {
    const share = { jobId: JOB, expiresAt: EXPIRES };
    const token = await signShare(KEY, share);
    assert.deepEqual(await verifyShare(KEY, token, NOW), { ok: true, share });
    assert.deepEqual(await verifyShare(KEY, token, '2026-11-29T09:59:59.999Z'), { ok: true, share });
    assert.deepEqual(await verifyShare(KEY, token, EXPIRES), { ok: false, reason: 'expired' });
  });

  it('are refused with one letter changed, anywhere', async () => {
    const token = await signShare(KEY, { jobId: JOB, expiresAt: EXPIRES });
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      assert.deepEqual(await verifyShare(KEY, changed, NOW), { ok: false, reason: 'not-valid' }, changed);
    }
  });

  it('are refused when signed with another key, unsigned, or something else', async () => {
    const other = await signShare(randomBytes(32), { jobId: JOB, expiresAt: EXPIRES });
    const token = await signShare(KEY, { jobId: JOB, expiresAt: EXPIRES });
    const [payload = ''] = token.split('.');
    const unsigned = [
      other,
      payload,
      `${payload}.`,
      `.${payload}`,
      `${token}.x`,
      `${token}=`,
      '',
      '.',
      '..',
      token.repeat(9),
    ];
    for (const text of unsigned) {
      assert.deepEqual(await verifyShare(KEY, text, NOW), { ok: false, reason: 'not-valid' }, text);
    }
  });
});
