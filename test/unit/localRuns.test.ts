import assert from 'node:assert/strict';
import fc from 'fast-check';
import { afterAttempt, hasEnded, type RunRecord } from '../../backend/local/runRecord.ts';
import { isWorthTelling, nextToStart, type Place, placesInLine } from '../../backend/local/waitingLine.ts';
import { shellRun } from '../support/localScheduler.ts';

const NOW = Date.UTC(2026, 10, 22);

function running(changes: Partial<RunRecord> = {}, maxAttempts = 3): RunRecord {
  return {
    spec: shellRun('', { maxAttempts }),
    sequence: 1,
    status: 'RUNNING',
    attempt: 1,
    startedAt: new Date(NOW - 1000).toISOString(),
    process: { pid: 7, started: 'x' },
    ...changes,
  };
}

describe('end of an attempt', () => {
  it('with exit code 0 is the end of the run', () => {
    const end = afterAttempt(running(), { exitCode: 0 }, NOW);
    assert.deepEqual([end.status, end.exitCode, end.process], ['SUCCEEDED', 0, undefined]);
    assert.ok(end.startedAt && end.endedAt);
  });

  it('counts as success even if the end was asked for a moment too late', () => {
    const ending = { kind: 'terminated', reason: 'cancelled on request', at: NOW } as const;
    assert.equal(afterAttempt(running({ ending }), { exitCode: 0 }, NOW).status, 'SUCCEEDED');
  });

  it('leads to another attempt later, which says why', () => {
    const next = afterAttempt(running(), { exitCode: 1, reason: 'it broke' }, NOW);
    assert.deepEqual([next.status, next.attempt, next.process, next.startedAt], ['RUNNABLE', 2, undefined, undefined]);
    assert.equal(next.reason, 'attempt 1 of 3 failed (it broke); trying again');
    assert.ok((next.notBefore ?? 0) > NOW);
    const third = afterAttempt(running({ attempt: 2 }), { exitCode: 137 }, NOW);
    assert.match(third.reason ?? '', /SIGKILL.*memory/);
    assert.ok((third.notBefore ?? 0) > (next.notBefore ?? 0), 'it waits longer each time');
  });

  it('is final after the last attempt, on request, at the time limit, and when the engine cannot predict', () => {
    const last = afterAttempt(running({ attempt: 3 }), {}, NOW);
    assert.deepEqual([last.status, last.attempt], ['FAILED', 3]);
    assert.match(last.reason ?? '', /without saying how \(attempt 3 of 3\)/);
    const ending = { reason: 'why', at: NOW } as const;
    const asked = afterAttempt(running({ ending: { ...ending, kind: 'terminated' } }), { exitCode: 143 }, NOW);
    assert.deepEqual([asked.status, asked.reason, asked.failureCode], ['FAILED', 'why', undefined]);
    const late = afterAttempt(running({ ending: { ...ending, kind: 'timeout' } }), { exitCode: 143 }, NOW);
    assert.deepEqual([late.status, late.failureCode], ['FAILED', 'timeout']);
    const cannot = afterAttempt(running(), { exitCode: 3, reason: 'nothing alike' }, NOW);
    assert.deepEqual([cannot.status, cannot.reason, cannot.attempt], ['FAILED', 'nothing alike', 1]);
  });

  it('never leads to more attempts than may be', () => {
    const ends = fc.array(fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined }), { maxLength: 10 });
    fc.assert(
      fc.property(ends, fc.integer({ min: 1, max: 5 }), (codes, maxAttempts) => {
        let record = running({}, maxAttempts);
        for (const exitCode of codes) {
          if (hasEnded(record)) break;
          record = afterAttempt(record, exitCode === undefined ? {} : { exitCode }, NOW);
          assert.ok(record.attempt <= maxAttempts);
        }
      }),
    );
  });
});

describe('waiting line', () => {
  const waiting = (sequence: number, owner = 'ada', changes: Partial<RunRecord> = {}): RunRecord => ({
    spec: shellRun('', { owner }),
    sequence,
    status: 'RUNNABLE',
    attempt: 1,
    ...changes,
  });

  it('goes by submission, but lets nobody take all slots from the others', () => {
    const line = [waiting(1), waiting(2), waiting(3, 'bob')];
    assert.equal(nextToStart(line, [])?.sequence, 1);
    assert.equal(nextToStart(line.slice(1), [waiting(1)])?.sequence, 3);
    assert.equal(nextToStart([], []), undefined);
  });

  it('tells each where it stands', () => {
    const retry = waiting(2, 'ada', { notBefore: NOW + 1000, reason: 'attempt 1 of 3 failed (x); trying again' });
    const reasons = (busy: number): readonly string[] =>
      placesInLine([waiting(1), retry, waiting(3, 'ada', { status: 'PENDING' }), waiting(4)], busy, 2, NOW).map(
        ({ reason }) => reason,
      );
    assert.deepEqual(reasons(2), [
      'waiting for a free slot: 2 of 2 busy, next in line',
      'attempt 1 of 3 failed (x); trying again',
      'waiting for an earlier run of this job',
      'waiting for a free slot: 2 of 2 busy, 2 jobs ahead',
    ]);
    assert.equal(reasons(1)[0], 'starting soon');
  });

  it('tells those in front of every step, those behind only now and then', () => {
    const place = (ahead: number): Place => ({ record: waiting(1), ahead, reason: `${ahead}` });
    assert.ok(isWorthTelling(undefined, place(500)));
    assert.ok(isWorthTelling(place(3), place(2)));
    assert.ok(!isWorthTelling(place(3), place(3)));
    let told = place(10_000);
    let times = 0;
    for (let ahead = 10_000; ahead >= 0; ahead--) {
      if (!isWorthTelling(told, place(ahead))) continue;
      told = place(ahead);
      times++;
    }
    assert.equal(told.ahead, 0);
    assert.ok(times < 100, `${times} updates on the way through a line of 10,000`);
  });
});
