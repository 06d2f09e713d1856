import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { JOB_STATUSES, type Job } from '../../backend/api/job.ts';
import {
  GROUPINGS,
  groupJobs,
  groupKey,
  localDay,
  STATUS_GROUPS,
  statusGroup,
} from '../../extension/jobs/arrange/groups.ts';
import { ORDERS, orderJobs, orderKey } from '../../extension/jobs/arrange/order.ts';
import { matches, searchTerms } from '../../extension/jobs/arrange/search.ts';
import { sampleJob } from '../support/sampleJob.ts';

const result = (meanConfidence: number): Pick<Job, 'result'> => ({
  result: { confidenceMetric: 'pLDDT', meanConfidence, models: 1, bestModel: 'a.pdb' },
});
const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 22, 8) + minutes * 60_000).toISOString();
const fileOf = ({ fileName }: Job): string | undefined => fileName;

/** Jobs as the store has them: newest first. */
const jobs = fc
  .array(
    fc.record({
      status: fc.constantFrom(...JOB_STATUSES),
      queue: fc.constantFrom('low', 'p4', 'p10'),
      minute: fc.nat(5000),
      file: fc.constantFrom(undefined, 'a.fasta', 'b.fasta'),
      confidence: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    }),
    { maxLength: 40 },
  )
  .map((made) =>
    made
      .map(({ status, queue, minute, file, confidence }) =>
        sampleJob({
          status,
          queue,
          createdAt: at(minute),
          ...(file === undefined ? {} : { fileName: file }),
          ...(confidence === undefined ? {} : result(confidence)),
        }),
      )
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
  );

describe('groups of jobs', () => {
  it('hold every job once, each where it belongs, in the order given', () => {
    fc.assert(
      fc.property(jobs, fc.constantFrom(...GROUPINGS), (all, grouping) => {
        const groups = groupJobs(grouping, all, fileOf);
        assert.equal(new Set(groups.map(({ key }) => key)).size, groups.length);
        assert.equal(
          groups.reduce((sum, group) => sum + group.jobs.length, 0),
          all.length,
        );
        for (const group of groups) {
          assert.ok(group.jobs.length > 0);
          assert.deepEqual(
            group.jobs,
            all.filter((job) => groupKey(grouping, job, fileOf) === group.key),
          );
        }
      }),
    );
  });

  it('stand in a sensible order: what runs first, the newest day first, unknown files last, numbers as numbers', () => {
    const keys = (grouping: (typeof GROUPINGS)[number], all: readonly Job[]) =>
      groupJobs(grouping, all, fileOf).map(({ key }) => key);
    const statuses = [...JOB_STATUSES].reverse().map((status) => sampleJob({ status }));
    assert.deepEqual(keys('status', statuses), [...STATUS_GROUPS]);
    assert.deepEqual(keys('queue', [sampleJob({ queue: 'p10' }), sampleJob({ queue: 'p4' })]), ['p4', 'p10']);
    assert.deepEqual(keys('file', [sampleJob(), sampleJob({ fileName: 'z' })]), ['z', '']);
    const days = [at(0), at(3 * 1440), at(1440)];
    assert.deepEqual(
      keys(
        'day',
        days.map((createdAt) => sampleJob({ createdAt })),
      ),
      [at(3 * 1440), at(1440), at(0)].map(localDay),
    );
  });

  it('are by the day where the user is', () => {
    const here = new Date(2026, 10, 22, 0, 30);
    assert.equal(localDay(here.toISOString()), '2026-11-22');
  });
});

describe('the order of jobs', () => {
  it('loses none, and keeps what is equal newest first', () => {
    fc.assert(
      fc.property(jobs, fc.constantFrom(...ORDERS), (all, order) => {
        const ordered = orderJobs(order, all);
        assert.deepEqual(new Set(ordered), new Set(all));
        assert.equal(ordered.length, all.length);
        if (order === 'status') {
          const ranks = ordered.map(({ status }) => STATUS_GROUPS.indexOf(statusGroup(status)));
          assert.deepEqual(
            ranks,
            [...ranks].sort((a, b) => a - b),
          );
        }
        if (order === 'confidence') {
          const values = ordered.map((job) => job.result?.meanConfidence ?? -1);
          assert.deepEqual(
            values,
            [...values].sort((a, b) => b - a),
          );
        }
        if (order === 'status' || order === 'confidence') {
          for (const [index, job] of ordered.entries()) {
            const next = ordered[index + 1];
            if (!next || orderKey(order, job) !== orderKey(order, next)) continue;
            assert.ok(all.indexOf(job) < all.indexOf(next), `${job.createdAt} stands before ${next.createdAt}`);
          }
        }
        if (order === 'newest') assert.deepEqual(ordered, all);
        if (order === 'oldest') assert.deepEqual([...ordered].reverse(), all);
      }),
    );
  });

  it('does not change places for jobs whose key is the same', () => {
    fc.assert(
      fc.property(jobs, fc.constantFrom('status', 'confidence', 'name', 'newest', 'oldest'), (all, order) => {
        const before = orderJobs(order, all);
        const changed = all.map((job) => ({ ...job, version: job.version + 1, statusReason: 'something else' }));
        changed.forEach((job, index) => {
          const old = all[index];
          assert.ok(old);
          assert.equal(orderKey(order, job), orderKey(order, old));
        });
        assert.deepEqual(
          orderJobs(order, changed).map(({ id }) => id),
          before.map(({ id }) => id),
        );
      }),
    );
  });

  it('takes names as people do: 2 before 10, capitals or not', () => {
    const named = ['p10', 'P2', 'a'].map((name) => sampleJob({ name }));
    assert.deepEqual(
      orderJobs('name', named).map(({ name }) => name),
      ['a', 'P2', 'p10'],
    );
    const equal = ['b', 'A', 'a', 'B'].map((name) => sampleJob({ name }));
    assert.deepEqual(
      orderJobs('name', equal).map(({ name }) => name),
      ['A', 'a', 'b', 'B'],
    );
  });

  it('takes the longest prediction first, one that has not begun last, and equally long ones newest first', () => {
    const took = (name: string, minutes: number) =>
      sampleJob({ name, status: 'SUCCEEDED', startedAt: at(0), endedAt: at(minutes) });
    const all = [sampleJob({ name: 'waits' }), took('short', 2), took('newer', 9), took('long', 10), took('older', 9)];
    assert.deepEqual(
      orderJobs('duration', all).map(({ name }) => name),
      ['long', 'newer', 'older', 'short', 'waits'],
    );
  });
});

describe('the search for jobs', () => {
  const job = sampleJob({ name: 'HBB_HUMAN', comment: 'Ｗild-type é', queue: 'p4', fileName: 'globins.fasta' });
  const finds = (text: string): boolean => matches(searchTerms(text), job, fileOf);

  it('wants every word, wherever it stands, in any letter case', () => {
    for (const text of ['', '  ', 'hbb', 'human P4', 'GLOBINS', 'wild E', '"beta globin"', 'queued', job.id]) {
      assert.ok(finds(text), text);
    }
    for (const text of ['hba', 'hbb low', '"globin beta"']) assert.ok(!finds(text), text);
  });

  it('finds any part of a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), fc.nat(12), (name, start) => {
        const part = [...name.replaceAll('"', ' ')].slice(start).join('').trim();
        const terms = searchTerms(`"${part}"`);
        assert.ok(matches(terms, sampleJob({ name: name.replaceAll('"', ' ') }), fileOf), part);
      }),
    );
  });
});
