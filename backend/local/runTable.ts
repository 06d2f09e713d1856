import { hasEnded, type RunRecord } from './runRecord.ts';
import type { SqliteDatabase } from './sqliteDatabase.ts';

interface BodyRow {
  readonly body: string;
}

/** The scheduler's records in SQLite: what it must still know after `kill -9`. */
export class RunTable {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Stores a new record under the next sequence number. */
  add(record: Omit<RunRecord, 'sequence'>): RunRecord {
    return this.#database.transaction(() => {
      const row = this.#database.prepare('SELECT coalesce(max(sequence), 0) + 1 AS next FROM runs').get();
      const stored = { ...record, sequence: Number((row as { next: number }).next) };
      this.#database
        .prepare('INSERT INTO runs (id, sequence, ended, body) VALUES (?, ?, ?, ?)')
        .run(stored.spec.runId, stored.sequence, hasEnded(stored) ? 1 : 0, JSON.stringify(stored));
      return stored;
    });
  }

  save(record: RunRecord): void {
    this.#database
      .prepare('UPDATE runs SET ended = ?, body = ? WHERE id = ?')
      .run(hasEnded(record) ? 1 : 0, JSON.stringify(record), record.spec.runId);
  }

  find(runId: string): RunRecord | undefined {
    const row = this.#database.prepare('SELECT body FROM runs WHERE id = ?').get(runId) as BodyRow | undefined;
    return row && (JSON.parse(row.body) as RunRecord);
  }

  /** Records that have not ended, in order of submission. */
  live(): readonly RunRecord[] {
    const rows = this.#database
      .prepare('SELECT body FROM runs WHERE ended = 0 ORDER BY sequence')
      .all() as unknown as BodyRow[];
    return rows.map((row) => JSON.parse(row.body) as RunRecord);
  }

  remove(runId: string): void {
    this.#database.prepare('DELETE FROM runs WHERE id = ?').run(runId);
  }
}
