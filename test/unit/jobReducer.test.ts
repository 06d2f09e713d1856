import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isFinished,
  isLive,
  type Job,
  RUN_STATUSES,
  type RunStatus,
  STAGES,
  type Stage,
} from '../../backend/api/job.ts';
import type { JobEvent } from '../../backend/core/events.ts';
import { newJob, reduceAll, reduceJob } from '../../backend/core/job.ts';
import { sampleJob } from '../support/sampleJob.ts';

const AT = '2026-11-22T10:00:01.000Z';
const RESULT = { confidenceMetric: 'pLDDT', meanConfidence: 90, models: 5, bestModel: 'ranked_0.pdb' } as const;
const FAILURE = { code: 'no-template', message: 'No template was found.' };

const planned = (...stages: readonly Stage[]): JobEvent => ({
  type: 'runsPlanned',
  runs: stages.map((stage) => ({ id: stage, stage })),
  at: AT,
});
const submitted = (runId: string): JobEvent => ({ type: 'runSubmitted', runId, schedulerId: `s-${runId}`, at: AT });
const observed = (
  runId: string,
  status: RunStatus,
  more: Partial<Extract<JobEvent, { type: 'runObserved' }>> = {},
): JobEvent => ({
  type: 'runObserved',
  runId,
  status,
  attempt: 1,
  at: AT,
  ...more,
});
const published: JobEvent = { type: 'resultPublished', result: RESULT, warnings: [], at: AT };
const failed: JobEvent = { type: 'failed', failure: FAILURE, at: AT };
const FEATURES = { key: 'a'.repeat(64), sha256: 'b'.repeat(64) };
/** A plan that begins with features from the cache: its run is `cached`. */
const plannedFromCache: JobEvent = {
  type: 'runsPlanned',
  runs: [{ id: 'cached', stage: 'predict' }],
  features: FEATURES,
  at: AT,
};
/** That run cannot use them. `made`: tells the new runs of one report from those of another. */
const replaced = (made = ''): JobEvent => ({
  type: 'runReplaced',
  runId: 'cached',
  runs: STAGES.map((stage) => ({ id: `${stage}${made}`, stage })),
  reason: 'The features are gone.',
  at: AT,
});
const cancel: JobEvent = { type: 'cancelRequested', at: AT };
const remove: JobEvent = { type: 'deleteRequested', at: AT };
const jobAfter = (...events: readonly JobEvent[]): Job => reduceAll(sampleJob(), events);

/** Things that are true of every job, whatever has happened to it. */
function assertConsistent(job: Job): void {
  if (job.status === 'SUCCEEDED') {
    assert.ok(job.result, 'a succeeded job has a result');
    assert.ok(job.runs.some((run) => run.stage === 'predict' && run.status === 'SUCCEEDED'));
  }
  if (job.status === 'FAILED') assert.ok(job.failure?.message && job.statusReason, 'a failed job says why');
  if (job.status === 'CANCELLED' || job.status === 'CANCELLING') assert.ok(job.cancelRequestedAt);
  if (job.status === 'CANCELLED') assert.equal(job.failure, undefined);
  if (job.status === 'DELETING') assert.ok(job.deleteRequestedAt);
  const decisive = job.runs.filter(({ superseded }) => !superseded);
  if (job.status === 'QUEUED') assert.ok(decisive.every((run) => run.schedulerId === undefined));
  if (job.knownFeatures)
    assert.ok(
      job.runs.every(({ stage }) => stage === 'predict'),
      'features, or a run that makes them',
    );
  const replacements = job.runs.length - decisive.length;
  assert.ok(replacements <= 1 && (replacements === 0 || decisive.length === 2));
  assert.equal(job.endedAt !== undefined, isFinished(job.status) || job.status === 'DELETING');
  if (isLive(job.status))
    assert.ok(job.statusReason !== undefined || job.status === 'RUNNING', `${job.status} says why`);
}

