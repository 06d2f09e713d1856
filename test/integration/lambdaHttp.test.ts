// The app as API Gateway calls it: events in, answers out, over the real stores of the local backend.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { wireSubmittedSchema } from '../../backend/api/wireAnswers.ts';
import type { ObjectStore } from '../../backend/core/ports.ts';
import { signShare } from '../../backend/core/share.ts';
import { httpHandler } from '../../backend/lambda/http.ts';
import { Telemetry } from '../../backend/lambda/telemetry.ts';
import { type ApiWorld, apiWorld } from '../support/apiWorld.ts';
import { ADA, BOB, CRAMBIN, ROOT } from '../support/coreWorld.ts';
import { type Captured, captured } from '../support/lambda/captured.ts';
import { type HttpRequest, httpEvent, lambdaContext } from '../support/lambda/events.ts';

const SHARE_KEY = randomBytes(32);
const SUBMISSION = [{ fasta: 'crambin', sequence: CRAMBIN }];

describe('the app behind API Gateway', () => {
  let world: ApiWorld;
  beforeEach(() => {
    world = apiWorld();
  });
  afterEach(() => world.close());

  const ask = (request: HttpRequest): Promise<Captured<APIGatewayProxyStructuredResultV2>> => send(httpEvent(request));
  /** With a path that is nothing but a path, as ada. */
  const askRaw = (rawPath: string) => send({ ...httpEvent({ principal: ADA }), rawPath });
  function send(event: APIGatewayProxyEventV2): Promise<Captured<APIGatewayProxyStructuredResultV2>> {
    return captured(() => {
      const telemetry = new Telemetry('foldpad', 'test');
      const share = { key: async () => SHARE_KEY, publicUrl: 'https://api.example.org' };
      return httpHandler({ deps: world.deps, telemetry, share })(event, lambdaContext());
    });
  }
  const statusOf = async (request: HttpRequest): Promise<number | undefined> => (await ask(request)).value.statusCode;
  const submit = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    ask({ method: 'POST', headers, body, principal: ADA });

  it('knows callers by what the authorizer found, and by nothing that they say themselves', async () => {
    const job = await world.succeed();
    const path = `/${job.id}`;
    assert.equal(await statusOf({ path, principal: ADA }), 200);
    assert.equal(await statusOf({ path, principal: ROOT }), 200);
    assert.equal(await statusOf({ path, principal: BOB }), 404);
    const forged = {
      authorization: 'root-key',
      'x-amzn-request-context': JSON.stringify({ authorizer: { lambda: ROOT } }),
      'x-amz-requestcontext': JSON.stringify({ authorizer: { lambda: ROOT } }),
      'requestcontext.authorizer.lambda.role': 'admin',
      owner: 'root',
      role: 'admin',
    };
    assert.equal(await statusOf({ path, headers: forged }), 401);
    assert.equal(await statusOf({ path, headers: forged, principal: BOB }), 404);
    for (const principal of [{ owner: '', role: 'user' }, { owner: 'ada', role: 'root' }, { role: 'admin' }, {}]) {
      assert.equal(await statusOf({ path, principal: principal as never }), 401, JSON.stringify(principal));
    }
  });

  it('takes bodies as text, in base 64, and packed', async () => {
    const text = JSON.stringify(SUBMISSION);
    const packed = gzipSync(text);
    for (const [body, headers] of [
      [text, {}],
      [Buffer.from(text), {}],
      [packed, { 'content-encoding': 'gzip' }],
    ] as const) {
      const { value } = await submit(body, headers);
      assert.equal(value.statusCode, 202, value.body);
      assert.equal(wireSubmittedSchema.parse(JSON.parse(value.body ?? '')).data[0]?.job_status, 'QUEUED');
    }
  });

  it('takes CANCEL and its twins, but from nobody’s header', async () => {
    const { value } = await submit(JSON.stringify(SUBMISSION));
    const [job] = JSON.parse(value.body ?? '').data;
    const path = `/${job.id}`;
    const header = { 'x-foldpad-method': 'CANCEL' };
    assert.equal(await statusOf({ method: 'POST', path, headers: header, principal: ADA }), 405);
    assert.equal((await world.job(job.id)).status, 'QUEUED');
    assert.equal(await statusOf({ method: 'CANCEL', path, principal: BOB }), 404);
    assert.equal(await statusOf({ method: 'CANCEL', path, principal: ADA }), 202);
    assert.equal((await world.job(job.id)).status, 'CANCELLED');
    await submit(JSON.stringify(SUBMISSION));
    assert.equal(JSON.parse((await ask({ method: 'CANCEL', principal: ADA })).value.body ?? '').data.length, 1);
    assert.equal(await statusOf({ method: 'POST', path: '/cancel', principal: ADA }), 200);
  });

  it('counts what was submitted', async () => {
    const { metrics } = await submit(JSON.stringify([...SUBMISSION, ...SUBMISSION, ...SUBMISSION]));
    assert.equal(metrics.JobsSubmitted, 3);
    assert.equal((await submit('[]')).metrics.JobsSubmitted, undefined);
  });

  it('packs long answers for those who can unpack them', async () => {
    await submit(JSON.stringify(Array.from({ length: 20 }, () => SUBMISSION[0])));
    const plain = (await ask({ principal: ADA })).value;
    assert.equal(plain.isBase64Encoded, false);
    for (const accept of ['gzip', 'br, gzip', 'deflate;q=0.5, gzip;q=1.0']) {
      const { value } = await ask({ principal: ADA, headers: { 'accept-encoding': accept } });
      assert.equal(value.headers?.['content-encoding'], 'gzip');
      assert.equal(value.isBase64Encoded, true);
      assert.equal(gunzipSync(Buffer.from(value.body ?? '', 'base64')).toString(), plain.body);
    }
    for (const accept of ['br', 'gzip;q=0', 'gzipped', '']) {
      const { value } = await ask({ principal: ADA, headers: { 'accept-encoding': accept } });
      assert.equal(value.body, plain.body, accept);
    }
  });

  it('refuses with a sentence what Lambda would not let through', async () => {
    const job = await world.succeed();
    const line = { runId: job.runs[0]?.id ?? '', stage: 'predict' as const, text: 'x'.repeat(1000) };
    world.logs.lines.set(
      job.id,
      Array.from({ length: 6000 }, () => line),
    );
    const path = `/${job.id}/logs?limit=6000`;
    const { value } = await ask({ path, principal: ADA });
    assert.equal(value.statusCode, 400);
    assert.equal(value.headers?.['content-type'], 'application/problem+json');
    assert.match(value.body ?? '', /larger than AWS Lambda lets through.*Ask for less at once/);
    assert.equal(await statusOf({ path, principal: ADA, headers: { 'accept-encoding': 'gzip' } }), 200);
    assert.equal(await statusOf({ path: `/${job.id}/logs?limit=1000`, principal: ADA }), 200);
  });

  it('sends large things to the store', async () => {
    const job = await world.succeed();
    const objects: ObjectStore = world.deps.objects;
    objects.deliver = async (key) => ({ kind: 'redirect', url: `https://bucket.example.org/${key}?X-Amz-Signature=s` });
    const { value, text } = await ask({ path: `/${job.id}/results/ranked_0.pdb`, principal: ADA });
    assert.equal(value.statusCode, 302);
    assert.match(String(value.headers?.location), new RegExp(`/output/${job.id}/attempt-.*ranked_0\\.pdb`));
    assert.equal(value.headers?.['cache-control'], 'no-store');
    assert.ok(!text.includes('X-Amz-Signature=s'));
  });

  it('takes a path for what it names, however the gateway hands it over', async () => {
    const job = await world.succeed();
    const name = 'pair 1#2? 50% ü.pdb';
    await world.publish(job, { files: [{ path: name, size: 3, sha256: '0'.repeat(64) }] });
    await world.deps.objects.write(`output/${job.id}/${name}`, new TextEncoder().encode('abc'));
    const rawPath = `/${job.id}/results/${name}`;
    for (const path of [rawPath, `/${job.id}/results/${encodeURIComponent(name)}`]) {
      const { value } = await askRaw(path);
      assert.equal(value.statusCode, 200, `${path}: ${value.body}`);
      assert.equal(Buffer.from(value.body ?? '', 'base64').toString(), 'abc');
    }
    for (const path of [`${rawPath}\0`, `${rawPath} `, `/${job.id}/results\\${name}`, `${rawPath}#`]) {
      assert.equal((await askRaw(path)).value.statusCode, 404, JSON.stringify(path));
    }
  });

  it('refuses paths that lead elsewhere', async () => {
    const job = await world.succeed();
    const other = await world.succeed();
    for (const trick of [
      '../result.json',
      `..%2f${other.id}%2fresult.json`,
      '%2e%2e/%2e%2e/input/x',
      'attempt-1-9f3c2a/../../x',
      '%00',
      '..\\..\\x',
      '/etc/passwd',
      'failure.json',
    ]) {
      const { value } = await ask({ path: `/${job.id}/results/${trick}`, principal: ADA });
      assert.ok([400, 404].includes(value.statusCode ?? 0), `${trick}: ${value.statusCode} ${value.body}`);
    }
    for (const name of [
      '../x.fasta',
      '/etc/passwd',
      'a/../../b',
      `${job.id}/target.fasta`,
      'a\\b',
      'a//b',
      '.',
      'x\0y',
    ]) {
      const { value } = await submit(JSON.stringify([{ fasta: 'x', file_name: name }]));
      assert.equal(value.statusCode, 422, `${name}: ${value.body}`);
      assert.match(value.body ?? '', /file_name/);
    }
  });

  it('opens share links without a key, and refuses tampered and expired ones without logging them', async () => {
    const job = await world.succeed();
    const token = await signShare(SHARE_KEY, { jobId: job.id, expiresAt: '2026-11-29T00:00:00.000Z' });
    const open = await ask({ path: `/shared/${token}/` });
    assert.equal(open.value.statusCode, 200);
    assert.match(open.value.body ?? '', /ranked_0\.pdb/);
    const [payload = '', signature = ''] = token.split('.');
    world.pass(8 * 24 * 3600);
    for (const path of [`/shared/${token}/`, `/shared/${token}/ranked_0.pdb`, `/shared/${payload}.AAAA/`]) {
      const { value, text } = await ask({ path });
      assert.equal(value.statusCode, 403);
      assert.match(text, /share link refused/);
      assert.ok(!text.includes(payload) && !text.includes(signature));
    }
  });

  it('logs its own trouble under the request’s id, without the key or the sequence', async () => {
    const jobs = world.deps.jobs;
    jobs.create = async () => {
      throw new Error(`the table is gone; ${CRAMBIN}`);
    };
    const secret = `fp_k3m7qpl2xz5a_${'s'.repeat(43)}`;
    const { value, text, lines, metrics } = await submit(JSON.stringify(SUBMISSION), {
      authorization: `Bearer ${secret}`,
      cookie: secret,
    });
    assert.equal(value.statusCode, 500);
    assert.ok(!value.body?.includes('table'));
    const error = lines.find(({ level }) => level === 'ERROR');
    assert.match(error?.error, /the table is gone/);
    assert.ok(error?.requestId);
    assert.equal(error?.owner, 'ada');
    assert.ok(!text.includes('s'.repeat(43)));
    assert.ok(!text.includes('TTCCPSIVARSNFNVCRLPGTPEAICATYTGCIIIPGATCPGDYAN'));
    assert.equal(metrics.RequestErrors, 1);
  });
});
