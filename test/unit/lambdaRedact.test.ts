import assert from 'node:assert/strict';
import { makeKey } from '../../backend/core/keys.ts';
import { signShare } from '../../backend/core/share.ts';
import { redact, redactText } from '../../backend/lambda/redact.ts';
import { CRAMBIN } from '../support/coreWorld.ts';

const AT = '2026-11-22T10:00:00.000Z';

describe('what the functions write to their logs', () => {
  it('has no keys, but their public part', async () => {
    const { text, record } = await makeKey({ name: 'x', role: 'user' }, AT);
    const shown = redactText(`key ${text} and {"authorization":"Bearer ${text}"}`);
    assert.ok(!shown.includes(text.slice(16)));
    assert.ok(redactText(`key ${text}`).includes(record.id));
  });

  it('has no links that open results', async () => {
    const token = await signShare(new Uint8Array(32), { jobId: 'j', expiresAt: AT });
    assert.equal(
      redactText(`GET https://x.org/shared/${token}/ranked_0.pdb`),
      'GET https://x.org/shared/…/ranked_0.pdb',
    );
    const signed = 'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA%2F1&X-Amz-Signature=abc&X-Amz-Security-Token=t';
    assert.equal(
      redactText(signed),
      'https://b.s3.amazonaws.com/k?X-Amz-Credential=…&X-Amz-Signature=…&X-Amz-Security-Token=…',
    );
  });

  it('has no sequences', () => {
    const error = new Error(`bad sequence ${CRAMBIN.split('\n')[1]}`);
    assert.match(String(redact(error)), /bad sequence \[sequence\]/);
    assert.deepEqual(redact({ request: { fasta: 'x', sequence: '>a\nMK' } }), {
      request: { fasta: 'x', sequence: '…' },
    });
  });

  it('keeps everything else', () => {
    const facts = { jobId: '5f0c6f43-4cf5-4a3c-9d0f-7b7d1f6a2e55', n: 1, on: true, none: null, list: ['RUNNING', 2] };
    assert.deepEqual(redact(facts), facts);
    for (const text of ['ACCESS DENIED', 'ThrottlingException: Rate exceeded', 's3://bucket/output/x/result.json']) {
      assert.equal(redactText(text), text);
    }
  });
});
