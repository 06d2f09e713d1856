import { mkdir, statfs } from 'node:fs/promises';
import type { Announcer, DatabasesDetail } from './announce.ts';
import type { StageArguments } from './arguments.ts';
import { type Database, databasesOf } from './catalogue.ts';
import { messageOf, StagingError } from './errors.ts';
import { PATIENCE } from './http.ts';
import { failureMail, successMail } from './mails.ts';
import { type DatabaseRecord, readRecords, writeManifest } from './record.ts';
import { newestSnapshot } from './snapshot.ts';
import { isThere, warm } from './warm.ts';

/** Stages one database in a process of its own: hashing keeps a core busy, and a crash takes nobody else along. */
export type StageOne = (
  database: Database,
  snapshot: string,
  tell: { readonly log: (line: string) => void; readonly bytes: (count: number) => void },
  signal: AbortSignal,
) => Promise<DatabaseRecord>;

export interface StageAllDeps {
  readonly stageOne: StageOne;
  readonly announcer: Announcer;
  /** Called when all databases are there and they are others than before. */
  readonly onChange: () => Promise<void>;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const REPORT_MS = 60_000;
const GB = 1e9;

/** Part of its unpacked size that a database takes at least on a file system that compresses with LZ4. */
const COMPRESSED_SHARE = 0.4;

/**
 * Stages every database of the preset, several at a time. One that fails does not stop the others: what they finish
 * need not be done again.
 *
 * @throws StagingError naming those that failed
 */
export async function stageAll(options: StageArguments, deps: StageAllDeps): Promise<void> {
  const started = Date.now();
  try {
    const records = await new Staging(options, deps).run();
    await deps.announcer.mail(...successMail(options.preset, records, Date.now() - started));
  } catch (error) {
    deps.signal.throwIfAborted();
    await deps.announcer.mail(...failureMail(options.preset, messageOf(error)));
    throw error;
  }
}

class Staging {
  readonly #options: StageArguments;
  readonly #deps: StageAllDeps;
  readonly #databases: readonly Database[];
  readonly #records = new Map<string, DatabaseRecord>();
  readonly #running = new Set<string>();
  readonly #bytes = new Map<string, number>();
  #earlier = new Map<string, DatabaseRecord>();
  #saving: Promise<void> = Promise.resolve();

  constructor(options: StageArguments, deps: StageAllDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#databases = databasesOf(options.preset);
  }

