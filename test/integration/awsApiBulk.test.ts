// A thousand jobs at once, on the platform as it is deployed.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { lambdaBundles } from '../support/lambda/bundles.ts';
import { needsMiniStack } from '../support/miniStack.ts';
import { type Rehearsal, startRehearsal } from '../support/rehearsal.ts';
import { target } from '../support/testImage.ts';

const JOBS = 1_000;
/** The dispatcher goes as fast as Batch lets it; a busy machine is slower. */
const PATIENCE_MS = 240_000;
/** AWS Batch takes so many requests a second from an account. Source: AWS Batch service quotas, "Maximum TPS". */
const BATCH_LIMIT = 50;

describe('the deployed API: a thousand jobs at once', function () {
  this.timeout(PATIENCE_MS + 120_000);
  let rehearsal: Rehearsal;

  before(async function () {
    needsMiniStack(this);
    // No machine comes: what is looked at is the way to Batch, and a thousand predictions would take this machine hours.
    rehearsal = await startRehearsal({
      bundles: await lambdaBundles(),
      slots: 0,
      homology: { entrypoint: ['/bin/true'] },
    });
    rehearsal.batch.engine.events.fate = () => 'lose';
  });
  after(async () => {
    await rehearsal?.stop();
  });

  it('each reaches Batch once, within Batch’s limit, and a repeated submission adds none', async () => {
    const requests = Array.from({ length: JOBS }, (_, index) => ({
      fasta: `job-${index}`,
      sequence: target(),
      que: 'cpu',
    }));
    const started = performance.now();
    const jobs = await rehearsal.admin.submit(requests, { idempotencyKey: 'a-thousand' });
    assert.equal(new Set(jobs.map(({ id }) => id)).size, JOBS);
    const accepted = performance.now() - started;

    const { engine, server } = rehearsal.batch;
    const deadline = Date.now() + PATIENCE_MS;
    while (engine.jobs.length < JOBS) {
      assert.ok(Date.now() < deadline, `${engine.jobs.length} of ${JOBS} reached Batch`);
      await delay(250);
    }
    const dispatched = performance.now() - started;
    // Whatever comes twice comes about now.
    await delay(3_000);
    assert.equal(engine.jobs.length, JOBS);
    const ids = engine.jobs.map(({ request }) => request.parameters?.job?.split('/').at(-2));
    assert.deepEqual(new Set(ids), new Set(jobs.map(({ id }) => id)));

    const perSecond = new Map<number, number>();
    for (const { at } of server.calls) {
      const second = Math.floor(at / 1_000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    const most = Math.max(...perSecond.values());
    console.log(
      `      accepted in ${(accepted / 1000).toFixed(1)} s, with Batch after ${(dispatched / 1000).toFixed(1)} s; ` +
        `at most ${most} requests to Batch in one second`,
    );
    assert.ok(most <= BATCH_LIMIT, `${most} requests in one second`);

    const again = await rehearsal.admin.submit(requests, { idempotencyKey: 'a-thousand' });
    assert.deepEqual(
      again.map(({ id }) => id),
      jobs.map(({ id }) => id),
    );
    assert.equal(engine.jobs.length, JOBS);
  });

  it('all are in the list, page by page, none twice', async () => {
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await rehearsal.admin.list({ limit: 300, ...(cursor === undefined ? {} : { cursor }) });
      for (const { id } of page.jobs) seen.add(id);
      cursor = page.next;
    } while (cursor !== undefined);
    assert.equal(seen.size, JOBS);
  });
});
