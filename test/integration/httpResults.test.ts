import assert from 'node:assert/strict';
import type { ObjectStore } from '../../backend/core/ports.ts';
import { createApp } from '../../backend/http/app.ts';
import { type ApiWorld, apiWorld, problemOf } from '../support/apiWorld.ts';

describe('HTTP API: results', function () {
  this.timeout(30_000);
  let world: ApiWorld;
  beforeEach(() => {
    world = apiWorld();
  });
  afterEach(() => world.close());

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
