import type { Job } from '../api/job.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../core/cursor.ts';
import {
  type CreateOutcome,
  type Idempotency,
  type JobPage,
  type JobQuery,
  type JobStore,
  VersionConflict,
} from '../core/ports.ts';
import type { SqliteDatabase } from './sqliteDatabase.ts';

/** A key is remembered for a week: far longer than any client retries. */
const IDEMPOTENCY_KEPT_MS = 7 * 24 * 3600 * 1000;
const CURSOR_KIND = 'jobs';

/** Jobs as JSON, with the columns beside it that lists and locks need. */
export class SqliteJobStore implements JobStore {
  readonly #database: SqliteDatabase;
  readonly #now: () => number;

  /** @param now milliseconds since 1970, for the age of idempotency keys */
  constructor(database: SqliteDatabase, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  async create(jobs: readonly Job[], idempotency?: Idempotency): Promise<CreateOutcome> {
    return this.#database.transaction(() => {
      if (idempotency) {
        const earlier = this.#earlier(idempotency);
        if (earlier) return earlier;
        this.#remember(idempotency, jobs);
      }
      const insert = this.#database.prepare(
        'INSERT INTO jobs (id, owner, status, created_at, version, body) VALUES (?, ?, ?, ?, ?, ?)',
      );
      for (const job of jobs) {
        insert.run(job.id, job.owner, job.status, job.createdAt, job.version, JSON.stringify(job));
      }
      return { outcome: 'created' } as const;
    });
  }

  #earlier({ owner, key, fingerprint }: Idempotency): CreateOutcome | undefined {
    const row = this.#database
      .prepare('SELECT fingerprint, job_ids FROM idempotency WHERE owner = ? AND key = ?')
      .get(owner, key) as { fingerprint: string; job_ids: string } | undefined;
    if (!row) return undefined;
    if (row.fingerprint !== fingerprint) return { outcome: 'mismatch' };
    const ids = JSON.parse(row.job_ids) as string[];
    return { outcome: 'replayed', jobs: ids.flatMap((id) => this.#find(id) ?? []) };
  }

  #remember({ owner, key, fingerprint }: Idempotency, jobs: readonly Job[]): void {
    this.#database.prepare('DELETE FROM idempotency WHERE created_at < ?').run(this.#now() - IDEMPOTENCY_KEPT_MS);
    this.#database
      .prepare('INSERT INTO idempotency (owner, key, fingerprint, job_ids, created_at) VALUES (?, ?, ?, ?, ?)')
      .run(owner, key, fingerprint, JSON.stringify(jobs.map((job) => job.id)), this.#now());
  }

  async get(id: string): Promise<Job | undefined> {
    return this.#find(id);
  }

  #find(id: string): Job | undefined {
    const row = this.#database.prepare('SELECT body FROM jobs WHERE id = ?').get(id) as { body: string } | undefined;
    return row && (JSON.parse(row.body) as Job);
  }

  async list(query: JobQuery): Promise<JobPage> {
    const statuses = query.statuses && [...new Set(query.statuses)];
    if (statuses?.length === 0) return { jobs: [] };
    const { sql, values } = listStatement(query, statuses);
    const rows = this.#database.prepare(sql).all(...values) as { body: string }[];
    const jobs = rows.slice(0, query.limit).map((row) => JSON.parse(row.body) as Job);
    const last = jobs.at(-1);
    return rows.length > query.limit && last
      ? { jobs, next: encodeCursor(CURSOR_KIND, [last.createdAt, last.id]) }
      : { jobs };
  }

  async update(job: Job): Promise<Job> {
    const stored: Job = { ...job, version: job.version + 1 };
    const { changes } = this.#database
      .prepare(
        'UPDATE jobs SET owner = ?, status = ?, created_at = ?, version = ?, body = ? WHERE id = ? AND version = ?',
      )
      .run(
        stored.owner,
        stored.status,
        stored.createdAt,
        stored.version,
        JSON.stringify(stored),
        stored.id,
        job.version,
      );
    if (changes === 0) throw new VersionConflict(`job ${job.id} is no longer at version ${job.version}`);
    return stored;
  }

  async remove(id: string, version: number): Promise<void> {
    const { changes } = this.#database.prepare('DELETE FROM jobs WHERE id = ? AND version = ?').run(id, version);
    if (changes === 0 && this.#find(id)) throw new VersionConflict(`job ${id} is no longer at version ${version}`);
  }
}

/**
 * The statement for one page (and one row more, which tells whether there is a next page). With several states, each
 * state's newest keys come from its own part of an index and are then merged: never more than a page of each is read.
 */
function listStatement(
  query: JobQuery,
  statuses: readonly string[] | undefined,
): { readonly sql: string; readonly values: (string | number)[] } {
  const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const values: (string | number)[] = [];
  const part = (status: string | undefined): string => {
    const conditions: string[] = [];
    if (query.owner !== undefined) {
      conditions.push('owner = ?');
      values.push(query.owner);
    }
    if (status !== undefined) {
      conditions.push('status = ?');
      values.push(status);
    }
    if (after) {
      conditions.push('(created_at, id) < (?, ?)');
      values.push(after.createdAt, after.id);
    }
    values.push(query.limit + 1);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return `SELECT * FROM (SELECT rowid AS row, created_at, id FROM jobs ${where} ORDER BY created_at DESC, id DESC LIMIT ?)`;
  };
  const parts = (statuses ?? [undefined]).map(part);
  values.push(query.limit + 1);
  const sql = `
    SELECT jobs.body AS body FROM (${parts.join(' UNION ALL ')}) AS page JOIN jobs ON jobs.rowid = page.row
    ORDER BY page.created_at DESC, page.id DESC LIMIT ?`;
  return { sql, values };
}

function parseCursor(cursor: string): { readonly createdAt: string; readonly id: string } {
  const [createdAt, id, ...rest] = decodeCursor(CURSOR_KIND, cursor);
  if (typeof createdAt !== 'string' || typeof id !== 'string' || rest.length > 0) throw invalidCursor();
  return { createdAt, id };
}