  async run(): Promise<readonly DatabaseRecord[]> {
    const { target, hosts } = this.#options;
    const { signal, log } = this.#deps;
    await mkdir(target, { recursive: true });
    this.#earlier = new Map((await readRecords(target)).map((record) => [record.name, record]));
    await this.#checkSpace();
    const snapshot =
      this.#options.snapshot ??
      (await this.#keptSnapshot()) ??
      (await newestSnapshot({ url: hosts.pdb, patience: PATIENCE, signal }));
    log(`preset ${this.#options.preset}, PDB snapshot ${snapshot}`);
    const timer = setInterval(() => void this.#report('running'), REPORT_MS);
    try {
      await this.#report('running');
      const failures = await this.#stage(snapshot);
      if (failures.length > 0) throw new StagingError(failures.join(' '));
      await this.#report('done');
    } catch (error) {
      if (!signal.aborted) await this.#report('failed', messageOf(error));
      throw error;
    } finally {
      clearInterval(timer);
    }
    return this.#inOrder();
  }

  /** That of what stays: PDB's list of sequences and its structures, searched for one another, belong together. */
  async #keptSnapshot(): Promise<string | undefined> {
    for (const { name, version } of this.#databases) {
      const earlier = version.kind === 'snapshot' ? this.#earlier.get(name) : undefined;
      if (earlier && (!this.#options.warm || (await isThere(earlier, this.#options.target)))) return earlier.version;
    }
    return undefined;
  }

  async #stage(snapshot: string): Promise<string[]> {
    const waiting = [...this.#databases];
    const failures: string[] = [];
    const worker = async (): Promise<void> => {
      for (let database = waiting.shift(); database; database = waiting.shift()) {
        const { name } = database;
        this.#running.add(name);
        try {
          this.#records.set(name, await this.#one(database, snapshot));
          await this.#save();
          this.#deps.log(`${name}: done`);
        } catch (error) {
          this.#deps.signal.throwIfAborted();
          this.#deps.log(`${name}: FAILED: ${messageOf(error)}`);
          failures.push(`${name}: ${messageOf(error)}`);
        } finally {
          this.#running.delete(name);
        }
      }
    };
    await Promise.all(Array.from({ length: this.#options.parallel }, worker));
    return failures;
  }

  /** One that is there already is read only; one that has been damaged since is staged again. */
  async #one(database: Database, snapshot: string): Promise<DatabaseRecord> {
    const { name } = database;
    const { signal, log } = this.#deps;
    const earlier = this.#earlier.get(name);
    const bytes = (count: number) => this.#bytes.set(name, (this.#bytes.get(name) ?? 0) + count);
    if (earlier) {
      if (!this.#options.warm) return earlier;
      log(`${name}: was staged on ${earlier.finished_at}; reading it`);
      if (await warm(earlier, this.#options.target, signal, () => {})) return earlier;
      this.#earlier.delete(name);
      log(`${name}: files are missing or have changed; staged again`);
    }
    return this.#deps.stageOne(database, snapshot, { log: (line) => log(`${name}: ${line}`), bytes }, signal);
  }

  async #checkSpace(): Promise<void> {
    const { target, minFreeGB } = this.#options;
    const missing = this.#databases.filter(({ name }) => !this.#earlier.has(name));
    const needed =
      minFreeGB ?? missing.reduce((sum, { unpackedGB }) => sum + Math.ceil(unpackedGB * COMPRESSED_SHARE), 0);
    const { bavail, bsize } = await statfs(target);
    const free = Math.floor((bavail * bsize) / GB);
    if (free < needed) {
      throw new StagingError(
        `${target} has ${free} GB free; the databases need at least ${needed} GB. Choose a larger file system, or the ` +
          'reduced preset.',
      );
    }
  }

  /** One after the other: several databases may be finished at the same time. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      const complete = this.#records.size === this.#databases.length;
      const databases = this.#inOrder();
      const manifest = { schema: 1, preset: this.#options.preset, complete, databases } as const;
      if (await writeManifest(this.#options.target, manifest)) await this.#deps.onChange();
    });
    return this.#saving;
  }

  /** Also what earlier runs have finished and this one has not come to yet. */
  #inOrder(): DatabaseRecord[] {
    return this.#databases.flatMap(({ name }) => this.#records.get(name) ?? this.#earlier.get(name) ?? []);
  }

  async #report(state: DatabasesDetail['state'], message?: string): Promise<void> {
    const { preset } = this.#options;
    const fraction = state === 'done' ? 1 : this.#fraction();
    const running = [...this.#running];
    const finished = [...this.#records.keys()];
    this.#deps.log(`${Math.floor(fraction * 100)} %; finished: ${finished.length}; now: ${running.join(', ') || '-'}`);
    await this.#deps.announcer.tell({ preset, state, fraction, finished, running, ...(message && { message }) });
  }

  /** Downloads are most of the time; never whole before all is done. */
  #fraction(): number {
    const total = this.#databases.reduce((sum, { downloadGB }) => sum + downloadGB, 0);
    const there = this.#databases.reduce((sum, { name, downloadGB }) => {
      const got = this.#records.has(name) ? downloadGB : Math.min(downloadGB, (this.#bytes.get(name) ?? 0) / GB);
      return sum + got;
    }, 0);
    return Math.min(0.99, Math.max(0, there / total));
  }
}