describe('job reducer', () => {
  it('makes a queued job of a request', () => {
    const { id, name, owner, engine, queue, comment, parameters, chains } = sampleJob();
    const request = { name, source: { kind: 'file', fileName: 'x.fasta' }, comment, parameters, given: [] } as const;
    const job = newJob({ id, owner, engine, queue, request, chains, warnings: ['w'], at: AT });
    assert.deepEqual([job.status, job.fileName, job.version, job.createdAt], ['QUEUED', 'x.fasta', 1, AT]);
    assertConsistent(job);
  });

  it('walks the whole way of a homology job', () => {
    const statuses: string[] = [];
    const events = [
      planned('predict'),
      submitted('predict'),
      ...(['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const).map((status) => observed('predict', status)),
      observed('predict', 'SUCCEEDED'),
      published,
    ];
    let job = sampleJob();
    for (const event of events) {
      job = reduceJob(job, event);
      statuses.push(job.status);
      assertConsistent(job);
    }
    assert.deepEqual(statuses, [
      'QUEUED',
      'SUBMITTED',
      'PENDING',
      'RUNNABLE',
      'STARTING',
      'RUNNING',
      'RUNNING',
      'SUCCEEDED',
    ]);
  });

  it('waits for the predict run after the features run', () => {
    const job = jobAfter(
      planned('features', 'predict'),
      submitted('features'),
      submitted('predict'),
      observed('predict', 'PENDING'),
      observed('features', 'RUNNING'),
    );
    assert.equal(job.status, 'RUNNING');
    const waiting = reduceAll(job, [
      observed('features', 'SUCCEEDED'),
      observed('predict', 'RUNNABLE', { reason: 'no capacity for p4d in us-east-1a' }),
    ]);
    assert.deepEqual([waiting.status, waiting.statusReason], ['RUNNABLE', 'no capacity for p4d in us-east-1a']);
  });

  it('does not succeed without a result, nor with a result alone', () => {
    assert.equal(
      jobAfter(planned('predict'), submitted('predict'), observed('predict', 'SUCCEEDED')).status,
      'RUNNING',
    );
    const early = jobAfter(planned('predict'), submitted('predict'), observed('predict', 'RUNNING'), published);
    assert.equal(early.status, 'RUNNING');
  });

  it('fails with the engine’s own words when they come with the end of the run', () => {
    const job = jobAfter(
      planned('predict'),
      submitted('predict'),
      failed,
      observed('predict', 'FAILED', { exitCode: 3 }),
    );
    assert.deepEqual([job.status, job.failure, job.statusReason], ['FAILED', FAILURE, FAILURE.message]);
    assert.equal(job.runs[0]?.status, 'FAILED');
  });

  it('explains a failed run that nobody explained', () => {
    const job = jobAfter(planned('predict'), submitted('predict'), observed('predict', 'FAILED', { exitCode: 137 }));
    assert.equal(job.failure?.code, 'engine-failed');
    assert.match(job.failure?.message ?? '', /exit code 137/);
  });

  it('says why it waits, as long as it waits', () => {
    const waiting = jobAfter(
      planned('predict'),
      submitted('predict'),
      observed('predict', 'RUNNABLE', { reason: 'waiting for a free CPU slot: 2 of 2 busy' }),
    );
    assert.equal(waiting.statusReason, 'waiting for a free CPU slot: 2 of 2 busy');
    assert.equal(reduceJob(waiting, observed('predict', 'RUNNABLE')).statusReason, waiting.statusReason);
    assert.equal(reduceJob(waiting, observed('predict', 'RUNNING')).statusReason, undefined);
    const explained = reduceJob(sampleJob(), { type: 'explained', reason: 'the scheduler is away', at: AT });
    assert.equal(explained.statusReason, 'the scheduler is away');
  });

  it('goes back to waiting for a new attempt, and starts its progress anew', () => {
    const progress = { stage: 'predict', step: 'build', fraction: 0.8 } as const;
    const running = jobAfter(planned('predict'), submitted('predict'), observed('predict', 'RUNNING', { progress }));
    const again = reduceJob(running, observed('predict', 'RUNNABLE', { attempt: 2, reason: 'attempt 1 was killed' }));
    assert.deepEqual(
      [again.status, again.progress, again.statusReason],
      ['RUNNABLE', undefined, 'attempt 1 was killed'],
    );
    assert.equal(
      reduceJob(again, observed('predict', 'RUNNING', { progress })),
      again,
      'a late report changes nothing',
    );
  });

  it('keeps the first plan', () => {
    const job = jobAfter(planned('predict'), { ...planned('features', 'predict') });
    assert.deepEqual(
      job.runs.map(({ id }) => id),
      ['predict'],
    );
  });

  it('goes on with new runs when the features in the cache cannot be used', () => {
    const progress = { stage: 'predict', step: 'start', fraction: 0.5 } as const;
    const running = jobAfter(plannedFromCache, submitted('cached'), observed('cached', 'RUNNING', { progress }));
    assert.deepEqual(running.knownFeatures, FEATURES);
    const again = reduceAll(running, [replaced(), observed('cached', 'FAILED', { exitCode: 1, progress })]);
    assertConsistent(again);
    assert.deepEqual(
      [again.status, again.statusReason, again.progress, again.knownFeatures, again.warnings],
      ['QUEUED', 'The features are gone.', undefined, undefined, ['The features are gone.']],
    );
    assert.deepEqual(
      again.runs.map(({ id, status, exitCode, superseded }) => [id, status, exitCode, superseded]),
      [
        ['cached', 'FAILED', 1, true],
        ['features', 'SUBMITTED', undefined, undefined],
        ['predict', 'SUBMITTED', undefined, undefined],
      ],
    );
    const searching = { stage: 'features', step: 'uniref90', fraction: 0.1 } as const;
    const anew = reduceAll(again, [submitted('features'), observed('features', 'RUNNING', { progress: searching })]);
    assert.deepEqual([anew.status, anew.progress], ['RUNNING', searching]);
    const late = { ...failed, runId: 'cached' } as const;
    assert.equal(reduceJob(anew, late), anew, 'what the old run says ends nothing');
    assert.equal(reduceJob(anew, replaced('-2')), anew, 'another report of the same plans nothing');
    assert.equal(reduceJob(anew, { ...failed, runId: 'features' }).status, 'FAILED');
  });

  it('replaces nothing that did not begin with the cache, was asked to end, or has ended', () => {
    const old = jobAfter(planned('predict'), submitted('predict'));
    assert.equal(reduceJob(old, { ...replaced(), runId: 'predict' } as JobEvent), old);
    const live = jobAfter(plannedFromCache, submitted('cached'));
    const cancelled = reduceJob(live, cancel);
    assert.equal(reduceJob(cancelled, replaced()), cancelled);
    assert.equal(reduceJob(cancelled, observed('cached', 'FAILED')).status, 'CANCELLED');
    const ended = reduceJob(live, observed('cached', 'FAILED'));
    assert.equal(reduceJob(ended, replaced()), ended);
    const replacing = reduceAll(live, [replaced(), cancel]);
    assert.equal(replacing.status, 'CANCELLING');
    assertConsistent(replacing);
  });

  it('cancels at once what nobody has begun with', () => {
    const job = jobAfter(cancel);
    assert.equal(job.status, 'CANCELLED');
    assert.equal(reduceJob(job, planned('predict')), job);
  });

  it('cancels from every live state, when the runs have stopped', () => {
    for (const status of ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const) {
      const live = jobAfter(planned('predict'), submitted('predict'), observed('predict', status));
      const cancelling = reduceJob(live, cancel);
      assert.equal(cancelling.status, 'CANCELLING', status);
      const end = reduceJob(cancelling, observed('predict', 'FAILED', { reason: 'terminated', exitCode: 143 }));
      assert.equal(end.status, 'CANCELLED', status);
      assertConsistent(end);
    }
  });

  it('lets a result win over a cancel that came too late, in either order', () => {
    const live = jobAfter(planned('predict'), submitted('predict'), observed('predict', 'RUNNING'), cancel);
    const end = [observed('predict', 'SUCCEEDED'), published];
    assert.equal(reduceAll(live, end).status, 'SUCCEEDED');
    assert.equal(reduceAll(live, end.toReversed()).status, 'SUCCEEDED');
  });

  it('cancels when runs succeeded but left no result', () => {
    const job = jobAfter(planned('predict'), submitted('predict'), cancel, observed('predict', 'SUCCEEDED'));
    assert.equal(job.status, 'CANCELLING');
    assert.equal(reduceJob(job, failed).status, 'CANCELLED');
  });

  it('deletes finished jobs only', () => {
    const live = jobAfter(planned('predict'), submitted('predict'));
    assert.equal(reduceJob(live, remove), live);
    const gone = jobAfter(cancel, remove);
    assert.equal(gone.status, 'DELETING');
    for (const event of [planned('predict'), published, failed, cancel, remove])
      assert.equal(reduceJob(gone, event), gone);
  });

  it('ignores reports of runs that it does not know', () => {
    const job = jobAfter(planned('predict'));
    assert.equal(reduceJob(job, observed('stranger', 'RUNNING')), job);
    assert.equal(reduceJob(job, submitted('stranger')), job);
  });
});

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
            const [now, then] = [next.progress, job.progress];
            if (now && then && now.stage === then.stage)
              assert.ok(now.fraction >= then.fraction || now.stage !== run.stage);
          }
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
