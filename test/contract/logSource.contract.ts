import assert from 'node:assert/strict';
import type { Job, LogPage, Run } from '../../backend/api/job.ts';
import { InvalidCursor, type LogSource } from '../../backend/core/ports.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';

export interface LogSourceHarness {
  readonly logs: LogSource;
  /** Writes lines (each with its time) to the log of a run's attempt. */
  readonly append: (job: Job, run: Run, lines: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void> | void;
}

/** What every log source must do. */
export function describeLogSource(name: string, make: () => Promise<LogSourceHarness>): void {
  describe(`log source contract: ${name}`, () => {
    let harness: LogSourceHarness;
    let logs: LogSource;
    beforeEach(async () => {
      harness = await make();
      logs = harness.logs;
    });
    afterEach(() => harness.close());

    const run = (changes: Partial<Run> = {}): Run => {
      const made = sampleRun(changes);
      return { ...made, schedulerId: made.schedulerId ?? made.id, logStreams: [`test/default/${made.id}`] };
    };
    const texts = (page: LogPage): string[] => page.lines.map((line) => line.text);
    const numbered = (count: number, prefix = 'line'): string[] =>
      Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}`);

    async function readAll(job: Job, limit: number): Promise<string[]> {
      const all: string[] = [];
      let cursor: string | undefined;
      for (;;) {
        const page = await logs.read(job, cursor, limit);
        assert.ok(page.lines.length <= limit);
        all.push(...texts(page));
        if (page.done || (page.lines.length === 0 && page.next === cursor)) return all;
        cursor = page.next;
      }
    }

    it('has no lines before a run has begun', async () => {
      const page = await logs.read(sampleJob(), undefined, 10);
      assert.deepEqual([page.lines, page.done], [[], false]);
      const waiting = sampleJob({ runs: [sampleRun({ status: 'SUBMITTED' })] });
      assert.deepEqual((await logs.tail(waiting, 10)).lines, []);
    });

    it('gives lines in order, with run and stage', async () => {
      const only = run();
      const job = sampleJob({ runs: [only], status: 'RUNNING' });
      await harness.append(job, only, ['one', 'zwei ü 蛋白', 'three']);
      const page = await logs.read(job, undefined, 10);
      assert.deepEqual(texts(page), ['one', 'zwei ü 蛋白', 'three']);
      assert.deepEqual([page.lines[0]?.runId, page.lines[0]?.stage], [only.id, 'predict']);
      assert.match(page.lines[0]?.at ?? '', /^\d{4}-\d\d-\d\dT/);
    });

    it('goes on exactly where a page ended, whatever the page size', async () => {
      const only = run();
      const job = sampleJob({ runs: [only], status: 'RUNNING' });
      await harness.append(job, only, numbered(57));
      for (const limit of [1, 7, 57, 1000]) assert.deepEqual(await readAll(job, limit), numbered(57));
    });

    it('gives a follower every line once, while it is being written', async () => {
      const only = run();
      const job = sampleJob({ runs: [only], status: 'RUNNING' });
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let round = 1; round <= 5; round += 1) {
        await harness.append(job, only, numbered(3, `round ${round} line`));
        for (;;) {
          const page = await logs.read(job, cursor, 2);
          cursor = page.next;
          seen.push(...texts(page));
          assert.equal(page.done, false);
          if (page.lines.length === 0) break;
        }
      }
      assert.deepEqual(
        seen,
        [1, 2, 3, 4, 5].flatMap((round) => numbered(3, `round ${round} line`)),
      );
    });

    it('gives the logs of all runs, oldest run first', async () => {
      const features = run({ stage: 'features', status: 'SUCCEEDED' });
      const predict = run({ stage: 'predict', status: 'RUNNING' });
      const job = sampleJob({ runs: [features, predict], status: 'RUNNING' });
      await harness.append(job, features, numbered(5, 'features'));
      await harness.append(job, predict, numbered(5, 'predict'));
      const expected = [...numbered(5, 'features'), ...numbered(5, 'predict')];
      assert.deepEqual(await readAll(job, 3), expected);
      assert.deepEqual(texts(await logs.tail(job, 7)), expected.slice(-7));
    });

    it('is done when the job has ended and all was read', async () => {
      const only = run({ status: 'SUCCEEDED' });
      const job = sampleJob({ runs: [only], status: 'SUCCEEDED' });
      await harness.append(job, only, numbered(4));
      const first = await logs.read(job, undefined, 3);
      assert.deepEqual([texts(first), first.done], [numbered(4).slice(0, 3), false]);
      const second = await logs.read(job, first.next, 3);
      assert.deepEqual([texts(second), second.done], [['line 4'], true]);
    });

    it('is done at once for a job that ended without a run', async () => {
      assert.equal((await logs.read(sampleJob({ status: 'CANCELLED' }), undefined, 10)).done, true);
      assert.equal((await logs.tail(sampleJob({ status: 'CANCELLED' }), 10)).done, true);
    });

    it('tells the newest lines, and how to go on from there', async () => {
      const only = run();
      const job = sampleJob({ runs: [only], status: 'RUNNING' });
      await harness.append(job, only, numbered(300));
      const page = await logs.tail(job, 100);
      assert.deepEqual(texts(page), numbered(300).slice(-100));
      await harness.append(job, only, ['later']);
      assert.deepEqual(texts(await logs.read(job, page.next, 10)), ['later']);
      assert.deepEqual(texts(await logs.tail(job, 1)), ['later']);
    });

    it('refuses cursors that it did not make, and those of another job', async () => {
      const [mine, other] = [run(), run()];
      const job = sampleJob({ runs: [mine], status: 'RUNNING' });
      const foreign = sampleJob({ runs: [other], status: 'RUNNING' });
      await harness.append(job, mine, numbered(3));
      await harness.append(foreign, other, numbered(3));
      const { next } = await logs.read(foreign, undefined, 1);
      for (const cursor of ['x', 'e30', '!', next, `${(await logs.read(job, undefined, 1)).next}x`]) {
        await assert.rejects(logs.read(job, cursor, 10), InvalidCursor, cursor);
      }
    });
  });
}
