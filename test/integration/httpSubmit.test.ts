import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { type ApiWorld, apiWorld, idsOf, problemOf } from '../support/apiWorld.ts';
import { CRAMBIN } from '../support/coreWorld.ts';

describe('HTTP API: submitting', function () {
  this.timeout(30_000);
  let world: ApiWorld;
  beforeEach(() => {
    world = apiWorld();
  });
  afterEach(() => world.close());

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
    assert.deepEqual(idsOf(again), idsOf(first));
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
