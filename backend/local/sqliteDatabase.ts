import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** How long a statement waits for another connection's lock (a person looking in with `sqlite3`), in milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** Pages of 4 KiB in the write-ahead log after which it is folded into the database, which waits for the disk. */
const WAL_PAGES = 4000;

/**
 * The schema, one step per version; `user_version` says how many have been applied. Steps are only ever appended:
 * a data directory of any earlier Foldpad opens with any later one.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  -- One index per kind of list, so that a page costs the same however many jobs there are.
  CREATE INDEX jobs_by_age ON jobs (created_at, id);
  CREATE INDEX jobs_by_owner ON jobs (owner, created_at, id);
  CREATE INDEX jobs_by_status ON jobs (status, created_at, id);
  CREATE INDEX jobs_by_owner_and_status ON jobs (owner, status, created_at, id);

  CREATE TABLE idempotency (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    job_ids TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
  ) STRICT;
  CREATE INDEX idempotency_by_age ON idempotency (created_at);

  CREATE TABLE work (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL,
    visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    receipt TEXT,
    dead_at INTEGER
  ) STRICT;
  CREATE INDEX work_by_time ON work (visible_at, id) WHERE dead_at IS NULL;
  CREATE INDEX work_by_receipt ON work (receipt) WHERE receipt IS NOT NULL;
  CREATE INDEX work_dead ON work (dead_at) WHERE dead_at IS NOT NULL;

  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    ended INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_live ON runs (sequence) WHERE ended = 0;
  `,
];

/** The data directory was last used by a newer Foldpad, whose schema this one does not know. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/**
 * The local backend's one database file. SQLite in WAL mode with `synchronous=NORMAL`: a commit survives the death of
 * the process at any moment (`kill -9`); after a power cut or a crash of the system the database is consistent but may
 * lack the last moments before it. Statements are compiled once.
 */
export class SqliteDatabase {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @param file path of the database, or `:memory:` @throws NewerSchema */
  constructor(file: string) {
    this.#connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      this.#connection.exec(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${WAL_PAGES};`,
      );
      this.#migrate(file);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  #migrate(file: string): void {
    const { user_version: found } = this.#connection.prepare('PRAGMA user_version').get() as { user_version: number };
    if (found > MIGRATIONS.length) {
      throw new NewerSchema(
        `${file} was written by a newer Foldpad (schema ${found}; this one knows ${MIGRATIONS.length}). ` +
          'Update Foldpad, or choose another data directory.',
      );
    }
    for (const [index, step] of MIGRATIONS.entries()) {
      if (index < found) continue;
      this.transaction(() => this.#connection.exec(`${step}; PRAGMA user_version = ${index + 1};`));
    }
  }

  /** The compiled statement for `sql`; compiled at its first use. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs `work` as one transaction: all of it is stored, or (if it throws) nothing. */
  transaction<T>(work: () => T): T {
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
  }

  /** Ends the use of the file; the write-ahead log is folded into it. */
  close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }
}
