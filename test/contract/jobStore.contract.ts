import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Job, JobStatus } from '../../backend/api/job.ts';
import { InvalidCursor, type JobQuery, type JobStore, VersionConflict } from '../../backend/core/ports.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';

/** What every job store must do. `make` gives an empty store and a way to close it. */
export function describeJobStore(
  name: string,
  make: () => Promise<{ readonly store: JobStore; readonly close: () => Promise<void> | void }>,
): void {
  describe(`job store contract: ${name}`, () => {
    let store: JobStore;
    let close: () => Promise<void> | void;
    beforeEach(async () => {
      ({ store, close } = await make());
    });
    afterEach(() => close());

    /** Jobs a second apart, the last the newest. */
    async function fill(count: number, changes: (index: number) => Partial<Job> = () => ({})): Promise<Job[]> {
      const jobs = Array.from({ length: count }, (_, index) => {
        const at = new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString();
        return sampleJob({ createdAt: at, updatedAt: at, ...changes(index) });
      });
      for (let start = 0; start < jobs.length; start += 25) await store.create(jobs.slice(start, start + 25));
      return jobs;
    }

    async function allIds(query: JobQuery): Promise<string[]> {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.list({ ...query, ...(cursor !== undefined && { cursor }) });
        assert.ok(page.jobs.length <= query.limit);
        ids.push(...page.jobs.map((job) => job.id));
        cursor = page.next;
      } while (cursor !== undefined);
      return ids;
    }

    const newestFirst = (jobs: readonly Job[]): string[] => jobs.map((job) => job.id).reverse();

    it('gives back every field as it was stored', async () => {
      const job = sampleJob({
        comment: 'ünï😀\n"quoted"\u0000',
        fileName: 'a b/c.fasta',
        statusReason: 'why',
        progress: { stage: 'predict', step: 'search', fraction: 0.25, message: '…' },
        runs: [sampleRun({ schedulerId: 's', exitCode: 0, statusReason: '', startedAt: '2026-01-01T00:00:00.000Z' })],
        result: { confidenceMetric: 'estimated CA-lDDT', meanConfidence: 81.25, models: 2, bestModel: 'a/b.pdb' },
        failure: { code: 'x', message: 'y', remedy: 'z' },
        warnings: ['w'],
      });
      assert.deepEqual(await store.create([job]), { outcome: 'created' });
      assert.deepEqual(await store.get(job.id), job);
    });

    it('knows nothing of other ids', async () => {
      assert.equal(await store.get(randomUUID()), undefined);
      assert.equal(await store.get('../x'), undefined);
    });

    it('creates all or nothing', async () => {
      const [known] = await fill(1);
      const fresh = sampleJob();
      await assert.rejects(store.create([fresh, { ...fresh, id: known?.id ?? '' }]));
      assert.equal(await store.get(fresh.id), undefined);
    });

    it('creates a hundred jobs at once', async () => {
      const jobs = Array.from({ length: 100 }, () => sampleJob());
      assert.equal((await store.create(jobs)).outcome, 'created');
      assert.equal((await allIds({ limit: 1000 })).length, 100);
    });

    it('creates a thousand jobs at once, or none of them', async () => {
      const jobs = Array.from({ length: 1000 }, () => sampleJob());
      const [known] = await fill(1);
      assert.ok(known);
      const clashing = jobs.with(900, { ...sampleJob(), id: known.id });
      await assert.rejects(store.create(clashing), /exists|UNIQUE/);
      assert.deepEqual(await allIds({ limit: 1000 }), [known.id]);
      assert.deepEqual(await store.get(known.id), known);
      assert.equal((await store.create(jobs)).outcome, 'created');
      assert.equal((await allIds({ limit: 300 })).length, 1001);
      const [first] = jobs;
      assert.ok(first);
      assert.deepEqual(await store.update({ ...first, status: 'RUNNING' }), {
        ...first,
        status: 'RUNNING',
        version: 2,
      });
    });

    it('replays and refuses a key of a thousand jobs as one of a single job', async () => {
      const jobs = Array.from({ length: 1000 }, () => sampleJob());
      const key = { owner: 'ada', key: 'k', fingerprint: 'f' };
      const outcomes = await Promise.all([
        store.create(jobs, key),
        store.create(
          jobs.map((job) => ({ ...job, id: randomUUID() })),
          key,
        ),
      ]);
      assert.deepEqual(outcomes.map(({ outcome }) => outcome).sort(), ['created', 'replayed']);
      assert.equal((await allIds({ limit: 1000 })).length, 1000);
      const [again] = [await store.create(jobs, key)];
      assert.equal(again.outcome === 'replayed' && again.jobs.length, 1000);
      assert.deepEqual(await store.create(jobs, { ...key, fingerprint: 'other' }), { outcome: 'mismatch' });
      assert.equal((await allIds({ limit: 1000 })).length, 1000);
    });

    it('replays a key with the same fingerprint, refuses it with another, per owner', async () => {
      const jobs = [sampleJob(), sampleJob()];
      const key = { owner: 'ada', key: 'k', fingerprint: 'f1' };
      assert.equal((await store.create(jobs, key)).outcome, 'created');
      assert.deepEqual(await store.create([sampleJob()], key), { outcome: 'replayed', jobs });
      const other = sampleJob();
      assert.deepEqual(await store.create([other], { ...key, fingerprint: 'f2' }), { outcome: 'mismatch' });
      assert.equal(await store.get(other.id), undefined);
      assert.equal((await store.create([other], { ...key, owner: 'bob', fingerprint: 'f2' })).outcome, 'created');
      assert.equal((await allIds({ limit: 10 })).length, 3);
    });

    it('replays jobs as they are now, without those that were deleted', async () => {
      const [gone, kept] = [sampleJob(), sampleJob()];
      const key = { owner: 'ada', key: 'k', fingerprint: 'f' };
      await store.create([gone, kept], key);
      await store.remove(gone.id, 1);
      const now = await store.update({ ...kept, status: 'RUNNING' });
      assert.deepEqual(await store.create([sampleJob()], key), { outcome: 'replayed', jobs: [now] });
    });

    it('creates once when the same key comes several times at once', async () => {
      const key = { owner: 'ada', key: 'k', fingerprint: 'f' };
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => store.create([sampleJob()], key)));
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'created').length, 1);
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'replayed').length, 7);
      assert.equal((await allIds({ limit: 10 })).length, 1);
    });

    it('updates the version that was read and no other', async () => {
      const [job] = await fill(1);
      assert.ok(job);
      const stored = await store.update({ ...job, status: 'RUNNING' });
      assert.deepEqual(stored, { ...job, status: 'RUNNING', version: 2 });
      assert.deepEqual(await store.get(job.id), stored);
      await assert.rejects(store.update({ ...job, status: 'FAILED' }), VersionConflict);
      assert.deepEqual(await store.get(job.id), stored);
    });

    it('lets one of many concurrent updates through', async () => {
      const [job] = await fill(1);
      assert.ok(job);
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => store.update({ ...job, comment: `${index}` })),
      );
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const result of results)
        if (result.status === 'rejected') assert.ok(result.reason instanceof VersionConflict);
    });

    it('does not bring back a job that is gone', async () => {
      const [job] = await fill(1);
      assert.ok(job);
      await assert.rejects(store.remove(job.id, 7), VersionConflict);
      await store.remove(job.id, 1);
      await store.remove(job.id, 1);
      assert.equal(await store.get(job.id), undefined);
      await assert.rejects(store.update(job), VersionConflict);
      assert.deepEqual(await allIds({ limit: 10 }), []);
    });

    it('lists newest first, in pages that neither repeat nor lose a job', async () => {
      const jobs = await fill(23);
      assert.deepEqual(await allIds({ limit: 1000 }), newestFirst(jobs));
      assert.deepEqual(await allIds({ limit: 5 }), newestFirst(jobs));
      assert.deepEqual(await allIds({ limit: 23 }), newestFirst(jobs));
      assert.equal((await store.list({ limit: 23 })).next, undefined);
    });

    it('pages through jobs of the same instant', async () => {
      const at = '2026-01-01T00:00:00.000Z';
      const jobs = await fill(9, () => ({ createdAt: at }));
      const ids = await allIds({ limit: 2 });
      assert.deepEqual([...ids].sort(), jobs.map(({ id }) => id).sort());
      assert.deepEqual(ids, [...ids].sort().reverse());
    });

    it('lists by owner and by one or several states', async () => {
      const statuses: readonly JobStatus[] = ['QUEUED', 'RUNNING', 'FAILED'];
      const jobs = await fill(24, (index) => ({
        owner: index % 2 === 0 ? 'ada' : 'bob',
        status: statuses[index % 3] ?? 'QUEUED',
      }));
      const expected = (test: (job: Job) => boolean): string[] => newestFirst(jobs.filter(test));
      assert.deepEqual(
        await allIds({ limit: 5, owner: 'ada' }),
        expected((job) => job.owner === 'ada'),
      );
      assert.deepEqual(
        await allIds({ limit: 3, statuses: ['RUNNING'] }),
        expected((job) => job.status === 'RUNNING'),
      );
      assert.deepEqual(
        await allIds({ limit: 3, owner: 'bob', statuses: ['RUNNING', 'FAILED', 'FAILED'] }),
        expected((job) => job.owner === 'bob' && job.status !== 'QUEUED'),
      );
      assert.deepEqual(await allIds({ limit: 3, owner: 'eve' }), []);
      assert.deepEqual(await allIds({ limit: 3, statuses: [] }), []);
    });

    it('follows a job to its new state', async () => {
      const [job] = await fill(1);
      assert.ok(job);
      await store.update({ ...job, status: 'SUCCEEDED' });
      assert.deepEqual(await allIds({ limit: 3, statuses: ['QUEUED'] }), []);
      assert.deepEqual(await allIds({ limit: 3, statuses: ['SUCCEEDED'] }), [job.id]);
    });

    it('goes on behind its cursor while jobs come, leave the selection and are removed', async () => {
      const jobs = await fill(10);
      const first = await store.list({ limit: 4, statuses: ['QUEUED'] });
      for (const job of first.jobs) await store.update({ ...job, status: 'CANCELLED' });
      await store.remove(jobs[2]?.id ?? '', 1);
      await store.create([sampleJob({ createdAt: '2027-01-01T00:00:00.000Z' })]);
      const second = await store.list({ limit: 10, statuses: ['QUEUED'], cursor: first.next ?? '' });
      assert.deepEqual(
        second.jobs.map(({ id }) => id),
        newestFirst(jobs.slice(0, 6).filter((_, index) => index !== 2)),
      );
    });

    it('refuses cursors that it did not make', async () => {
      await fill(3);
      const { next } = await store.list({ limit: 1 });
      assert.ok(next);
      for (const cursor of ['x', '', '!!!', 'eyJhIjoxfQ', `${next}x`, next.slice(1), '0'.repeat(10_000)]) {
        await assert.rejects(store.list({ limit: 1, cursor }), InvalidCursor, cursor.slice(0, 20));
      }
    });
  });
}
