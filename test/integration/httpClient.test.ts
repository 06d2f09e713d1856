import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { FoldpadClient, type FoldpadClientOptions } from '../../backend/api/client.ts';
import { ConnectionError } from '../../backend/api/connectionError.ts';
import { ProblemError } from '../../backend/api/problem.ts';
import { type ApiWorld, apiWorld } from '../support/apiWorld.ts';
import { CRAMBIN } from '../support/coreWorld.ts';
import { freePort } from '../support/ports.ts';

/** A server that answers as told; gives its address and how to stop it. */
async function listen(server: Server): Promise<{ url: string; close: () => Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, close };
}

const quick = { key: 'ada-key', retryDelaysMs: [1, 1] } as const;

describe('typed client', function () {
  this.timeout(30_000);
  let world: ApiWorld;
  let client: FoldpadClient;
  let url: string;
  let close: () => Promise<void>;
  before(async () => {
    world = apiWorld();
    const server = serve({ fetch: world.app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    client = new FoldpadClient({ url, ...quick, userAgent: 'foldpad-test' });
  });
  after(async () => {
    await close();
    world.close();
  });

  it('walks the whole way of a job over HTTP', async () => {
    assert.deepEqual(await client.health(), { status: 'ok', version: '1.2.3', backend: 'local' });
    assert.equal((await client.queues())[0]?.name, 'local');
    const request = { fasta: 'crambin', sequence: CRAMBIN };
    assert.equal((await client.estimate([request]))[0]?.length, 46);
    const [job] = await client.submit([request], { idempotencyKey: 'once' });
    assert.deepEqual(await client.submit([request], { idempotencyKey: 'once' }), [job]);
    assert.ok(job);
    assert.deepEqual((await client.list({ statuses: ['QUEUED', 'RUNNING'], limit: 5 })).jobs, [job]);
    world.logs.lines.set(job.id, [{ runId: 'r', stage: 'predict', text: 'hello' }]);
    const { job: same, logs } = await client.get(job.id);
    assert.deepEqual([same, logs.lines[0]?.text], [job, 'hello']);
    assert.deepEqual((await client.logs(job.id, { after: logs.next })).lines, []);
    assert.equal((await client.cancel(job.id)).status, 'CANCELLED');
    assert.deepEqual(await client.cancelAll(), []);
    assert.deepEqual(await client.delete(job.id), { id: job.id, outcome: 'deleting' });
    assert.deepEqual(await client.deleteFinished(), []);
  });

  it('reads results and their files', async () => {
    const { id } = await world.succeed();
    const result = await client.result(id);
    const path = result.models[0]?.files.pdb ?? '';
    const file = await client.resultFile(id, path);
    assert.deepEqual([file.contentType, file.size], ['chemical/x-pdb', result.files[0]?.size]);
    assert.match(await new Response(file.body).text(), /^ATOM/);
    await assert.rejects(
      client.resultFile(id, '../x'),
      (error) => error instanceof ProblemError || error instanceof ConnectionError,
    );
  });

  it('pages through a list', async () => {
    await client.submit(Array.from({ length: 5 }, () => ({ fasta: 'x', sequence: CRAMBIN })));
    const first = await client.list({ limit: 2 });
    assert.ok(first.next);
    const second = await client.list({ limit: 2, cursor: first.next });
    assert.equal(new Set([...first.jobs, ...second.jobs].map(({ id }) => id)).size, 4);
  });

  it('throws the problem that the server tells, whole', async () => {
    await assert.rejects(client.submit([{ fasta: 'x', sequence: '>x\n1' }]), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.deepEqual(
        [error.kind, error.status, error.problem.errors?.[0]?.field],
        ['invalid-request', 422, 'sequence'],
      );
      return true;
    });
    await assert.rejects(client.get('none'), (error) => error instanceof ProblemError && error.kind === 'not-found');
    const stranger = new FoldpadClient({ url, ...quick, key: async () => 'wrong' });
    await assert.rejects(stranger.list(), (error) => error instanceof ProblemError && error.kind === 'unauthorized');
  });

  it('works below a path, with an id that needs escaping', async () => {
    const seen: string[] = [];
    const fetch: FoldpadClientOptions['fetch'] = async (input) => {
      seen.push(String(input));
      return Response.json({ data: [] });
    };
    const below = new FoldpadClient({ url: 'https://host/prod/', ...quick, fetch });
    await below.list({ cursor: 'a+b/c=' });
    await below.result('a/b?c').catch(() => {});
    assert.deepEqual(seen, ['https://host/prod/?cursor=a%2Bb%2Fc%3D', 'https://host/prod/a%2Fb%3Fc/results']);
  });

  describe('in trouble', () => {
    async function troubleOf(call: Promise<unknown>): Promise<ConnectionError> {
      const error = await call.then(
        () => assert.fail('it went well'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof ConnectionError, String(error));
      assert.ok(!error.message.includes('ada-key'), 'the key is in no message');
      assert.ok(error.message.includes(error.url) && error.message.includes(error.remedy));
      return error;
    }

    it('says that nobody listens, and what to do', async () => {
      const nobody = new FoldpadClient({ url: `http://127.0.0.1:${await freePort()}`, ...quick });
      const error = await troubleOf(nobody.list());
      assert.equal(error.trouble, 'unreachable');
      assert.match(error.message, /nothing listens at this address\. Start the backend/);
    });

    it('says that something else answers there', async () => {
      for (const [status, type, body] of [
        [200, 'text/html', '<html>'],
        [404, 'text/html', '<html>'],
        [200, 'application/json', '{"data": 5}'],
        [200, 'application/json', '{"data": [{"id": 1}]}'],
        [404, 'application/json', '{"message": "Not Found"}'],
        [500, 'application/json', '{"error": "Internal server error"}'],
      ] as const) {
        const other = await listen(
          createServer((_, response) => response.writeHead(status, { 'content-type': type }).end(body)),
        );
        const error = await troubleOf(new FoldpadClient({ url: other.url, ...quick }).list());
        assert.equal(error.trouble, 'unexpected-answer');
        await other.close();
      }
    });

    it('explains what a gateway answers before Foldpad is asked', async () => {
      for (const [status, message, kind] of [
        [401, 'Unauthorized', 'unauthorized'],
        [403, 'Forbidden', 'unauthorized'],
        [413, 'Request Entity Too Large', 'body-too-large'],
        [429, 'Too Many Requests', 'unavailable'],
        [500, 'Internal Server Error', 'internal'],
        [503, null, 'unavailable'],
      ] as const) {
        let asked = 0;
        const gateway = await listen(
          createServer((_, response) => {
            asked += 1;
            response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
          }),
        );
        const client = new FoldpadClient({ url: gateway.url, ...quick });
        await assert.rejects(client.list(), (error) => error instanceof ProblemError && error.kind === kind);
        assert.equal(asked, kind === 'unavailable' ? 3 : 1, `${status}`);
        await gateway.close();
      }
    });

    it('tries a GET again, a POST not', async () => {
      const seen: string[] = [];
      const flaky = await listen(
        createServer((request, response) => {
          seen.push(request.method ?? '');
          if (seen.length === 1) request.socket.destroy();
          else if (seen.length === 2) response.writeHead(502).end('bad gateway');
          else response.end('{"data": []}');
        }),
      );
      const patient = new FoldpadClient({ url: flaky.url, ...quick });
      assert.deepEqual((await patient.list()).jobs, []);
      assert.deepEqual(seen, ['GET', 'GET', 'GET']);
      seen.length = 0;
      await troubleOf(patient.submit([{ fasta: 'x', sequence: CRAMBIN }]));
      assert.deepEqual(seen, ['POST']);
      await flaky.close();
    });

    it('does not wait for ever', async () => {
      const silent = await listen(createServer(() => {}));
      const error = await troubleOf(
        new FoldpadClient({ url: silent.url, ...quick, timeoutMs: 50, retryDelaysMs: [] }).list(),
      );
      assert.equal(error.trouble, 'timeout');
      await silent.close();
    });

    it('stops when it is told to, also between tries, with the signal’s reason', async () => {
      const silent = await listen(createServer(() => {}));
      const abort = new AbortController();
      const reason = new Error('the user closed the view');
      const call = new FoldpadClient({ url: silent.url, ...quick }).list({}, { signal: abort.signal });
      abort.abort(reason);
      await assert.rejects(call, reason);
      await silent.close();

      const waiting = new AbortController();
      const slow = new FoldpadClient({
        url: `http://127.0.0.1:${await freePort()}`,
        key: 'k',
        retryDelaysMs: [100_000],
      });
      const later = slow.list({}, { signal: waiting.signal });
      setTimeout(() => waiting.abort(reason), 50);
      await assert.rejects(later, reason);
      await assert.rejects(slow.list({}, { signal: AbortSignal.abort(reason) }), reason);
    });
  });
});
