import assert from 'node:assert/strict';
import type { JobEvent } from '../../backend/core/events.ts';
import { newJob, reduceAll, reduceJob } from '../../backend/core/job.ts';
import {
  AT,
  assertConsistent,
  cancel,
  FAILURE,
  FEATURES,
  failed,
  jobAfter,
  observed,
  planned,
  plannedFromCache,
  published,
  remove,
  replaced,
  submitted,
} from '../support/jobEvents.ts';
import { sampleJob } from '../support/sampleJob.ts';

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
