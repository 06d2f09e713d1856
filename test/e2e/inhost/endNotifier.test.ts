import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '../../../backend/api/job.ts';
import { EndNotifier } from '../../../extension/jobs/endNotifier.ts';
import { JobStore } from '../../../extension/jobs/jobStore.ts';
import { sampleJob } from '../../support/sampleJob.ts';
import { Memory, until, withPerson } from './support.ts';

const succeeded: Partial<Job> = {
  status: 'SUCCEEDED',
  version: 9,
  result: { confidenceMetric: 'estimated CA-lDDT', meanConfidence: 87.2, models: 1, bestModel: 'a.pdb' },
};

describe('the end of a job', () => {
  let jobs: Job[];
  let memory: Memory;
  let pressed: string[];
  const open: { dispose(): void }[] = [];

  /** A window with its own store and notifier. */
  function openWindow(): { store: JobStore; notifier: EndNotifier } {
    const store = new JobStore({
      list: () => Promise.resolve({ jobs }),
      get: () => Promise.reject(new Error('not asked for')),
    });
    const notifier = new EndNotifier(memory, store, {
      openStructure: (id) => pressed.push(`structure ${id}`),
      showLog: (id) => pressed.push(`log ${id}`),
      showJobs: () => pressed.push('jobs'),
    });
    open.push(notifier, store);
    return { store, notifier };
  }

  beforeEach(() => {
    jobs = [];
    memory = new Memory();
    pressed = [];
  });
  afterEach(() => {
    for (const part of open.splice(0)) part.dispose();
  });

  const told = (messages: readonly string[]) => until('a message', () => messages[0], 20_000);

  it('is told once, with the confidence, and opens the structure', async () => {
    const { store, notifier } = openWindow();
    const job = sampleJob({ name: 'hemoglobin', status: 'RUNNING' });
    jobs = [job];
    await store.refresh();
    await notifier.expect([job]);
    await withPerson(
      async ({ messages }) => {
        jobs = [{ ...job, ...succeeded }];
        await store.refresh();
        assert.equal(await told(messages), 'hemoglobin: estimated CA-lDDT 87');
        await store.refresh();
        await delay(2000);
        assert.equal(messages.length, 1);
      },
      ['Open Structure'],
    );
    assert.deepEqual(pressed, [`structure ${job.id}`]);
  });

  it('is told after the window was reloaded, and not a third time', async () => {
    const job = sampleJob({ name: 'late', status: 'RUNNING' });
    const before = openWindow();
    await before.notifier.expect([job]);
    before.notifier.dispose();
    before.store.dispose();
    jobs = [{ ...job, ...succeeded }];
    await withPerson(async ({ messages }) => {
      const after = openWindow();
      after.notifier.resume();
      assert.equal(await told(messages), 'late: estimated CA-lDDT 87');
      const third = openWindow();
      third.notifier.resume();
      await delay(2500);
      assert.equal(messages.length, 1);
    });
  });

  it('of several at once is told in one message', async () => {
    const { store, notifier } = openWindow();
    const running = [1, 2, 3].map((number) => sampleJob({ name: `p${number}`, status: 'RUNNING' }));
    jobs = running;
    await store.refresh();
    await notifier.expect(running);
    await withPerson(
      async ({ messages }) => {
        const failure = { code: 'no-template', message: 'No template was found.' };
        jobs = running.map((job, index) =>
          index === 0 ? { ...job, status: 'FAILED', failure, version: 9 } : { ...job, ...succeeded },
        );
        await store.refresh();
        assert.match(await told(messages), /^Structures predicted: 2; not predicted: 1\./);
        assert.equal(messages.length, 1);
      },
      ['Show Jobs'],
    );
    assert.deepEqual(pressed, ['jobs']);
  });

  it('of many that end one after the other is told in few messages', async () => {
    const { store, notifier } = openWindow();
    const running = [1, 2, 3, 4].map((number) => sampleJob({ name: `p${number}`, status: 'RUNNING' }));
    jobs = running;
    await store.refresh();
    await notifier.expect(running);
    const end = (index: number): Promise<void> => {
      jobs = jobs.map((job, i) => (i === index ? { ...job, ...succeeded } : job));
      return store.refresh();
    };
    await withPerson(async ({ messages }) => {
      await end(0);
      assert.match(await told(messages), /^p1: /);
      await end(1);
      await delay(2000);
      await end(2);
      await delay(2000);
      assert.equal(messages.length, 1, 'the others are gathered');
      await end(3);
      const last = await until('the second message', () => messages[1], 20_000);
      assert.equal(last, '3 structures are predicted.');
    });
  });

  it('is not waited for when the job was deleted from elsewhere', async () => {
    const first = openWindow();
    const [kept, gone] = [sampleJob({ status: 'RUNNING' }), sampleJob({ status: 'RUNNING' })];
    jobs = [kept, gone];
    await first.store.refresh();
    await first.notifier.expect([kept, gone]);
    for (const part of open.splice(0)) part.dispose();
    jobs = [kept];
    const { notifier } = openWindow();
    notifier.resume();
    await until('nobody waits for what is gone', () => (notifier.awaited.length === 1 ? true : undefined), 5000);
    assert.deepEqual(notifier.awaited, [kept.id]);
  });

  it('is not told of jobs that others submitted, nor of those that the user cancelled', async () => {
    const { store, notifier } = openWindow();
    const mine = sampleJob({ status: 'RUNNING' });
    const other = sampleJob({ status: 'RUNNING' });
    jobs = [mine, other];
    await store.refresh();
    await notifier.expect([mine]);
    await withPerson(async ({ messages }) => {
      jobs = [
        { ...mine, status: 'CANCELLED', version: 9 },
        { ...other, ...succeeded },
      ];
      await store.refresh();
      await delay(2500);
      assert.deepEqual(messages, []);
      assert.deepEqual(notifier.awaited, [], 'nothing is waited for any more');
    });
  });

  it('gives the reason of a failure and its log', async () => {
    const { store, notifier } = openWindow();
    const job = sampleJob({ name: 'novel', status: 'RUNNING' });
    jobs = [job];
    await store.refresh();
    await notifier.expect([job]);
    await withPerson(
      async ({ messages }) => {
        const failure = { code: 'no-template', message: 'No template was found.' };
        jobs = [{ ...job, status: 'FAILED', failure, version: 9 }];
        await store.refresh();
        assert.equal(await told(messages), 'novel could not be predicted: No template was found.');
      },
      ['Show Log'],
    );
    assert.deepEqual(pressed, [`log ${job.id}`]);
  });
});
