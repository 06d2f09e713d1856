import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MYOGLOBIN } from '../support/runnerJob.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at the JSON as a client without types does.
  readonly body: any;
}

/** What `curl -X METHOD` sends. */
function call(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: text === '' ? '' : JSON.parse(text) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('local server', function () {
  this.timeout(180_000);
  const { folder, remove } = temporaryFolder();
  const data = path.join(folder, 'data');
  let server: ServerProcess;
  const withKey = (): Record<string, string> => ({ Authorization: server.key });
  const ask = (method: string, to: string, body?: string): Promise<Answer> =>
    call(server.url + to, method, withKey(), body);

  before(async () => {
    server = await ServerProcess.start(data, ['--slots', '1']);
  });
  after(async () => {
    await server.stop();
    remove();
  });

  async function until(id: string, ...statuses: readonly string[]): Promise<Answer['body']> {
    for (;;) {
      const { body } = await ask('GET', `/${id}`);
      if (statuses.includes(body.data?.job_status)) return body;
      await sleep(50);
    }
  }

  /** Puts a FASTA file where the article's users put theirs. */
  function putInput(name: string, told: string): void {
    mkdirSync(path.join(data, 'store', 'input'), { recursive: true });
    writeFileSync(path.join(data, 'store', 'input', name), `>${name} ${told}\n${MYOGLOBIN}\n`);
  }

  it('prints where it is, and keeps everything for its owner', () => {
    const { announcement } = server;
    assert.match(announcement.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(announcement.keyFile, path.join(data, 'key'));
    assert.deepEqual(JSON.parse(readFileSync(path.join(data, 'server.json'), 'utf8')), announcement);
    assert.equal(statSync(data).mode & 0o777, 0o700);
    for (const file of ['key', 'server.json', 'server.log']) {
      assert.equal(statSync(path.join(data, file)).mode & 0o777, 0o600, file);
    }
    assert.ok(Buffer.from(server.key, 'base64url').length >= 32);
    assert.ok(!readFileSync(path.join(data, 'server.log'), 'utf8').includes(server.key));
  });

  it('takes the article’s own calls unchanged', async () => {
    putInput('hbb.fasta', 'ms=100 lines=3');
    putInput('long.fasta', 'ms=60000');
    const command = (fasta: string, fileName: string): object => ({
      fasta,
      file_name: fileName,
      db_preset: 'full_dbs',
      model_preset: 'monomer',
      max_template_date: '2021-11-01',
      que: 'high',
      comment: '测试：血红蛋白',
      gpu: 2,
    });
    const orders = [command('HBB_HUMAN', 'hbb.fasta'), command('LONG', 'long.fasta'), command('LONG2', 'long.fasta')];
    const posted = await ask('POST', '/', JSON.stringify(orders));
    assert.equal(posted.status, 202, JSON.stringify(posted.body));
    const [hbb, long, waiting] = posted.body.data as { id: string }[];
    assert.ok(hbb && long && waiting);

    const all = await ask('GET', '/');
    assert.deepEqual(
      new Set(all.body.data.map((job: { id: string }) => job.id)),
      new Set([hbb.id, long.id, waiting.id]),
    );
    const done = await until(hbb.id, 'SUCCEEDED', 'FAILED');
    assert.equal(done.data.job_status, 'SUCCEEDED', JSON.stringify(done.data.failure));
    assert.equal(done.data.comment, '测试：血红蛋白');
    assert.match(done.data.warnings.join(' '), /gpu/);
    assert.match(done.data.warnings.join(' '), /queue high is served by local/);
    assert.ok(done.logs.data.some(({ text }: { text: string }) => text.includes('line 2 – ångström')));

    await until(long.id, 'RUNNING');
    assert.match((await until(waiting.id, 'RUNNABLE')).data.status_reason, /waiting for a free slot: 1 of 1 busy/);
    const refused = await ask('DELETE', `/${long.id}`);
    assert.deepEqual([refused.status, refused.body.type], [409, 'urn:foldpad:problem:job-is-live']);

    const cancelled = await ask('CANCEL', `/${long.id}`);
    assert.equal(cancelled.status, 202, JSON.stringify(cancelled.body));
    await until(long.id, 'CANCELLED');
    await until(waiting.id, 'RUNNING');
    const bulk = await ask('CANCEL', '/');
    assert.deepEqual([bulk.status, bulk.body.data.map((o: { id: string }) => o.id)], [200, [waiting.id]]);
    await until(waiting.id, 'CANCELLED');

    assert.ok((await ask('DELETE', `/${hbb.id}`)).status < 300);
    while ((await ask('GET', `/${hbb.id}`)).status !== 404) await sleep(20);
    assert.equal((await ask('DELETE', '/')).body.data.length, 2);
    while ((await ask('GET', '/')).body.data.length > 0) await sleep(20);
    // The job's own objects and logs are gone, the user's files are not.
    assert.deepEqual(readdirSync(path.join(data, 'store', 'output')), []);
    assert.deepEqual(readdirSync(path.join(data, 'store', 'input')).sort(), ['hbb.fasta', 'long.fasta']);
    assert.deepEqual(readdirSync(path.join(data, 'runs')), []);
  });

  it('answers the same to CANCEL in lower case and to its POST twins', async () => {
    for (const [method, to] of [
      ['cancel', '/'],
      ['CANCEL', '/'],
      ['POST', '/cancel'],
    ] as const) {
      assert.deepEqual(await ask(method, to), { status: 200, body: { data: [] } });
    }
    const missing = '00000000-0000-4000-8000-000000000000';
    for (const [method, to] of [
      ['CANCEL', `/${missing}`],
      ['POST', `/${missing}/cancel`],
    ] as const) {
      assert.equal((await ask(method, to)).status, 404);
    }
  });

  it('gives no client the private header that stands for CANCEL', async () => {
    const forged = { ...withKey(), 'X-Foldpad-Method': 'CANCEL' };
    assert.equal((await call(`${server.url}/`, 'POST', forged, 'not json')).status, 400);
  });

  it('takes no other key, and tells nothing without one', async () => {
    for (const Authorization of ['', 'wrong', server.key.slice(1), `${server.key}x`, `Basic ${server.key}`]) {
      for (const method of ['GET', 'POST', 'DELETE', 'CANCEL']) {
        assert.equal((await call(`${server.url}/`, method, { Authorization })).status, 401);
      }
    }
    assert.equal((await call(`${server.url}/`, 'GET', { Authorization: `Bearer ${server.key}` })).status, 200);
    assert.equal((await call(`${server.url}/health`, 'GET')).status, 200);
  });

  it('refuses foreign hosts and web pages, with the right key too', async () => {
    const { port } = new URL(server.url);
    for (const Host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:1${port}`]) {
      const { status, body } = await call(`${server.url}/`, 'GET', { ...withKey(), Host });
      assert.equal(status, 403, Host);
      assert.match(body.detail, /127\.0\.0\.1/);
    }
    for (const Host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      assert.equal((await call(`${server.url}/`, 'GET', { ...withKey(), Host })).status, 200, Host);
    }
    for (const Origin of ['http://evil.example', 'null', server.url, '']) {
      assert.equal((await call(`${server.url}/`, 'GET', { ...withKey(), Origin })).status, 403, Origin);
    }
  });

  it('lets no second server on its data directory, and says where the first one is', () => {
    const program = path.join(import.meta.dirname, '..', '..', 'backend', 'local', 'main.ts');
    const second = spawnSync(process.execPath, [program, '--port', '0', '--data', data], { encoding: 'utf8' });
    assert.equal(second.status, 1);
    assert.ok(second.stderr.includes(server.url) && second.stderr.includes(String(server.pid)), second.stderr);
    const other = path.join(folder, 'other');
    const { port } = new URL(server.url);
    const samePort = spawnSync(process.execPath, [program, '--port', port, '--data', other], { encoding: 'utf8' });
    assert.equal(samePort.status, 1);
    assert.match(samePort.stderr, /Port \d+ cannot be used .*--port 0/);
  });

  it('says which data directory cannot be used, why, and what to do', () => {
    const program = path.join(import.meta.dirname, '..', '..', 'backend', 'local', 'main.ts');
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    // Node's own way of making folders never ends under /proc.
    for (const unusable of [path.join(file, 'data'), '/proc/nowhere/data']) {
      const { status, stderr } = spawnSync(process.execPath, [program, '--port', '0', '--data', unusable], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.equal(status, 1, stderr);
      assert.ok(stderr.includes(unusable), stderr);
      assert.match(stderr, /cannot be used: E\w+: .*Choose a folder that you may write to/);
    }
  });

  it('leaves predictions alone when it is ended, and takes them over when it starts again', async () => {
    putInput('goes on.fasta', 'ms=3000 steps=20');
    const { body } = await ask('POST', '/', JSON.stringify({ fasta: 'goes on', file_name: 'goes on.fasta' }));
    const [{ id }] = body.data;
    await until(id, 'RUNNING');
    const before = server.pid;
    assert.equal(await server.stop(), 0);
    assert.throws(() => statSync(path.join(data, 'server.json')));
    server = await ServerProcess.start(data, ['--slots', '1']);
    assert.notEqual(server.pid, before);
    const done = await until(id, 'SUCCEEDED', 'FAILED');
    assert.deepEqual(
      [done.data.job_status, done.data.runs[0].attempt],
      ['SUCCEEDED', 1],
      'the same attempt went on to its end',
    );
    await ask('DELETE', '/');
  });

  it('says how a prediction failed, and does not try again what cannot be predicted', async () => {
    putInput('nothing alike.fasta', 'ms=50 exit=3');
    const { body } = await ask('POST', '/', JSON.stringify({ fasta: 'x', file_name: 'nothing alike.fasta' }));
    const { data: job } = await until(body.data[0].id, 'FAILED', 'SUCCEEDED');
    assert.deepEqual([job.job_status, job.failure.code, job.runs[0].attempt], ['FAILED', 'no-template', 1]);
    assert.match(job.failure.message, /best hit 1ABC_A/);
    await ask('DELETE', '/');
  });

  it('ends by itself when it is idle, and not before', async () => {
    const idle = await ServerProcess.start(path.join(folder, 'idle'), ['--idle-exit', '1']);
    assert.equal(await idle.ended(), 0);
    const busyData = path.join(folder, 'busy');
    const busy = await ServerProcess.start(busyData, ['--idle-exit', '5']);
    const sequence = `>t ms=8000\n${MYOGLOBIN}`;
    await busy.client.submit([{ fasta: 'busy', sequence }]);
    assert.equal(await busy.ended(), 0);
    const again = await ServerProcess.start(busyData);
    assert.equal((await again.client.list()).jobs[0]?.status, 'SUCCEEDED', 'it stayed until the job had ended');
    await again.stop();
  });

  it('reports a missing engine with its remedy, and takes no job for it', async () => {
    process.env.FOLDPAD_TEST_ENGINE_MISSING = 'ProMod3 is not installed.';
    const lacking = await ServerProcess.start(path.join(folder, 'lacking'));
    delete process.env.FOLDPAD_TEST_ENGINE_MISSING;
    try {
      const [queue] = await lacking.client.queues();
      assert.deepEqual([queue?.available, queue?.reason], [false, 'ProMod3 is not installed.']);
      assert.match(queue?.remedy ?? '', /npm run engine:install/);
      const sequence = `>t\n${MYOGLOBIN}`;
      await assert.rejects(lacking.client.submit([{ fasta: 'x', sequence }]), /ProMod3.*npm run engine:install/);
    } finally {
      await lacking.stop();
    }
  });

  it('explains arguments that it does not understand', () => {
    const program = path.join(import.meta.dirname, '..', '..', 'backend', 'local', 'main.ts');
    const run = (...args: readonly string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
    const bad = run('--port', 'http', '--data', data);
    assert.equal(bad.status, 2);
    assert.match(bad.stderr, /--port must be a whole number from 0 to 65535, not "http"[\s\S]*Usage/);
    const help = run('--help');
    assert.deepEqual([help.status, help.stdout.startsWith('Usage')], [0, true]);
  });

  it('starts on a directory that a killed server left, with junk in its files', async () => {
    const left = path.join(folder, 'left');
    const killed = await ServerProcess.start(left);
    await killed.signal('SIGKILL');
    writeFileSync(path.join(left, 'server.json'), '{"url": "http://127');
    const next = await ServerProcess.start(left);
    assert.equal(next.key, killed.key, 'the key stays');
    assert.equal((await next.client.health()).status, 'ok');
    await next.stop();
    rmSync(left, { recursive: true });
  });
});
