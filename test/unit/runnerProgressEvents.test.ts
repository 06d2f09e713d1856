import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Progress } from '../../backend/api/job.ts';
import { type ProgressDetail, ProgressEvents } from '../../container/runner/progressEvents.ts';

const RUN = { job_id: 'j', run_id: 'r', attempt: 2 };
const at = (step: string, fraction: number): Progress => ({ stage: 'predict', step, fraction });

describe('ProgressEvents of the runner', () => {
  let now: number;
  let sent: ProgressDetail[];
  let troubles: unknown[];
  let send: () => Promise<void>;
  let events: ProgressEvents;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    [now, sent, troubles] = [0, [], []];
    send = async () => {};
    events = new ProgressEvents({
      run: RUN,
      send: async (detail) => {
        sent.push(detail);
        await send();
      },
      onTrouble: (error) => troubles.push(error),
      now: () => now,
    });
  });
  afterEach(() => mock.timers.reset());

  /** Lets time pass, and what waits for a promise go on. */
  async function pass(milliseconds: number): Promise<void> {
    now += milliseconds;
    mock.timers.tick(milliseconds);
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
  }
  const fractions = () => sent.map(({ progress }) => progress.fraction);

  it('says of which run it speaks', async () => {
    events.report(at('search', 0.1));
    await pass(0);
    assert.deepEqual(sent, [{ ...RUN, progress: at('search', 0.1) }]);
  });

  it('sends one event in five seconds, the newest', async () => {
    for (let i = 1; i <= 100; i += 1) {
      events.report(at('search', i / 100));
      await pass(100);
    }
    await pass(5_000);
    assert.deepEqual(fractions(), [0.01, 0.5, 1]);
  });

  it('sends a change of step at once, but not every one of many', async () => {
    events.report(at('search', 0.1));
    await pass(600);
    events.report(at('model', 0.2));
    await pass(0);
    assert.deepEqual(fractions(), [0.1, 0.2]);
    for (let i = 0; i < 20; i += 1) {
      events.report(at(`step ${i}`, 0.3 + i / 100));
      await pass(10);
    }
    await pass(500);
    assert.deepEqual(fractions(), [0.1, 0.2, 0.49]);
  });

  it('has one event under way at a time, and sends the newest after it', async () => {
    let release: () => void = () => {};
    send = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    events.report(at('a', 0.1));
    await pass(10_000);
    events.report(at('b', 0.2));
    events.report(at('c', 0.3));
    await pass(10_000);
    assert.deepEqual(fractions(), [0.1]);
    release();
    await pass(0);
    assert.deepEqual(fractions(), [0.1, 0.3]);
  });

  it('sends the last words when asked to', async () => {
    events.report(at('search', 0.5));
    await pass(0);
    events.report(at('search', 1));
    await pass(0);
    assert.deepEqual(fractions(), [0.5]);
    await events.flush();
    assert.deepEqual(fractions(), [0.5, 1]);
    await events.flush();
    assert.equal(sent.length, 2);
  });

  it('tells of trouble once and goes on', async () => {
    send = async () => {
      throw new Error('no way');
    };
    events.report(at('a', 0.1));
    await pass(1_000);
    events.report(at('b', 0.2));
    await pass(1_000);
    await events.flush();
    assert.equal(sent.length, 2);
    assert.equal(troubles.length, 1);
  });
});
