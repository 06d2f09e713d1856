import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isFinished, type Job, RUN_STATUSES, type RunStatus, STAGES, type Stage } from '../../backend/api/job.ts';
import type { JobEvent } from '../../backend/core/events.ts';
import { reduceAll, reduceJob } from '../../backend/core/job.ts';
import {
  AT,
  assertConsistent,
  cancel,
  failed,
  observed,
  planned,
  plannedFromCache,
  published,
  remove,
  replaced,
  submitted,
} from '../support/jobEvents.ts';
import { sampleJob } from '../support/sampleJob.ts';

/** What really happens to one job, in order; `verdict` is how it ends. */
interface History {
  readonly stages: readonly Stage[];
  readonly reports: readonly JobEvent[];
  readonly verdict: Job['status'];
}

/** Reports of one run: one or several attempts, the last of which ends as told. */
function runHistory(stage: Stage, end: RunStatus, attempts: number, fractions: readonly number[]): JobEvent[] {
  const events: JobEvent[] = [submitted(stage)];
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    for (const status of RUN_STATUSES.slice(1, 5)) events.push(observed(stage, status, { attempt }));
    for (const fraction of fractions.toSorted((a, b) => a - b)) {
      events.push(observed(stage, 'RUNNING', { attempt, progress: { stage, step: `${fraction}`, fraction } }));
    }
  }
  events.push(observed(stage, end, { attempt: attempts, exitCode: end === 'SUCCEEDED' ? 0 : 1 }));
  return events;
}

const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 });
const attempts = fc.integer({ min: 1, max: 3 });

const history: fc.Arbitrary<History> = fc
  .record({
    stages: fc.constantFrom<readonly Stage[]>(['predict'], ['features', 'predict']),
    end: fc.constantFrom(
      'result',
      'run-fails',
      'engine-says-no',
      'no-result',
      'cancelled',
      'cancelled-and-failed',
      'cancelled-too-late',
    ),
    attempts,
    fractions,
  })
  .map(({ stages, end, ...rest }) => {
    const first = stages.slice(0, -1).flatMap((stage) => runHistory(stage, 'SUCCEEDED', rest.attempts, rest.fractions));
    const last = (status: RunStatus): JobEvent[] => runHistory('predict', status, rest.attempts, rest.fractions);
    switch (end) {
      case 'result':
        return { stages, reports: [...first, ...last('SUCCEEDED'), published], verdict: 'SUCCEEDED' };
      case 'run-fails':
        return { stages, reports: [...first, ...last('FAILED')], verdict: 'FAILED' };
      case 'engine-says-no':
        return { stages, reports: [...first, ...last('FAILED'), failed], verdict: 'FAILED' };
      case 'no-result':
        return { stages, reports: [...first, ...last('SUCCEEDED'), failed], verdict: 'FAILED' };
      case 'cancelled':
        return { stages, reports: [cancel, ...first, ...last('FAILED')], verdict: 'CANCELLED' };
      case 'cancelled-and-failed':
        return { stages, reports: [cancel, ...first, ...last('FAILED'), failed], verdict: 'CANCELLED' };
      default:
        return { stages, reports: [cancel, ...first, ...last('SUCCEEDED'), published], verdict: 'SUCCEEDED' };
    }
  });

/** Reports that decide how the job ends; the others may get lost. */
function decides(event: JobEvent): boolean {
  if (event.type === 'runObserved') return event.status === 'SUCCEEDED' || event.status === 'FAILED';
  return event.type !== 'runSubmitted' && event.type !== 'explained';
}

/** The history as it may really arrive: shuffled, some reports several times, some that decide nothing not at all. */
const delivery = history.chain(({ stages, reports, verdict }) => {
  const [head, tail] = reports[0] === cancel ? [[cancel], reports.slice(1)] : [[], reports];
  return fc
    .record({
      order: fc.shuffledSubarray(
        tail.map((_, index) => index),
        { minLength: tail.length },
      ),
      copies: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: tail.length, maxLength: tail.length }),
      echoes: fc.shuffledSubarray([...tail]),
    })
    .map(({ order, copies, echoes }) => {
      const arrived = order.flatMap((index) => {
        const event = tail[index];
        if (!event) return [];
        return new Array<JobEvent>(Math.max(copies[index] ?? 1, decides(event) ? 1 : 0)).fill(event);
      });
      return { events: [planned(...stages), ...head, ...arrived, ...echoes], verdict };
    });
});

const stageOf = (runId: string): Stage => (runId === 'features' ? 'features' : 'predict');

