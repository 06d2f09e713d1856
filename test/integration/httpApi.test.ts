import assert from 'node:assert/strict';
import type { Job } from '../../backend/api/job.ts';
import { createApp } from '../../backend/http/app.ts';
import { type ApiWorld, apiWorld, idsOf, problemOf } from '../support/apiWorld.ts';
import { CRAMBIN } from '../support/coreWorld.ts';

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
      assert.deepEqual(idsOf(await world.call('GET', '/', undefined, bob)), []);
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
      assert.deepEqual(idsOf(await world.call('GET', '/', undefined, root)), [id]);
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
      const [a = '', b = '', c = ''] = idsOf(submitted);
      assert.deepEqual(new Set(idsOf(await world.call('GET', '/'))), new Set([a, b, c]));
      const one = await world.call('GET', `/${a}`);
      assert.deepEqual(
        [one.json.data.fasta, one.json.data.job_status, one.json.data.que],
        ['HBB_1', 'QUEUED', 'local'],
      );
      assert.match(one.json.data.warnings.join(' '), /queue p4 is served by local.*does not use preset, model_names/);
      assert.equal((await world.call('CANCEL', `/${a}`)).json.data.job_status, 'CANCELLED');
      assert.deepEqual(new Set(idsOf(await world.call('CANCEL', '/'))), new Set([b, c]));
      assert.equal((await world.call('DELETE', `/${a}`)).status, 202);
      assert.deepEqual(new Set(idsOf(await world.call('DELETE', '/'))), new Set([b, c]));
      await world.work();
      assert.deepEqual(idsOf(await world.call('GET', '/')), []);
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
