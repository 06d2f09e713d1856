import { randomBytes } from 'node:crypto';
import { constants, type Dirent, mkdirSync, realpathSync } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, realpath, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ObjectDelivery, type ObjectInfo, ObjectRefused, type ObjectStore } from '../core/ports.ts';
import { streamFile } from './fileStream.ts';
import { compareKeys, InvalidKey, keyParts, prefixParts, UNFINISHED_FOLDER } from './objectKeys.ts';

/** Folders of the store that stay when they become empty, so that people find where to put their files. */
const KEPT_FOLDERS = ['input', 'output'] as const;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** A symbolic link in the store points out of it. */
export class OutsideStore extends ObjectRefused {
  override readonly name = 'OutsideStore';
}

/**
 * Objects as plain files below one folder, so that people can look in and put files in by hand. Only regular files are
 * objects. A link is followed as long as it stays inside; nothing outside is ever read or written.
 *
 * Objects survive `kill -9` at any moment, whole or not at all. They are not forced to the disk, as the database is not:
 * a power cut may cost the last seconds. An order that was damaged so is noticed by the runner, which checks its sums.
 */
export class FileObjectStore implements ObjectStore {
  readonly #root: string;

  /** @param root folder of the store; made if it does not exist */
  constructor(root: string) {
    mkdirSync(root, { recursive: true, mode: FOLDER_MODE });
    this.#root = realpathSync(root);
    for (const folder of [...KEPT_FOLDERS, UNFINISHED_FOLDER]) {
      mkdirSync(path.join(this.#root, folder), { recursive: true, mode: FOLDER_MODE });
    }
  }

  uri(key: string): string {
    const isFolder = key.endsWith('/');
    const parts = keyParts(isFolder ? key.slice(0, -1) : key);
    return pathToFileURL(path.join(this.#root, ...parts)).href + (isFolder ? '/' : '');
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    return (await this.#find(key))?.info;
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const found = await this.#find(key);
    const handle = found && (await ifThere(open(found.file, 'r')));
    if (!handle) return undefined;
    try {
      return new Uint8Array(await handle.readFile());
    } finally {
      await handle.close();
    }
  }

  async stream(key: string): Promise<ReadableStream<Uint8Array> | undefined> {
    const found = await this.#find(key);
    return found && streamFile(found.file, found.info.size);
  }

  async deliver(key: string): Promise<ObjectDelivery | undefined> {
    const found = await this.#find(key);
    return found && { kind: 'stream', size: found.info.size, body: streamFile(found.file, found.info.size) };
  }

  async write(key: string, body: Uint8Array): Promise<void> {
    const file = await this.#place(key);
    await this.#throughTemporary(body, (temporary) => rename(temporary, file).catch(explainConflict(key)));
  }

  async writeIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const file = await this.#place(key);
    return this.#throughTemporary(body, async (temporary) => {
      try {
        await linkOrCopy(temporary, file);
        return true;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      } finally {
        await unlink(temporary);
      }
    });
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const { folder, start } = prefixParts(prefix);
    const directory = await this.#inside(path.join(this.#root, ...folder));
    if (!directory) return;
    const base = folder.length > 0 ? `${folder.join('/')}/` : '';
    for await (const { key, file } of this.#walk(directory, base, start)) {
      const info = await this.#info(key, file);
      if (info) yield info;
    }
  }

  /**
   * Removes what writers left that died while they wrote.
   *
   * @param olderThanMs age since the last change; younger files may still be written to
   */
  async removeUnfinished(olderThanMs: number): Promise<void> {
    const folder = path.join(this.#root, UNFINISHED_FOLDER);
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      const facts = await ifThere(stat(file));
      if (facts && Date.now() - facts.mtimeMs > olderThanMs) await rm(file, { recursive: true, force: true });
    }
  }

  async removeAll(prefix: string): Promise<number> {
    if (prefix === '') throw new InvalidKey('An empty prefix would remove every object; name a folder.');
    let removed = 0;
    const { folder } = prefixParts(prefix);
    const emptied = new Set<string>([folder.join('/')]);
    for await (const { key } of this.list(prefix)) {
      // The name itself goes, never what a link points to.
      await ifThere(unlink(path.join(this.#root, ...key.split('/'))));
      emptied.add(key.slice(0, key.lastIndexOf('/')));
      removed++;
    }
    if (folder.length > 1 && prefix.endsWith('/')) await this.#removeFolder(folder);
    for (const each of emptied) await this.#pruneUpwards(each.split('/'));
    return removed;
  }

  /** What is left in a folder below `input/` or `output/` whose objects are gone: empty folders, files of other kinds. */
  async #removeFolder(folder: readonly string[]): Promise<void> {
    const directory = path.join(this.#root, ...folder);
    if ((await this.#inside(directory)) === directory) await rm(directory, { recursive: true, force: true });
  }

  async #pruneUpwards(folder: readonly string[]): Promise<void> {
    for (let depth = folder.length; depth > 1; depth--) {
      const directory = path.join(this.#root, ...folder.slice(0, depth));
      try {
        await rmdir(directory);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') return;
      }
    }
  }

  /** All objects below a folder in key order. Folders sort as if their name ended in a slash, which it does in keys. */
  async *#walk(directory: string, base: string, start: string): AsyncGenerator<{ key: string; file: string }> {
    const entries = ((await ifThere(readdir(directory, { withFileTypes: true }))) ?? [])
      .filter((entry) => entry.name.startsWith(start) && isObjectName(entry.name))
      .filter((entry) => base !== '' || entry.name !== UNFINISHED_FOLDER)
      .map((entry) => ({ entry, sortName: entry.isDirectory() ? `${entry.name}/` : entry.name }))
      .sort((a, b) => compareKeys(a.sortName, b.sortName));
    for (const { entry } of entries) {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) yield* this.#walk(file, `${base}${entry.name}/`, '');
      else if (await this.#isObjectFile(entry, file)) yield { key: base + entry.name, file };
    }
  }

  async #isObjectFile(entry: Dirent, file: string): Promise<boolean> {
    if (entry.isFile()) return true;
    if (!entry.isSymbolicLink()) return false;
    const target = await ifThere(realpath(file));
    return target !== undefined && this.#contains(target);
  }

  async #info(key: string, file: string): Promise<ObjectInfo | undefined> {
    const facts = await ifThere(stat(file));
    return facts?.isFile() ? { key, size: facts.size, modifiedAt: facts.mtime.toISOString() } : undefined;
  }

  #contains(real: string): boolean {
    return real === this.#root || real.startsWith(this.#root + path.sep);
  }

  /** The real path of something in the store, `undefined` if it is not there. @throws OutsideStore */
  async #inside(candidate: string): Promise<string | undefined> {
    const real = await ifThere(realpath(candidate));
    if (real !== undefined && !this.#contains(real)) {
      const shown = path.relative(this.#root, candidate);
      throw new OutsideStore(
        `${shown} is a link to a place outside of the store, which is not followed. Copy the file into the store instead.`,
      );
    }
    return real;
  }

  /** An object and the real path of its file. */
  async #find(key: string): Promise<{ readonly file: string; readonly info: ObjectInfo } | undefined> {
    const file = await this.#inside(path.join(this.#root, ...keyParts(key)));
    const info = file === undefined ? undefined : await this.#info(key, file);
    return file !== undefined && info ? { file, info } : undefined;
  }

  /** Where to write an object; its folder is made. */
  async #place(key: string): Promise<string> {
    const parts = keyParts(key);
    const folder = path.join(this.#root, ...parts.slice(0, -1));
    // Checked from the top down before anything is made, so that no folder is ever made through a link to the outside.
    for (let depth = 1; depth < parts.length; depth++) {
      if (!(await this.#inside(path.join(this.#root, ...parts.slice(0, depth))))) break;
    }
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE }).catch(explainConflict(key));
    return path.join(folder, parts.at(-1) ?? '');
  }

  /** Writes a complete temporary file, on the same disk as the place where it belongs, and hands it to `publish`. */
  async #throughTemporary<T>(body: Uint8Array, publish: (file: string) => Promise<T>): Promise<T> {
    const temporary = path.join(this.#root, UNFINISHED_FOLDER, `${process.pid}-${randomBytes(12).toString('hex')}`);
    const handle = await open(temporary, 'wx', FILE_MODE);
    try {
      try {
        await handle.writeFile(body);
      } finally {
        await handle.close();
      }
      return await publish(temporary);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

/** Names that are no UTF-8 read back with a replacement character and cannot be opened again. */
function isObjectName(name: string): boolean {
  return !name.includes('\\') && !name.includes('\ufffd');
}

/** File systems without hard links (exFAT, some network mounts) get an exclusive copy instead. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK'].includes(codeOf(error) ?? '')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** `undefined` instead of an error when the file, or a folder on the way to it, is not there. */
async function ifThere<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}

/** A file cannot be a folder at the same time, as an object `a` beside an object `a/b` would need. */
function explainConflict(key: string): (error: unknown) => never {
  return (error) => {
    const code = codeOf(error);
    if (code !== 'EEXIST' && code !== 'ENOTDIR' && code !== 'EISDIR' && code !== 'ENOTEMPTY') throw error;
    throw new InvalidKey(`The object ${key} cannot be stored: a file and a folder would have the same name.`, {
      cause: error,
    });
  };
}
