import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { Job } from '../../backend/api/job.ts';
import { shareExpiry, signShare } from '../../backend/core/share.ts';
import { createApp } from '../../backend/http/app.ts';
import { type ApiWorld, apiWorld } from '../support/apiWorld.ts';

const KEY = randomBytes(32);
const PUBLIC = 'https://api.example.org';

describe('share links', () => {
  let world: ApiWorld;
  let job: Job;
  let token: string;
  beforeEach(async () => {
    world = apiWorld();
    job = await world.succeed();
    token = await signShare(KEY, { jobId: job.id, expiresAt: shareExpiry(world.deps.clock.now()) });
  });
  afterEach(() => world.close());

  const get = async (path: string, method = 'GET') => {
    const app = createApp(world.deps, {
      authenticate: async () => undefined,
      share: { key: async () => KEY, publicUrl: PUBLIC },
    });
    const response = await app.fetch(new Request(`${PUBLIC}${path}`, { method }));
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  it('show a page of all files, to be fetched at once or one by one', async () => {
    const page = await get(`/shared/${token}/`);
    assert.equal(page.status, 200, page.text);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(page.text, /<a href="\.\/ranked_0\.pdb">ranked_0\.pdb<\/a><\/td><td class="number">79 bytes/);
    assert.match(page.text, /<a href="\.\/result\.json">/);
    assert.match(page.text, /A predicted structure, not a measured one/);
    assert.match(page.text, /81\.5 of 100 \(estimated CA-lDDT\)/);
    assert.ok(page.text.includes(`-o crambin/ranked_0.pdb ${PUBLIC}/shared/${token}/ranked_0.pdb`));
    assert.match(page.text, /aws s3 sync \S+output\/\S+\/ crambin/);
    assert.match(page.text, /works until 2026-11-29 10:00 UTC/);
    const file = await get(`/shared/${token}/ranked_0.pdb`);
    assert.match(file.text, /^ATOM/);
    assert.equal(JSON.parse((await get(`/shared/${token}/result.json`)).text).job_id, job.id);
  });

  it('need the slash that the page’s links stand on', async () => {
    const answer = await get(`/shared/${token}`);
    assert.equal(answer.status, 302);
    const target = new URL(answer.headers.get('location') ?? '', `${PUBLIC}/shared/${token}`);
    assert.equal(target.pathname, `/shared/${token}/`);
  });

  it('let nothing run, be framed, be indexed or be told to others', async () => {
    const { headers, text } = await get(`/shared/${token}/`);
    const style = createHash('sha256')
      .update(/<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '')
      .digest('base64');
    assert.equal(
      headers.get('content-security-policy'),
      `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.ok(!/<script|\son\w+=|style="/i.test(text));
  });

  it('escape everything that people and engines have written', async () => {
    const evil = `<script>alert("x")</script>'"&`;
    await world.publish(job, { name: evil, warnings: [evil], method: evil, engine_version: evil });
    const { text } = await get(`/shared/${token}/`);
    assert.ok(!text.includes('<script'));
    assert.equal(text.split('&lt;script&gt;').length - 1, 5);
  });

  it('lead to nothing that the result does not name', async () => {
    for (const path of [
      '../result.json',
      '..%2f..%2finput%2fx',
      '%2e%2e/failure.json',
      'failure.json',
      '/etc/passwd',
      'x%00',
    ]) {
      const answer = await get(`/shared/${token}/${path}`);
      assert.notEqual(answer.status, 200, path);
      assert.ok(!/ATOM|root:/.test(answer.text));
    }
  });

  it('are refused when expired, tampered with, or of a deleted job; never logged', async () => {
    world.pass(7 * 24 * 3600 + 1);
    const expired = await get(`/shared/${token}/ranked_0.pdb`);
    assert.equal(expired.status, 403);
    assert.match(expired.text, /This link has expired\. Ask whoever sent it/);
    const [payload = '', signature = ''] = token.split('.');
    const stolen = Buffer.from(JSON.stringify({ job: job.id, exp: 4_000_000_000 })).toString('base64url');
    for (const bad of [`${stolen}.${signature}`, payload, `${payload}.`, 'x', `${payload}.${signature}A`]) {
      for (const path of ['/', '/ranked_0.pdb', '/result.json']) {
        const answer = await get(`/shared/${bad}${path}`);
        assert.equal(answer.status, 403, bad + path);
        assert.match(answer.text, /This link is not valid/);
      }
    }
    assert.equal((await get('/shared/')).status, 404);
    const logged = world.logged.join('\n');
    assert.match(logged, /share link refused \{"reason":"not-valid"\}/);
    assert.ok(!logged.includes(payload) && !logged.includes(signature));
  });

  it('end with their job', async () => {
    await world.call('DELETE', `/${job.id}`);
    await world.work();
    const gone = await get(`/shared/${token}/`);
    assert.equal(gone.status, 404);
    assert.match(gone.text, /has been deleted/);
  });

  it('open nothing else, and do not exist where none were set up', async () => {
    assert.equal((await get('/')).status, 401);
    assert.equal((await get('/shared')).status, 401);
    assert.equal((await get(`/shared/${token}/`, 'POST')).status, 404);
    assert.equal((await world.call('GET', `/shared/${token}/`)).status, 404);
    assert.equal((await world.call('GET', `/shared/${token}/`, undefined, { authorization: '' })).status, 401);
  });
});
