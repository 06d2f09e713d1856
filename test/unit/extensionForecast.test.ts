import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Job } from '../../backend/api/job.ts';
import { jobTimes, stageRemaining } from '../../extension/jobs/jobForecast.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';

const START = Date.parse('2026-11-22T10:00:00.000Z');
const MINUTE = 60_000;
const forecast = { minutes: { low: 5, likely: 10, high: 20 } };

/** A job whose prediction began at {@link START}. */
function running(fraction: number | undefined, changes: Partial<Job> = {}): Job {
  const startedAt = new Date(START).toISOString();
  return sampleJob({
    status: 'RUNNING',
    startedAt,
    runs: [sampleRun({ startedAt })],
    ...(fraction === undefined ? {} : { progress: { stage: 'predict', step: 'build', fraction } }),
    ...changes,
  });
}

describe('the times of a job', () => {
  it('are those of the clock while it runs, and fixed once it has ended', () => {
    assert.equal(jobTimes(running(undefined), undefined, START + 3 * MINUTE).elapsed, 3 * MINUTE);
    const ended = running(1, { status: 'SUCCEEDED', endedAt: new Date(START + MINUTE).toISOString() });
    const times = jobTimes(ended, forecast, START + 99 * MINUTE);
    assert.equal(times.elapsed, MINUTE);
    assert.equal(times.remaining, undefined);
    assert.equal(times.isLate, false);
  });

  it('say nothing of the rest when nothing is known', () => {
    assert.equal(jobTimes(running(undefined), undefined, START + MINUTE).remaining, undefined);
    assert.equal(jobTimes(running(0.01), undefined, START + MINUTE).remaining, undefined);
    assert.equal(jobTimes(sampleJob({ status: 'RUNNABLE' }), forecast, START + MINUTE).remaining, undefined);
  });

  it('go by the estimate at first and by the progress in the end', () => {
    assert.equal(jobTimes(running(undefined), forecast, START + 4 * MINUTE).remaining, 6 * MINUTE);
    assert.equal(jobTimes(running(0.5), undefined, START + 4 * MINUTE).remaining, 4 * MINUTE);
    // Between both: half of each.
    assert.equal(jobTimes(running(0.5), forecast, START + 4 * MINUTE).remaining, 5 * MINUTE);
    assert.equal(jobTimes(running(1), forecast, START + 4 * MINUTE).remaining, 0);
  });

  it('go by the progress alone when the estimate is used up, and say that it is late beyond the highest', () => {
    const late = jobTimes(running(0.5), forecast, START + 30 * MINUTE);
    assert.equal(late.remaining, 30 * MINUTE);
    assert.equal(late.isLate, true);
    assert.equal(jobTimes(running(0.5), forecast, START + 15 * MINUTE).isLate, false);
  });

  it('of an AlphaFold search are not taken for those of the whole job', () => {
    const startedAt = new Date(START).toISOString();
    const search = running(undefined, {
      engine: 'alphafold2',
      runs: [sampleRun({ stage: 'features', startedAt })],
      progress: { stage: 'features', step: 'uniref90', fraction: 0.5 },
    });
    assert.equal(jobTimes(search, undefined, START + 4 * MINUTE).remaining, undefined);
    assert.equal(stageRemaining(search, START + 4 * MINUTE), 4 * MINUTE);
    assert.equal(jobTimes(search, forecast, START + 4 * MINUTE).remaining, 6 * MINUTE);
  });

  it('are never negative and never not a number', () => {
    const fraction = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
    const minutes = fc.integer({ min: -5, max: 5000 });
    fc.assert(
      fc.property(fraction, minutes, fc.boolean(), (done, after, known) => {
        const times = jobTimes(running(done), known ? forecast : undefined, START + after * MINUTE);
        for (const value of [times.sinceCreated, times.elapsed, times.remaining, times.fraction]) {
          assert.ok(value === undefined || value >= 0, String(value));
        }
        assert.ok((times.fraction ?? 0) <= 1);
      }),
    );
  });
});
