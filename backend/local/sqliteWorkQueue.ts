import { randomUUID } from 'node:crypto';
import type { ReceivedWork, WorkMessage, WorkQueue } from '../core/ports.ts';
import type { SqliteDatabase } from './sqliteDatabase.ts';

/**
 * A message that was received this often without being acknowledged is put aside. Well above the number of deliveries
 * after which `core/work.ts` gives up by itself: this is for messages that take the whole server down.
 */
const DEFAULT_MAX_RECEIVES = 20;
/** Messages put aside are kept this long, for people to look at. */
const DEAD_KEPT_MS = 14 * 24 * 3600 * 1000;
/** Longest single timer of a waiting receiver; a wall clock that is set forth costs no more than this. */
const MAX_NAP_MS = 30_000;

export interface WorkQueueOptions {
  readonly maxReceives?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface WorkRow {
  readonly id: number;
  readonly message: string;
  readonly receive_count: number;
}

/** Messages in SQLite. Whoever waits in `receive` is woken by `send` at once, without polling. */
export class SqliteWorkQueue implements WorkQueue {
  readonly #database: SqliteDatabase;
  readonly #maxReceives: number;
  readonly #now: () => number;
  readonly #waiters = new Set<() => void>();
  #closed = false;

  constructor(database: SqliteDatabase, options: WorkQueueOptions = {}) {
    this.#database = database;
    this.#maxReceives = options.maxReceives ?? DEFAULT_MAX_RECEIVES;
    this.#now = options.now ?? Date.now;
  }

  async send(messages: readonly WorkMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const insert = this.#database.prepare('INSERT INTO work (message, visible_at) VALUES (?, ?)');
    this.#database.transaction(() => {
      for (const message of messages) insert.run(JSON.stringify(message), this.#now());
    });
    // The request that sent them is to be answered first.
    setImmediate(() => this.#wake());
  }

  async receive(max: number, waitSeconds: number, visibilitySeconds: number): Promise<readonly ReceivedWork[]> {
    const deadline = performance.now() + waitSeconds * 1000;
    for (;;) {
      if (this.#closed) return [];
      const received = this.#take(max, visibilitySeconds);
      const left = deadline - performance.now();
      if (received.length > 0 || left <= 0) return received;
      await this.#nap(Math.min(left, this.#untilNextVisible()));
    }
  }

  #take(max: number, visibilitySeconds: number): readonly ReceivedWork[] {
    const now = this.#now();
    return this.#database.transaction(() => {
      this.#buryWornOut(now);
      const rows = this.#database
        .prepare(
          'SELECT id, message, receive_count FROM work WHERE dead_at IS NULL AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
        )
        .all(now, max) as unknown as WorkRow[];
      const hide = this.#database.prepare(
        'UPDATE work SET visible_at = ?, receive_count = receive_count + 1, receipt = ? WHERE id = ?',
      );
      return rows.map((row) => {
        const receipt = randomUUID();
        hide.run(now + visibilitySeconds * 1000, receipt, row.id);
        return { message: JSON.parse(row.message) as WorkMessage, receipt, receiveCount: row.receive_count + 1 };
      });
    });
  }

  #buryWornOut(now: number): void {
    this.#database
      .prepare(
        'UPDATE work SET dead_at = ?, receipt = NULL WHERE dead_at IS NULL AND visible_at <= ? AND receive_count >= ?',
      )
      .run(now, now, this.#maxReceives);
  }

  #untilNextVisible(): number {
    const row = this.#database.prepare('SELECT min(visible_at) AS at FROM work WHERE dead_at IS NULL').get() as {
      at: number | null;
    };
    return row.at === null ? MAX_NAP_MS : Math.min(MAX_NAP_MS, Math.max(1, row.at - this.#now()));
  }

  #nap(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#waiters.add(done);
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  async acknowledge(receipt: string): Promise<void> {
    this.#database.prepare('DELETE FROM work WHERE receipt = ?').run(receipt);
  }

  async release(receipt: string, delaySeconds: number): Promise<void> {
    this.#database
      .prepare('UPDATE work SET visible_at = ?, receipt = NULL WHERE receipt = ?')
      .run(this.#now() + delaySeconds * 1000, receipt);
    this.#wake();
  }

  async deadLetters(): Promise<readonly WorkMessage[]> {
    this.#database.transaction(() => {
      this.#buryWornOut(this.#now());
      this.#database.prepare('DELETE FROM work WHERE dead_at < ?').run(this.#now() - DEAD_KEPT_MS);
    });
    const rows = this.#database
      .prepare('SELECT message FROM work WHERE dead_at IS NOT NULL ORDER BY dead_at, id')
      .all() as unknown as { message: string }[];
    return rows.map((row) => JSON.parse(row.message) as WorkMessage);
  }

  /** Whether nothing waits and nothing is being worked on. */
  isEmpty(): boolean {
    return this.#database.prepare('SELECT 1 FROM work WHERE dead_at IS NULL LIMIT 1').get() === undefined;
  }

  /**
   * Makes messages that an earlier server process took and did not finish visible at once. Only for a process that
   * knows to be the only one that receives.
   */
  recover(): void {
    this.#database.prepare('UPDATE work SET visible_at = ?, receipt = NULL WHERE receipt IS NOT NULL').run(this.#now());
    this.#wake();
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Wakes and ends all waiting `receive` calls; later ones answer at once with nothing. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }
}
