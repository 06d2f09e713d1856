import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import type { Job } from '../../backend/api/job.ts';
import type { ObjectStore } from '../../backend/core/ports.ts';
import { createApp } from '../../backend/http/app.ts';
import { type ApiWorld, apiWorld, problemOf } from '../support/apiWorld.ts';
import { CRAMBIN } from '../support/coreWorld.ts';

const ids = (answer: { json: { data: { id: string }[] } }): string[] => answer.json.data.map(({ id }) => id);

describe('HTTP API', function () {
  this.timeout(30_000);
  let world: ApiWorld;
  beforeEach(() => {
    world = apiWorld();
  });
  afterEach(() => world.close());

  describe('keys', () => {
    it('takes the key alone, as in the article, and as a bearer', async () => {
      for (const authorization of ['ada-key', 'Bearer ada-key', 'bearer  ada-key']) {
        assert.equal((await world.call('GET', '/', undefined, { authorization })).status, 200, authorization);
      }
    });

    it('refuses everything else, on every path that tells of jobs', async () => {
      for (const authorization of ['', 'wrong', 'Bearer', 'Basic ada-key', 'ada-key2']) {
        for (const path of ['/', '/queues', '/x', '/x/logs', '/nowhere/at/all']) {
          const answer = await world.call('GET', path, undefined, { authorization });
          problemOf(answer, 401, 'unauthorized');
          assert.match(answer.headers.get('www-authenticate') ?? '', /Bearer/);
          assert.ok(!answer.text.includes('ada-key'));
        }
      }
    });

    it('asks no key for health and the contract', async () => {
      const none = { authorization: '' };
      const health = await world.call('GET', '/health', undefined, none);
      assert.deepEqual(health.json, { status: 'ok', version: '1.2.3', backend: 'local' });
      assert.equal((await world.call('GET', '/openapi.json', undefined, none)).json.openapi, '3.1.0');
    });

    it('shows nobody another one’s jobs, and an admin all', async () => {
      const [job] = await world.submit();
      const bob = { authorization: 'bob-key' };
      const { id } = job as Job;
      assert.deepEqual(ids(await world.call('GET', '/', undefined, bob)), []);
      for (const [method, path] of [
        ['GET', `/${id}`],
        ['DELETE', `/${id}`],
        ['CANCEL', `/${id}`],
        ['GET', `/${id}/logs`],
        ['GET', `/${id}/results`],
        ['GET', `/${id}/results/x`],
      ] as const) {
        problemOf(await world.call(method, path, undefined, bob), 404, 'not-found');
      }
      const root = { authorization: 'root-key' };
      assert.deepEqual(ids(await world.call('GET', '/', undefined, root)), [id]);
      assert.equal((await world.call('CANCEL', `/${id}`, undefined, root)).status, 202);
    });
  });

  describe('the article’s own calls', () => {
    it('submit an array, list, get one, cancel one and all, delete one and all', async () => {
      await world.deps.objects.write('input/hbb.fasta', new TextEncoder().encode(CRAMBIN));
      const body = [1, 2, 3].map((number) => ({
        fasta: `HBB_${number}`,
        file_name: 'hbb.fasta',
        model_names: ['model_1', 'model_2', 'model_3', 'model_4', 'model_5'],
        preset: 'CASP14',
        max_template_date: '2020-05-14',
        que: 'p4',
        comment: 'test',
        gpu: 1,
      }));
      const submitted = await world.call('POST', '/', body);
      assert.equal(submitted.status, 202, submitted.text);
      const [a = '', b = '', c = ''] = ids(submitted);
      assert.deepEqual(new Set(ids(await world.call('GET', '/'))), new Set([a, b, c]));
      const one = await world.call('GET', `/${a}`);
      assert.deepEqual(
        [one.json.data.fasta, one.json.data.job_status, one.json.data.que],
        ['HBB_1', 'QUEUED', 'local'],
      );
      assert.match(one.json.data.warnings.join(' '), /queue p4 is served by local.*does not use preset, model_names/);
      assert.equal((await world.call('CANCEL', `/${a}`)).json.data.job_status, 'CANCELLED');
      assert.deepEqual(new Set(ids(await world.call('CANCEL', '/'))), new Set([b, c]));
      assert.equal((await world.call('DELETE', `/${a}`)).status, 202);
      assert.deepEqual(new Set(ids(await world.call('DELETE', '/'))), new Set([b, c]));
      await world.work();
      assert.deepEqual(ids(await world.call('GET', '/')), []);
      assert.deepEqual(await world.keys('input/'), ['input/hbb.fasta']);
    });

    it('are the same under the POST twins, and as a server front sends them', async () => {
      const [a, b, c, d] = (await world.submit({}, {}, {}, {})).map(({ id }) => id);
      const front = { 'x-foldpad-method': 'CANCEL' };
      assert.equal((await world.call('POST', `/${a}/cancel`)).json.data.job_status, 'CANCELLED');
      assert.equal((await world.call('POST', `/${b}`, undefined, front)).json.data.job_status, 'CANCELLED');
      assert.equal((await world.call('POST', '/', undefined, front)).json.data.length, 2);
      assert.deepEqual((await world.call('POST', '/cancel')).json.data, []);
      for (const id of [c, d]) assert.equal((await world.call('GET', `/${id}`)).json.data.job_status, 'CANCELLED');
      problemOf(await world.call('POST', `/${a}`), 405, 'method-not-allowed');
    });
  });

  describe('submitting', () => {
    it('answers the jobs in the order of the request', async () => {
      const jobs = await world.submit(...Array.from({ length: 20 }, (_, index) => ({ fasta: `job ${index}` })));
      assert.deepEqual(
        jobs.map(({ name }) => name),
        Array.from({ length: 20 }, (_, index) => `job ${index}`),
      );
    });

    it('reads JSON whatever the content type says, with or without a BOM', async () => {
      const body = JSON.stringify({ fasta: 'x', sequence: CRAMBIN });
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json; charset=utf-8', 'x']) {
        assert.equal((await world.call('POST', '/', body, { 'content-type': type })).status, 202, type);
      }
      assert.equal((await world.call('POST', '/', `\ufeff${body}`)).status, 202);
    });

    it('names line and column of what is wrong with the FASTA', async () => {
      const bad = '>a one\nMKVLAAGIVGLSFNDTRWYHEPQCMKVLAAGIVG\n>b two\nMKVLAAGIVG1SF?DTRWYHEPQCMKVLAAGIVG\n';
      const detail = problemOf(
        await world.call('POST', '/', [
          { fasta: 'x', sequence: CRAMBIN },
          { fasta: 'y', sequence: bad },
        ]),
        422,
        'invalid-request',
      );
      assert.deepEqual([detail?.item, detail?.field, detail?.line], [1, 'sequence', 4]);
      assert.ok(detail?.column && detail.remedy && detail.code);
    });

    it('asks for one chain a job', async () => {
      const two = `${CRAMBIN}${CRAMBIN.replace('1CRN', '2CRN')}`;
      const detail = problemOf(await world.call('POST', '/', { fasta: 'x', sequence: two }), 422, 'invalid-request');
      assert.deepEqual([detail?.line, detail?.code], [3, 'several-records']);
      assert.match(detail?.remedy ?? '', /each chain as its own job/);
      const complex = problemOf(
        await world.call('POST', '/', { fasta: 'x', sequence: two, model_preset: 'multimer' }),
        422,
        'invalid-request',
      );
      assert.deepEqual([complex?.field, complex?.code], ['model_preset', 'multimer-unsupported']);
    });

    it('says that a file is not there, or belongs to a job', async () => {
      const absent = problemOf(
        await world.call('POST', '/', { fasta: 'x', file_name: 'none.fasta' }),
        422,
        'invalid-request',
      );
      assert.equal(absent?.message, 'there is no file input/none.fasta');
      const [job] = await world.submit();
      const taken = await world.call('POST', '/', { fasta: 'x', file_name: `${job?.id}/target.fasta` });
      assert.match(problemOf(taken, 422, 'invalid-request')?.message ?? '', /belongs to another job/);
    });

    it('says that a link leads out of the store', async () => {
      symlinkSync('/etc/hostname', new URL('link.fasta', world.deps.objects.uri('input/')));
      const answer = await world.call('POST', '/', { fasta: 'x', file_name: 'link.fasta' });
      const detail = problemOf(answer, 422, 'invalid-request');
      assert.equal(detail?.field, 'file_name');
      assert.match(detail?.remedy ?? '', /Put the file itself under input/);
    });

    it('refuses a template date that the library cannot honour', async () => {
      const early = { fasta: 'x', sequence: CRAMBIN, max_template_date: '2018-12-31' };
      assert.equal(problemOf(await world.call('POST', '/', early), 422, 'invalid-request')?.field, 'max_template_date');
      assert.equal((await world.call('POST', '/', { ...early, max_template_date: '2019-01-01' })).status, 202);
    });

    it('says what to do when the engine is missing', async () => {
      world.scheduler.list = world.scheduler.list.map((queue) => ({
        ...queue,
        available: false,
        reason: 'ProMod3 is not installed.',
        remedy: 'Run: npm run engine:install',
      }));
      const answer = await world.call('POST', '/', { fasta: 'x', sequence: CRAMBIN });
      problemOf(answer, 503, 'unavailable');
      assert.match(answer.json.detail, /ProMod3 is not installed\. Run: npm run engine:install/);
      assert.deepEqual((await world.call('GET', '/queues')).json.data[0].available, false);
    });

    it('makes retries safe with an idempotency key', async () => {
      const body = { fasta: 'x', sequence: CRAMBIN };
      const headers = { 'idempotency-key': 'retry-1' };
      const first = await world.call('POST', '/', body, headers);
      const again = await world.call('POST', '/', body, headers);
      assert.deepEqual(ids(again), ids(first));
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      problemOf(await world.call('POST', '/', { ...body, comment: 'other' }, headers), 409, 'idempotency-mismatch');
      assert.equal(
        (await world.call('POST', '/', { ...body, comment: 'other' }, { ...headers, authorization: 'bob-key' })).status,
        202,
      );
      for (const key of ['x'.repeat(201), 'with blank', 'ümlaut']) {
        problemOf(await world.call('POST', '/', body, { 'idempotency-key': key }), 400, 'malformed-request');
      }
      assert.equal((await world.call('POST', '/', body, { 'idempotency-key': 'x'.repeat(200) })).status, 202);
    });
  });

  describe('listing', () => {
    it('pages, newest first, 50 unless told otherwise', async () => {
      const all = (await world.submit(...Array.from({ length: 120 }, () => ({})))).map(({ id }) => id);
      const first = await world.call('GET', '/');
      assert.equal(first.json.data.length, 50);
      const seen = ids(first);
      for (let { next } = first.json; next; ) {
        const page = await world.call('GET', `/?limit=33&cursor=${encodeURIComponent(next)}`);
        seen.push(...ids(page));
        next = page.json.next;
      }
      assert.deepEqual([...seen].sort(), [...all].sort());
      const times = (await world.call('GET', '/?limit=1000')).json.data.map(
        (job: { created_at: string }) => job.created_at,
      );
      assert.deepEqual(times, times.toSorted().reverse());
    });

    it('selects by one state or several, in any letter case', async () => {
      const [a] = await world.submit({}, {});
      await world.call('CANCEL', `/${a?.id}`);
      assert.deepEqual(ids(await world.call('GET', '/?status=CANCELLED')), [a?.id]);
      assert.equal((await world.call('GET', '/?status=queued,%20cancelled')).json.data.length, 2);
      assert.equal((await world.call('GET', '/?status=')).json.data.length, 2);
    });

    it('says what is wrong with a query', async () => {
      for (const [query, field, message] of [
        ['status=RUNING', 'status', /did you mean RUNNING\?/],
        ['status=RUNNING,,', 'status', /no job status/],
        ['limit=0', 'limit', /from 1 to 1000/],
        ['limit=1001', 'limit', /from 1 to 1000/],
        ['limit=1e2', 'limit', /whole number/],
        ['limit=', 'limit', /whole number/],
        ['stauts=RUNNING', 'stauts', /did you mean status\?/],
        ['limit=1&limit=2', 'limit', /twice/],
      ] as const) {
        const detail = problemOf(await world.call('GET', `/?${query}`), 400, 'malformed-request');
        assert.equal(detail?.field, field);
        assert.match(detail?.message ?? '', message);
      }
      problemOf(await world.call('GET', '/?cursor=made-up'), 400, 'malformed-request');
      problemOf(await world.call('GET', '/queues?x=1'), 400, 'malformed-request');
    });
  });

  describe('a job', () => {
    it('comes with its newest hundred lines of log, and the cursor to go on', async () => {
      const [job] = await world.submit();
      const id = job?.id ?? '';
      const lines = Array.from(
        { length: 250 },
        (_, index) => ({ runId: 'r', stage: 'predict', text: `line ${index}` }) as const,
      );
      world.logs.lines.set(id, [...lines]);
      const { json } = await world.call('GET', `/${id}`);
      assert.deepEqual(
        json.logs.data.map((line: { text: string }) => line.text),
        lines.slice(-100).map(({ text }) => text),
      );
      world.logs.lines.get(id)?.push({ runId: 'r', stage: 'predict', text: 'later' });
      const later = await world.call('GET', `/${id}/logs?after=${json.logs.next}`);
      assert.deepEqual(later.json.data, [{ run_id: 'r', stage: 'predict', text: 'later' }]);
      const page = await world.call('GET', `/${id}/logs?limit=7`);
      assert.deepEqual([page.json.data.length, page.json.done], [7, false]);
    });

    it('is not there under any other id', async () => {
      for (const id of [
        'nope',
        '..%2f..%2fetc',
        '%00',
        '😀',
        'x'.repeat(3000),
        '5f0c6f43-4cf5-4a3c-9d0f-7b7d1f6a2e55',
      ]) {
        for (const [method, rest] of [
          ['GET', ''],
          ['DELETE', ''],
          ['CANCEL', ''],
          ['POST', '/cancel'],
          ['GET', '/logs'],
          ['GET', '/results'],
        ] as const) {
          problemOf(await world.call(method, `/${id}${rest}`), 404, 'not-found');
        }
      }
    });

    it('must be cancelled before it is deleted, and cannot be cancelled after its end', async () => {
      const [job] = await world.submit();
      const live = await world.call('DELETE', `/${job?.id}`);
      problemOf(live, 409, 'job-is-live');
      assert.match(live.json.detail, /Cancel it first/);
      assert.deepEqual((await world.call('DELETE', '/')).json.data, []);
      await world.call('CANCEL', `/${job?.id}`);
      problemOf(await world.call('CANCEL', `/${job?.id}`), 409, 'job-is-finished');
    });
  });

  describe('results', () => {
    it('are named by the manifest, and had with or without the attempt’s folder', async () => {
      const { id } = await world.succeed();
      const manifest = await world.call('GET', `/${id}/results`);
      assert.equal(manifest.json.job_id, id);
      const [file] = manifest.json.files;
      for (const path of [file.path, 'ranked_0.pdb', 'ranked%5f0.pdb']) {
        const { status, headers, text } = await world.call('GET', `/${id}/results/${path}`);
        assert.equal(status, 200, path);
        assert.match(text, /^ATOM/);
        assert.equal(headers.get('content-type'), 'chemical/x-pdb');
        assert.equal(headers.get('content-length'), `${file.size}`);
        assert.equal(
          headers.get('content-disposition'),
          `attachment; filename="ranked_0.pdb"; filename*=UTF-8''ranked_0.pdb`,
        );
        assert.equal(headers.get('x-content-type-options'), 'nosniff');
        assert.match(headers.get('content-security-policy') ?? '', /sandbox/);
      }
      assert.equal(
        (await world.call('GET', `/${id}/results/result.json`)).headers.get('content-type'),
        'application/json',
      );
      const head = await world.call('HEAD', `/${id}/results/ranked_0.pdb`);
      assert.deepEqual([head.status, head.text, head.headers.get('content-length')], [200, '', `${file.size}`]);
    });

    it('give nothing that the manifest does not name', async () => {
      const { id } = await world.succeed();
      const [other] = await world.submit();
      const key = `output/${id}/attempt-1-9f3c2a/secret.txt`;
      await world.deps.objects.write(key, new TextEncoder().encode('secret'));
      for (const path of [
        'attempt-1-9f3c2a/secret.txt',
        'secret.txt',
        `..%2f..%2finput%2f${other?.id}%2ftarget.fasta`,
        `../../input/${other?.id}/target.fasta`,
        '%2e%2e/%2e%2e/foldpad.sqlite',
        'attempt-1-9f3c2a',
        'attempt-1-9f3c2a%2f..%2fresult.json',
        './result.json/.',
        '..\\result.json',
        '%00',
        '%',
        'attempt-2-000000/ranked_0.pdb',
      ]) {
        const { status, text } = await world.call('GET', `/${id}/results/${path}`);
        assert.equal(status, 404, path);
        assert.ok(!text.includes('secret"') && !text.includes('TTCC'));
      }
    });

    it('are not there before the job has succeeded', async () => {
      const [job] = await world.submit();
      assert.ok(job);
      await world.publish(job);
      for (const path of ['results', 'results/result.json', 'results/ranked_0.pdb']) {
        problemOf(await world.call('GET', `/${job.id}/${path}`), 409, 'no-result');
      }
    });

    it('may lie elsewhere', async () => {
      const { id } = await world.succeed();
      const url = 'https://bucket.example/x?signature=1';
      const objects = {
        read: (key: string) => world.deps.objects.read(key),
        deliver: async () => ({ kind: 'redirect', url }),
      } as unknown as ObjectStore;
      const app = createApp({ ...world.deps, objects }, { authenticate: async () => ({ owner: 'ada', role: 'user' }) });
      const response = await app.fetch(new Request(`http://x/${id}/results/ranked_0.pdb`));
      assert.deepEqual([response.status, response.headers.get('location')], [302, url]);
      assert.equal(response.headers.get('cache-control'), 'no-store');
    });
  });

  it('says which methods a path takes', async () => {
    for (const [method, path, allow] of [
      ['PUT', '/', 'CANCEL, DELETE, GET, POST'],
      ['PATCH', '/x', 'CANCEL, DELETE, GET'],
      ['PUT', '/queues', 'GET'],
      ['PATCH', '/estimates', 'POST'],
      ['GET', '/x/cancel', 'POST'],
      ['POST', '/x/results/a/b', 'GET'],
      ['OPTIONS', '/', 'CANCEL, DELETE, GET, POST'],
    ] as const) {
      const answer = await world.call(method, path);
      problemOf(answer, 405, 'method-not-allowed');
      assert.equal(answer.headers.get('allow'), allow);
    }
    problemOf(await world.call('GET', '/a/b/c'), 404, 'not-found');
  });

  it('hides what it does not understand behind a reference that the log knows', async () => {
    const jobs = Object.assign(Object.create(world.deps.jobs), {
      list: () => Promise.reject(new Error('secret: disk on fire')),
    });
    const app = createApp({ ...world.deps, jobs }, { authenticate: async () => ({ owner: 'ada', role: 'user' }) });
    const response = await app.fetch(new Request('http://x/'));
    const body = (await response.json()) as { instance: string };
    assert.equal(response.status, 500);
    assert.ok(!JSON.stringify(body).includes('disk'));
    const reference = body.instance.replace('urn:uuid:', '');
    assert.ok(world.logged.some((line) => line.includes(reference) && line.includes('disk on fire')));
  });
});
