import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCode } from './runnerError.ts';
import type { Store } from './store.ts';

/** Unfinished objects wait here, beside the keys and outside every prefix that anyone lists. */
const TEMPORARY = '.tmp';

/** Objects as files below one folder: the key is the path. */
export class FileStore implements Store {
  readonly #root: string;

  constructor(root: URL) {
    this.#root = fileURLToPath(root);
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#file(key));
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'EISDIR', 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  async readFile(key: string, file: string): Promise<boolean> {
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await copyFile(this.#file(key), temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await rename(temporary, file);
      return true;
    } catch (error) {
      await rm(temporary, { force: true });
      if (hasCode(error, 'ENOENT', 'EISDIR', 'ENOTDIR') && !(await this.#exists(key))) return false;
      throw error;
    }
  }

  async write(key: string, body: Uint8Array): Promise<void> {
    await this.#put(key, (file) => writeNew(file, body), rename);
  }

  async writeFile(key: string, source: string): Promise<void> {
    await this.#put(key, (file) => copyNew(source, file), rename);
  }

  async writeIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    try {
      await this.#put(key, (file) => writeNew(file, body), linkNew);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  async list(prefix: string): Promise<string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const entries = await readdir(this.#file(folder), { recursive: true, withFileTypes: true }).catch((error) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.#root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  async removeAll(prefix: string): Promise<void> {
    for (const key of await this.list(prefix)) await rm(this.#file(key), { force: true });
    if (prefix.endsWith('/')) await rm(this.#file(prefix), { recursive: true, force: true });
  }

  async #exists(key: string): Promise<boolean> {
    const found = await stat(this.#file(key)).catch(() => undefined);
    return found?.isFile() === true;
  }

  #file(key: string): string {
    const parts = key.split('/');
    if (key === '' || parts.some((part, i) => part === '.' || part === '..' || (part === '' && i < parts.length - 1))) {
      throw new Error(`"${key}" is not a key of an object.`);
    }
    return path.join(this.#root, ...parts);
  }

  /** Fills a temporary file, brings it to the disk, and gives it its name in one step. */
  async #put(
    key: string,
    fill: (file: string) => Promise<void>,
    publish: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    const file = this.#file(key);
    const temporary = path.join(this.#root, TEMPORARY, `${process.pid}-${randomUUID()}`);
    await mkdir(path.dirname(temporary), { recursive: true });
    await mkdir(path.dirname(file), { recursive: true });
    try {
      await fill(temporary);
      await publish(temporary, file);
      await syncFolder(path.dirname(file));
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

async function writeNew(file: string, body: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function copyNew(source: string, file: string): Promise<void> {
  await copyFile(source, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a finished file a second name unless that name is taken: the one exclusive step that readers cannot see half of. */
async function linkNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // exFAT and some network file systems have no hard links. Exclusive still, though not in one step.
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** Makes the new name survive a power loss, where the system lets a folder be synced. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!hasCode(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP')) throw error;
  }
}
