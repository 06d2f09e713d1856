import assert from 'node:assert/strict';
import type { Job, JobStatus } from '../../backend/api/job.ts';
import { problem } from '../../backend/api/problem.ts';
import { requestFromWire } from '../../backend/api/wireRequest.ts';
import type { JobSource } from '../../extension/jobs/jobSource.ts';
import { JobStore, type JobsChange } from '../../extension/jobs/jobStore.ts';

const { parameters } = requestFromWire({ fasta: 'x', sequence: '>x\nA\n' });

function job(number: number, status: JobStatus, version = 1): Job {
  return {
    id: `job-${String(number).padStart(4, '0')}`,
    name: `protein ${number}`,
    owner: 'me',
    engine: 'homology',
    queue: 'local',
    comment: '',
    parameters,
    chains: [{ id: 'A', description: '', length: 100 }],
    status,
    warnings: [],
    runs: [],
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
    updatedAt: '2026-01-01T00:00:00.000Z',
    version,
  };
}

/** A backend as far as the store can see it: newest first, in pages. */
class Backend implements JobSource {
  readonly jobs = new Map<string, Job>();
  readonly questions: string[] = [];
  failure: Error | undefined;
  /** Runs while an answer is on its way. */
  meanwhile: () => void = () => undefined;

  put(...jobs: Job[]): void {
    for (const one of jobs) this.jobs.set(one.id, one);
  }

  async list({ statuses, limit, cursor }: Parameters<JobSource['list']>[0]) {
    this.questions.push(statuses ? 'live' : cursor === undefined ? 'list' : 'more');
    if (this.failure) throw this.failure;
    const fitting = [...this.jobs.values()]
      .filter(({ status }) => !statuses || statuses.includes(status))
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    const start = Number(cursor ?? 0);
    // As the server does.
    const end = start + Math.min(limit, 1000);
    const jobs = fitting.slice(start, end);
    await Promise.resolve();
    this.meanwhile();
    return end < fitting.length ? { jobs, next: String(end) } : { jobs };
  }

  get(id: string): Promise<{ job: Job }> {
    this.questions.push(`get ${id}`);
    const found = this.jobs.get(id);
    return found ? Promise.resolve({ job: found }) : Promise.reject(problem('not-found', 'There is no such job.'));
  }
}