const anyEvent: fc.Arbitrary<JobEvent> = fc.oneof(
  fc.constantFrom(planned('predict'), planned('features', 'predict'), published, failed, cancel, remove),
  fc.constantFrom(plannedFromCache, replaced(), replaced('-2'), { ...failed, runId: 'cached' }),
  fc.constantFrom(...STAGES, 'cached').map(submitted),
  fc.record({ reason: fc.string(), at: fc.constant(AT) }).map((rest): JobEvent => ({ type: 'explained', ...rest })),
  fc
    .record({
      runId: fc.constantFrom(...STAGES, 'cached'),
      status: fc.constantFrom(...RUN_STATUSES),
      attempt: attempts,
      fraction: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      reason: fc.option(fc.string(), { nil: undefined }),
    })
    .map(({ runId, status, attempt, fraction, reason }) =>
      observed(runId, status, {
        attempt,
        ...(reason !== undefined && { reason }),
        ...(fraction !== undefined && { progress: { stage: stageOf(runId), step: 's', fraction } }),
      }),
    ),
);

describe('job reducer, whatever comes', function () {
  this.timeout(60_000);

  it('reaches the same end whatever the order, repeated or lost reports', () => {
    fc.assert(
      fc.property(delivery, ({ events, verdict }) => {
        const end = reduceAll(sampleJob(), events);
        assert.equal(end.status, verdict);
        assertConsistent(end);
      }),
      { numRuns: 1000 },
    );
  });

  it('ends as its new runs do once the first was replaced, whatever is still heard of that one', () => {
    const cached = runHistory('predict', 'FAILED', 2, [0.5]).map(
      (event): JobEvent => ({ ...event, runId: 'cached' }) as JobEvent,
    );
    const echoes = fc.shuffledSubarray([
      ...cached,
      replaced('-2'),
      { ...failed, runId: 'cached' } as JobEvent,
      plannedFromCache,
    ]);
    const before = fc.shuffledSubarray(cached.slice(0, -1));
    const whole = delivery.filter(({ events }) => {
      const [plan] = events;
      return plan?.type === 'runsPlanned' && plan.runs.length === 2;
    });
    fc.assert(
      fc.property(whole, before, echoes, fc.infiniteStream(fc.boolean()), ({ events, verdict }, first, late, mix) => {
        const rest = [...late];
        const [head, ...others] = events.slice(1);
        // A cancel before everything else would keep the run from being replaced.
        const after = others.flatMap((event) =>
          mix.next().value && rest.length > 0 ? [rest.shift() as JobEvent, event] : [event],
        );
        const told = [
          plannedFromCache,
          ...first,
          replaced(),
          observed('cached', 'FAILED'),
          ...(head ? [head] : []),
          ...after,
          ...rest,
        ];
        const end = reduceAll(sampleJob(), told);
        assert.equal(end.status, verdict);
        assert.equal(end.runs.length, 3);
        assertConsistent(end);
      }),
      { numRuns: 500 },
    );
  });

  it('is always consistent, and never leaves a finished state but to be deleted', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let job = sampleJob({ statusReason: 'new' });
        for (const event of events) {
          const next = reduceJob(job, event);
          assertConsistent(next);
          if (isFinished(job.status)) assert.ok(next.status === job.status || next.status === 'DELETING');
          if (job.status === 'DELETING') assert.equal(next, job);
          assert.equal(next.version, job.version);
          assert.ok(next.updatedAt >= job.updatedAt);
          job = next;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does with an event twice what it does with it once', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), anyEvent, (events, event) => {
        const once = reduceJob(reduceAll(sampleJob(), events), event);
        assert.equal(reduceJob(once, event), once);
      }),
      { numRuns: 1000 },
    );
  });

  it('never lets a run’s attempt, its state or its progress go back', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let job = sampleJob();
        for (const event of events) {
          const next = reduceJob(job, event);
          for (const [index, run] of next.runs.entries()) {
            const before = job.runs[index];
            if (!before) continue;
            assert.ok(run.attempt >= before.attempt);
            const ended = before.status === 'SUCCEEDED' || before.status === 'FAILED';
            if (ended) assert.equal(run.status, before.status);
            if (run.attempt > before.attempt) continue;
            assert.ok(RUN_STATUSES.indexOf(run.status) >= RUN_STATUSES.indexOf(before.status));
          }
          // A further attempt begins anew, and a stage may have had an earlier run that was replaced.
          const [now, then] = [next.progress, job.progress];
          const isRetried = next.runs.some(({ attempt }, index) => attempt > (job.runs[index]?.attempt ?? attempt));
          if (now && then && now.stage === then.stage && !isRetried) assert.ok(now.fraction >= then.fraction);
          job = next;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same object back when nothing changed, and never changes the one it was given', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        let job = sampleJob();
        for (const event of events) {
          const copy = structuredClone(job);
          const next = reduceJob(job, event);
          assert.deepEqual(job, copy);
          if (next !== job) assert.notDeepEqual({ ...next, updatedAt: '' }, { ...job, updatedAt: '' });
          job = next;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
