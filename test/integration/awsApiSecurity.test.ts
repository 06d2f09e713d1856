// Who may do what, asked of the API as it is deployed: through the gateway, the authorizer and the functions.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { ROUTES } from '../../backend/api/routes.ts';
import { emulatorLogs } from '../support/emulatorLogs.ts';
import { lambdaBundles } from '../support/lambda/bundles.ts';
import { needsMiniStack } from '../support/miniStack.ts';
import { rawGet } from '../support/rawGet.ts';
import { type Rehearsal, startRehearsal } from '../support/rehearsal.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { target, testRunnerImage } from '../support/testImage.ts';

/** A sequence that must be found in no log. */
const SEQUENCE = target().split('\n')[1] ?? '';
const PATIENCE_MS = 60_000;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

describe('the deployed API: security', function () {
  this.timeout(180_000);
  const { folder, remove } = temporaryFolder();
  let rehearsal: Rehearsal;
  let ada: string;
  let bob: string;
  /** Revoked by its test. */
  let carol: string;
  let jobId: string;

  async function call(key: string | undefined, method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${rehearsal.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  async function ended(id: string): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { job } = await rehearsal.admin.get(id);
      if (['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(job.status)) return job.status;
      assert.ok(Date.now() < deadline, `${id} is ${job.status}`);
      await delay(250);
    }
  }

  /** The key that signs the share links, as it is stored. */
  async function shareKey(): Promise<string> {
    const { Parameter: parameter } = await rehearsal.aws.ssm.send(
      new GetParameterCommand({ Name: rehearsal.names.shareKeyParameter, WithDecryption: true }),
    );
    assert.ok(parameter?.Value);
    return parameter.Value;
  }

  before(async function () {
    needsMiniStack(this);
    rehearsal = await startRehearsal({ bundles: await lambdaBundles(), homology: testRunnerImage(folder) });
    ada = await rehearsal.newKey('Ada');
    bob = await rehearsal.newKey('Bob');
    const [job] = await rehearsal.client(ada).submit([{ fasta: 'crambin', sequence: target(), que: 'cpu' }]);
    jobId = job?.id ?? '';
    assert.equal(await ended(jobId), 'SUCCEEDED');
  });
  after(async () => {
    await rehearsal?.stop();
    remove();
  });

  it('every route but the open ones refuses who has no key or a wrong one', async () => {
    const wrong = `${ada.slice(0, -2)}${ada.endsWith('AA') ? 'BB' : 'AA'}`;
    const keys = [
      undefined,
      '',
      'Bearer ',
      'fp_',
      wrong,
      `Bearer ${wrong}`,
      `Basic ${ada}`,
      `${ada} ${ada}`,
      `${ada}\tx`,
    ];
    const open = ['/health', '/openapi.json'];
    for (const { method, path } of Object.values(ROUTES)) {
      if (open.includes(path)) continue;
      const address = path.replace('{id}', jobId).replace('{path}', 'ranked_0.pdb');
      for (const key of path === '/' && method === 'GET' ? keys : [undefined, wrong]) {
        const { status, text } = await call(key, method, address);
        assert.ok([401, 403].includes(status), `${method} ${path} with ${JSON.stringify(key)}: ${status} ${text}`);
        assert.doesNotMatch(text, new RegExp(SEQUENCE));
      }
    }
    assert.equal((await rehearsal.admin.get(jobId)).job.status, 'SUCCEEDED');
  });

  it('the open routes tell nothing of anybody', async () => {
    const health = await call(undefined, 'GET', '/health');
    assert.deepEqual(Object.keys(JSON.parse(health.text)).sort(), ['backend', 'status', 'version']);
    assert.equal((await call(undefined, 'GET', '/openapi.json')).status, 200);
  });

  it('the article’s plain header and Bearer are the same', async () => {
    assert.equal((await call(ada, 'GET', `/${jobId}`)).status, 200);
    assert.equal((await call(`Bearer ${ada}`, 'GET', `/${jobId}`)).status, 200);
  });

  it('another user’s job is not there: not to read, log, fetch, cancel or delete, and in no list', async () => {
    for (const [method, path] of [
      ['GET', `/${jobId}`],
      ['GET', `/${jobId}/logs`],
      ['GET', `/${jobId}/results`],
      ['GET', `/${jobId}/results/ranked_0.pdb`],
      ['DELETE', `/${jobId}`],
      ['POST', `/${jobId}/cancel`],
      ['CANCEL', `/${jobId}`],
    ] as const) {
      const { status, text } = await call(bob, method, path);
      assert.equal(status, 404, `${method} ${path}: ${text}`);
      assert.doesNotMatch(text, /crambin|ada/i);
    }
    const { text } = await call(bob, 'GET', '/');
    assert.deepEqual(JSON.parse(text).data, []);
    // Bulk calls reach the caller's own jobs only.
    for (const [method, path] of [
      ['DELETE', '/'],
      ['POST', '/cancel'],
      ['CANCEL', '/'],
    ] as const) {
      assert.deepEqual(JSON.parse((await call(bob, method, path)).text).data, [], `${method} ${path}`);
    }
    assert.equal((await call(ada, 'GET', `/${jobId}`)).status, 200);
    assert.equal((await rehearsal.admin.list()).jobs.length, 1);
  });

  it('keys are managed by admins only, and nobody can ask for a role by a header', async () => {
    for (const [method, path, body] of [
      ['GET', '/keys', undefined],
      ['POST', '/keys', { name: 'mine', role: 'admin' }],
      ['DELETE', '/keys/aaaaaaaaaaaa', undefined],
    ] as const) {
      assert.equal((await call(bob, method, path, body)).status, 403, `${method} ${path}`);
    }
    const response = await fetch(`${rehearsal.url}/keys`, {
      headers: { authorization: bob, 'x-foldpad-method': 'CANCEL', role: 'admin', 'x-amzn-role': 'admin' },
    });
    assert.equal(response.status, 403);
    const listed = await call(rehearsal.adminKey, 'GET', '/keys');
    assert.equal(listed.status, 200);
    for (const key of [ada, bob, rehearsal.adminKey]) assert.ok(!listed.text.includes(key.slice(-43)));
    assert.doesNotMatch(listed.text, /[0-9a-f]{64}/, 'hashes are nobody’s business either');
  });

  for (const fileName of [
    '../secret.fasta',
    '..',
    '/etc/passwd',
    'a/../../output/x',
    './x',
    'a//b',
    '..\\windows',
    'a\u0000b',
    'input/../output/x',
    '%2e%2e/x',
    's3://bucket/x',
  ]) {
    it(`file_name ${JSON.stringify(fileName)} leads nowhere`, async () => {
      const { status, text } = await call(ada, 'POST', '/', { fasta: 'x', file_name: fileName, que: 'cpu' });
      assert.equal(status, 422, text);
      assert.match(text, /file_name/);
    });
  }

  it('a result path leads to what the manifest names, and nowhere else', async () => {
    const paths = [
      '../input/target.fasta',
      '..%2f..%2finput%2ftarget.fasta',
      '%2e%2e/%2e%2e/input/target.fasta',
      '%252e%252e/x',
      '..%5c..%5cx',
      '/ranked_0.pdb',
      'ranked_0.pdb/',
      'ranked_0.pdb%00',
      'job.json',
      'failure.json',
      'nothing.pdb',
      `../${jobId}/ranked_0.pdb`,
    ];
    for (const path of paths) {
      const { status, text } = await rawGet(rehearsal.url, `/${jobId}/results/${path}`, ada);
      assert.ok([400, 403, 404, 422].includes(status), `${path}: ${status} ${text}`);
      assert.doesNotMatch(text, new RegExp(SEQUENCE));
    }
  });

  it('an open route is no way round the authorizer', async () => {
    for (const path of [
      `/shared/../${jobId}`,
      `/shared/%2e%2e/${jobId}`,
      `/shared/x/../../${jobId}/logs`,
      '/shared/../keys',
    ]) {
      const { status, text } = await rawGet(rehearsal.url, path);
      assert.ok([401, 403, 404].includes(status), `${path}: ${status} ${text}`);
      assert.doesNotMatch(text, /crambin/);
    }
  });

  it('a file is a redirect that ends within fifteen minutes and serves this one file', async () => {
    const { status, headers } = await call(ada, 'GET', `/${jobId}/results/ranked_0.pdb`);
    assert.equal(status, 302);
    const address = new URL(headers.get('location') ?? '');
    assert.ok(Number(address.searchParams.get('X-Amz-Expires')) <= 900);
    assert.match(headers.get('cache-control') ?? '', /no-store|private/);
    const file = await fetch(address);
    assert.match(await file.text(), /^ATOM/m);
    address.pathname = address.pathname.replace('ranked_0.pdb', 'result.json');
    assert.equal((await fetch(address)).status, 403);
  });

  it('a share link opens its job until it ends, and no changed link opens anything', async () => {
    const mail = await rehearsal.mailbox.waitFor(jobId);
    const link = new URL(/https?:\/\/\S+\/shared\/\S+/.exec(mail.text)?.[0] ?? '');
    const page = await fetch(link);
    assert.equal(page.status, 200);
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe-inline.*script|script-src/);
    const token = link.pathname.split('/shared/')[1]?.replace('/', '') ?? '';
    const [payload = '', signature = ''] = token.split('.');
    const sign = (text: string, key: string | Buffer) =>
      `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const real = Buffer.from(await shareKey(), 'base64url');
    const later = Math.floor(Date.now() / 1000) + 3600;
    assert.equal(sign(payload, real), token, 'the test signs as the backend does');
    for (const [what, bad] of [
      ['another signature', `${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`],
      ['no signature', `${payload}.`],
      ['another key', sign(payload, 'guessed')],
      ['an empty key', sign(payload, '')],
      ['a longer life', `${base64({ job: jobId, exp: later })}.${signature}`],
      ['a life that is over', sign(base64({ job: jobId, exp: 1 }), real)],
      ['text', 'token'],
    ] as const) {
      for (const path of ['', 'ranked_0.pdb']) {
        const answer = await fetch(`${rehearsal.url}/shared/${bad}/${path}`, { redirect: 'manual' });
        assert.equal(answer.status, 403, what);
        assert.doesNotMatch(await answer.text(), /ranked_0/, what);
      }
    }
    for (const path of [`..%2f..%2finput%2f${jobId}%2ftarget.fasta`, `../../input/${jobId}/target.fasta`, 'job.json']) {
      const { status, text } = await rawGet(rehearsal.url, `/shared/${token}/${path}`);
      assert.ok([400, 401, 403, 404].includes(status), `${path}: ${status}`);
      assert.doesNotMatch(text, new RegExp(SEQUENCE));
    }
  });

  it('a body that is too large or no JSON is refused in words', async () => {
    const huge = await call(ada, 'POST', '/', { fasta: 'x', sequence: 'A'.repeat(6_000_000), que: 'cpu' });
    assert.ok([400, 413, 422].includes(huge.status), `${huge.status} ${huge.text.slice(0, 200)}`);
    const response = await fetch(`${rehearsal.url}/`, { method: 'POST', headers: { authorization: ada }, body: '{"' });
    assert.equal(response.status, 400);
    assert.match(response.headers.get('content-type') ?? '', /problem\+json/);
  });

  it('a revoked key is refused within a minute', async () => {
    carol = await rehearsal.newKey('Carol');
    assert.equal((await call(carol, 'GET', '/')).status, 200);
    const id = carol.split('_')[1] ?? '';
    assert.equal((await call(rehearsal.adminKey, 'DELETE', `/keys/${id}`)).status, 200);
    const deadline = Date.now() + PATIENCE_MS;
    while ((await call(carol, 'GET', '/')).status === 200) {
      assert.ok(Date.now() < deadline, 'it is taken after a minute still');
      await delay(1_000);
    }
  });

  it('no log holds a key, its secret, a share key or a sequence; refusals are logged', async () => {
    const logs = await emulatorLogs(rehearsal.miniStack);
    const everything = [...logs.values(), rehearsal.miniStack.log()].join('\n');
    for (const key of [ada, bob, carol, rehearsal.adminKey]) {
      assert.ok(!everything.includes(key.slice(-43)), 'a secret was logged');
    }
    assert.ok(!everything.includes(await shareKey()), 'the key of the share links was logged');
    assert.ok(!everything.includes(SEQUENCE), 'a sequence was logged');
    const authorizer = logs.get('/aws/lambda/foldpad-authorizer') ?? '';
    assert.match(authorizer, /wrong secret/);
    assert.match(authorizer, /revoked/);
  });
});
