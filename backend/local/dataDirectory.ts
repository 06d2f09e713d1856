import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
/** How long a second server waits for the first one to say where it listens. */
const ANNOUNCEMENT_WAIT_MS = 3000;

/** What a running server says of itself, on standard output and in `DIR/server.json`. */
export interface Announcement {
  /** Without a slash at the end. */
  readonly url: string;
  readonly keyFile: string;
  readonly pid: number;
  /** Version of Foldpad. */
  readonly version: string;
}

const announcementSchema = z.object({ url: z.string(), keyFile: z.string(), pid: z.number(), version: z.string() });

/** Another server uses the data directory. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

/** The data directory can be neither made nor written. */
export class UnusableDirectory extends Error {
  override readonly name = 'UnusableDirectory';
}

/**
 * The folder that holds everything of a local backend: `key`, `server.json`, `server.log`, `foldpad.db`, `store/`,
 * `runs/`. Only its owner may look into it, and only one server at a time may use it.
 */
export class DataDirectory {
  readonly folder: string;
  readonly #lock: DatabaseSync;

  private constructor(folder: string, lock: DatabaseSync) {
    this.folder = folder;
    this.#lock = lock;
  }

  /**
   * Makes the folder if need be and locks it.
   *
   * @throws DirectoryInUse naming the server that has it
   * @throws UnusableDirectory if the folder can be neither made nor written
   */
  static async open(folder: string): Promise<DataDirectory> {
    makeOwnFolder(path.resolve(folder));
    const lock = tryLock(path.join(folder, 'server.lock'));
    if (lock) return new DataDirectory(folder, lock);
    const other = await waitForAnnouncement(path.join(folder, 'server.json'));
    const who = other ? `at ${other.url} (process ${other.pid})` : 'that has not said yet where it listens';
    throw new DirectoryInUse(
      `The data directory ${folder} is in use by a server ${who}. Use that one, end it first, or choose another --data.`,
    );
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  /** Tells other programs where the server is. */
  announce(announcement: Announcement): void {
    const temporary = this.path(`server.json.${process.pid}`);
    writeFileSync(temporary, `${JSON.stringify(announcement)}\n`, { mode: OWNER_ONLY_FILE });
    renameSync(temporary, this.path('server.json'));
  }

  /** Lets others have the folder. */
  close(): void {
    rmSync(this.path('server.json'), { force: true });
    this.#lock.close();
  }
}

/**
 * A lock that the system itself gives up when the process dies, however it dies: SQLite's exclusive lock on a file of
 * its own. So nothing is ever left that would have to be judged stale.
 */
function tryLock(file: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** What the server that holds the lock says; it may be starting just now, and an earlier one may have left a file. */
async function waitForAnnouncement(file: string): Promise<Announcement | undefined> {
  const deadline = performance.now() + ANNOUNCEMENT_WAIT_MS;
  for (;;) {
    const found = readAnnouncement(file);
    if (found && isRunning(found.pid)) return found;
    if (performance.now() >= deadline) return undefined;
    await sleep(50);
  }
}

function readAnnouncement(file: string): Announcement | undefined {
  try {
    return announcementSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function makeOwnFolder(folder: string): void {
  try {
    makeFolder(folder);
    chmodSync(folder, OWNER_ONLY_FOLDER);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnusableDirectory(
      `The data directory ${folder} cannot be used: ${why}. Choose a folder that you may write to, with --data or with the editor's setting foldpad.local.dataDirectory.`,
      { cause: error },
    );
  }
}

/** As `mkdir -p`. Not Node's `recursive`, which never ends where a parent says ENOENT for ever, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder, { mode: OWNER_ONLY_FOLDER });
  } catch (error) {
    // Another server may start just now.
    if (!existsSync(folder)) throw error;
  }
}
