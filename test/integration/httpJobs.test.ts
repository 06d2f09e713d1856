import assert from 'node:assert/strict';
import { type ApiWorld, apiWorld, idsOf, problemOf } from '../support/apiWorld.ts';

describe('HTTP API: jobs', function () {
  this.timeout(30_000);
  let world: ApiWorld;
  beforeEach(() => {
    world = apiWorld();
  });
  afterEach(() => world.close());

  describe('listing', () => {
    it('pages, newest first, 50 unless told otherwise', async () => {
      const all = (await world.submit(...Array.from({ length: 120 }, () => ({})))).map(({ id }) => id);
      const first = await world.call('GET', '/');
      assert.equal(first.json.data.length, 50);
      const seen = idsOf(first);
      for (let { next } = first.json; next; ) {
        const page = await world.call('GET', `/?limit=33&cursor=${encodeURIComponent(next)}`);
        seen.push(...idsOf(page));
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
      assert.deepEqual(idsOf(await world.call('GET', '/?status=CANCELLED')), [a?.id]);
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
});