describe('JobStore', () => {
  let backend: Backend;
  let store: JobStore;
  let changes: JobsChange[];

  beforeEach(() => {
    backend = new Backend();
    store = new JobStore(backend);
    changes = [];
    store.onDidChange((change) => changes.push(change));
  });
  afterEach(() => store.dispose());

  const endedIds = () => changes.flatMap(({ ended }) => ended.map(({ id }) => id));

  it('holds what the backend said, newest first', async () => {
    backend.put(job(1, 'SUCCEEDED'), job(2, 'RUNNING'));
    await store.refresh();
    assert.deepEqual(
      store.jobs.map(({ name }) => name),
      ['protein 2', 'protein 1'],
    );
    assert.equal(store.live.length, 1);
    assert.deepEqual(store.state, { kind: 'current' });
  });

  it('says nothing when nothing changed', async () => {
    backend.put(job(1, 'RUNNING'));
    await store.refresh();
    await store.refresh();
    assert.equal(changes.length, 1);
  });

  it('tells of a job that ended, once, and not of jobs that had ended before they were seen', async () => {
    backend.put(job(1, 'RUNNING'), job(2, 'FAILED'));
    await store.refresh();
    backend.put(job(1, 'SUCCEEDED', 2));
    await store.refresh();
    await store.refresh();
    assert.deepEqual(endedIds(), ['job-0001']);
    assert.deepEqual(changes.at(-1)?.listChanged, false);
  });

  it('keeps a live job that left the page in sight, with one more question', async () => {
    backend.put(job(0, 'RUNNING'));
    await store.refresh();
    backend.put(...Array.from({ length: 60 }, (_, index) => job(index + 1, 'SUCCEEDED')));
    await store.refresh();
    assert.ok(store.find('job-0000'), 'still there');
    assert.ok(store.hasMore);
    assert.deepEqual(backend.questions, ['list', 'list', 'live']);
    backend.put(job(0, 'SUCCEEDED', 2));
    await store.refresh();
    assert.deepEqual(endedIds(), ['job-0000']);
  });

  it('finds every live job, also those of others that are older than the list', async () => {
    backend.put(job(0, 'RUNNING'), ...Array.from({ length: 60 }, (_, index) => job(index + 1, 'SUCCEEDED')));
    await store.refresh();
    assert.deepEqual(
      store.live.map(({ id }) => id),
      ['job-0000'],
    );
    backend.put(...Array.from({ length: 1200 }, (_, index) => job(index + 100, 'QUEUED')));
    await store.refresh();
    assert.equal(store.live.length, 1201);
    assert.ok(store.hasMore, 'what has ended is not loaded with them');
  });

  it('knows which jobs nobody will hear of any more', async () => {
    backend.put(job(1, 'RUNNING'));
    const gone: boolean[] = [];
    store.onDidRead(() => gone.push(!store.isFollowed('job-gone')));
    store.follow(['job-0001', 'job-gone']);
    await store.refresh();
    assert.deepEqual([gone, store.isFollowed('job-0001')], [[true], true]);
  });

  it('tells of the end of jobs that were submitted before the window was reloaded', async () => {
    backend.put(job(1, 'SUCCEEDED'), job(2, 'FAILED'));
    store.follow(['job-0002', 'job-gone']);
    await store.refresh();
    assert.deepEqual(endedIds(), ['job-0002']);
  });

  it('keeps what it knows when the backend fails, and says that it is old', async () => {
    backend.put(job(1, 'RUNNING'));
    await store.refresh();
    backend.failure = new Error('nobody listens');
    await store.refresh();
    assert.equal(store.jobs.length, 1);
    assert.equal(store.state.kind, 'stale');
    backend.failure = undefined;
    await store.refresh();
    assert.equal(store.state.kind, 'current');
  });

  it('does not let an answer that was under way undo what a command was told', async () => {
    backend.put(job(1, 'RUNNING', 1));
    await store.refresh();
    backend.meanwhile = () => {
      backend.meanwhile = () => undefined;
      store.apply([job(1, 'CANCELLING', 2)]);
    };
    await store.refresh();
    assert.equal(store.find('job-0001')?.status, 'CANCELLING');
  });

  it('shows submitted jobs at once, and takes deleted ones away at once', () => {
    store.apply([job(1, 'QUEUED'), job(2, 'QUEUED')]);
    assert.deepEqual(
      store.jobs.map(({ id }) => id),
      ['job-0002', 'job-0001'],
    );
    store.drop(['job-0002']);
    assert.deepEqual(
      store.jobs.map(({ id }) => id),
      ['job-0001'],
    );
    assert.deepEqual(endedIds(), []);
  });

  it('asks once when it is asked to ask several times at the same moment', async () => {
    await Promise.all([store.refresh(), store.refresh(), store.refresh()]);
    assert.deepEqual(backend.questions, ['list']);
  });

  it('makes the list longer', async () => {
    backend.put(...Array.from({ length: 70 }, (_, index) => job(index, 'SUCCEEDED')));
    await store.refresh();
    assert.equal(store.jobs.length, 50);
    await store.loadMore();
    assert.equal(store.jobs.length, 70);
    assert.equal(store.hasMore, false);
  });

  /** As many jobs as are wanted, by pressing "older" as often as it takes. */
  async function loadAll(): Promise<void> {
    await store.refresh();
    while (store.hasMore) await store.loadMore();
  }

  it('holds ten thousand jobs, in the order of the server', async () => {
    backend.put(...Array.from({ length: 10_000 }, (_, index) => job(index, 'SUCCEEDED')));
    await loadAll();
    assert.equal(store.jobs.length, 10_000);
    assert.equal(store.jobs[0]?.name, 'protein 9999');
    assert.equal(store.jobs.at(-1)?.name, 'protein 0');
    assert.ok(!store.hasMore);
  });

  it('polls only the newest page of a long list, and the jobs that are live', async () => {
    backend.put(...Array.from({ length: 300 }, (_, index) => job(index, index === 3 ? 'RUNNING' : 'SUCCEEDED')));
    await loadAll();
    backend.questions.length = 0;
    backend.put(job(3, 'SUCCEEDED', 2), job(300, 'QUEUED'));
    await store.poll();
    assert.deepEqual(backend.questions, ['list', 'live', 'get job-0003']);
    assert.equal(store.jobs.length, 301);
    assert.deepEqual(endedIds(), ['job-0003']);
  });

  it('reads the list anew where a poll cannot tell what lies between', async () => {
    backend.put(...Array.from({ length: 60 }, (_, index) => job(index, 'SUCCEEDED')));
    await loadAll();
    backend.put(...Array.from({ length: 200 }, (_, index) => job(100 + index, 'QUEUED')));
    await store.poll();
    const times = store.jobs.map(({ createdAt }) => createdAt);
    assert.deepEqual(times, [...times].sort().reverse());
    assert.equal(store.jobs[0]?.name, 'protein 299');
    assert.ok(store.jobs.length >= 60);
    // Nothing is left out between the newest and the oldest that are shown.
    const newest = [...backend.jobs.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    const oldest = times.at(-1) ?? '';
    assert.deepEqual(
      store.jobs.map(({ id }) => id),
      newest.filter(({ createdAt }) => createdAt >= oldest).map(({ id }) => id),
    );
  });

  it('tells what a job was before it changed', async () => {
    backend.put(job(1, 'RUNNING'));
    await store.refresh();
    backend.put(job(1, 'FAILED', 2));
    await store.refresh();
    assert.equal(changes.at(-1)?.before.get('job-0001')?.status, 'RUNNING');
  });

  it('asks when somebody looks', async () => {
    backend.put(job(1, 'SUCCEEDED'));
    const changed = new Promise<void>((resolve) => store.onDidChange(() => resolve()));
    store.setVisible('view', true);
    await changed;
    assert.deepEqual(backend.questions, ['list']);
    assert.equal(store.jobs.length, 1);
    // Sooner than the clock would ask by itself.
  }).timeout(5_000);
});
