import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  type Dirent,
  linkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ObjectDelivery, ObjectInfo, ObjectStore } from '../core/ports.ts';
import { streamFile } from './fileStream.ts';
import { compareKeys, InvalidKey, keyParts, prefixParts, UNFINISHED_FOLDER } from './objectKeys.ts';
import { codeOf, explainConflict, ifThere, StorePaths } from './storePaths.ts';

/** Folders of the store that stay when they become empty, so that people find where to put their files. */
const KEPT_FOLDERS = ['input', 'output'] as const;
const FILE_MODE = 0o600;
/** Bodies up to this size are written at once: that is faster than asking the thread pool to. */
const SMALL_BYTES = 64 * 1024;

/**
 * Objects as plain files below one folder, so that people can look in and put files in by hand. Only regular files are
 * objects. A link is followed as long as it stays inside; nothing outside is ever read or written.
 *
 * Objects survive `kill -9` at any moment, whole or not at all. They are not forced to the disk, as the database is not:
 * a power cut may cost the last seconds. An order that was damaged so is noticed by the runner, which checks its sums.
 */
export class FileObjectStore implements ObjectStore {
  readonly #paths: StorePaths;

  /** @param root folder of the store; made if it does not exist */
  constructor(root: string) {
    this.#paths = new StorePaths(root, [...KEPT_FOLDERS, UNFINISHED_FOLDER]);
  }

  uri(key: string): string {
    const isFolder = key.endsWith('/');
    const parts = keyParts(isFolder ? key.slice(0, -1) : key);
    return pathToFileURL(this.#paths.join(...parts)).href + (isFolder ? '/' : '');
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const found = this.#paths.find(key);
    return found && infoOf(key, found.facts);
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const found = this.#paths.find(key);
    if (!found) return undefined;
    try {
      return new Uint8Array(await readFile(found.file));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async stream(key: string): Promise<ReadableStream<Uint8Array> | undefined> {
    const found = this.#paths.find(key);
    return found && streamFile(found.file, found.facts.size);
  }

  async deliver(key: string): Promise<ObjectDelivery | undefined> {
    const found = this.#paths.find(key);
    const size = found?.facts.size ?? 0;
    return found && { kind: 'stream', size, body: streamFile(found.file, size) };
  }

  async write(key: string, body: Uint8Array): Promise<void> {
    const temporary = await this.#writeTemporary(body);
    try {
      explainConflict(key, () => renameSync(temporary, this.#paths.place(key)));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  async writeIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const temporary = await this.#writeTemporary(body);
    try {
      linkOrCopy(temporary, this.#paths.place(key));
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      unlinkSync(temporary);
    }
  }

  /** A complete file on the same disk as the places where objects belong. */
  async #writeTemporary(body: Uint8Array): Promise<string> {
    const file = this.#paths.join(UNFINISHED_FOLDER, `${process.pid}-${randomBytes(12).toString('hex')}`);
    const options = { flag: 'wx', mode: FILE_MODE };
    try {
      if (body.length <= SMALL_BYTES) writeFileSync(file, body, options);
      else await writeFile(file, body, options);
      return file;
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const { folder, start } = prefixParts(prefix);
    const directory = this.#paths.inside(this.#paths.join(...folder));
    if (!directory) return;
    const base = folder.length > 0 ? `${folder.join('/')}/` : '';
    for await (const { key, file } of this.#walk(directory, base, start)) {
      const facts = ifThere(() => statSync(file));
      if (facts?.isFile()) yield infoOf(key, facts);
    }
  }

  /**
   * Removes what writers left that died while they wrote.
   *
   * @param olderThanMs age since the last change; younger files may still be written to
   */
  async removeUnfinished(olderThanMs: number): Promise<void> {
    const folder = this.#paths.join(UNFINISHED_FOLDER);
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      const facts = ifThere(() => statSync(file));
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
      ifThere(() => unlinkSync(this.#paths.join(...key.split('/'))));
      emptied.add(key.slice(0, key.lastIndexOf('/')));
      removed++;
    }
    if (folder.length > 1 && prefix.endsWith('/')) await this.#removeFolder(folder);
    for (const each of emptied) this.#pruneUpwards(each.split('/'));
    return removed;
  }

  /** What is left in a folder below `input/` or `output/` whose objects are gone: empty folders, files of other kinds. */
  async #removeFolder(folder: readonly string[]): Promise<void> {
    const directory = this.#paths.join(...folder);
    if (this.#paths.inside(directory) === directory) await rm(directory, { recursive: true, force: true });
  }

  #pruneUpwards(folder: readonly string[]): void {
    for (let depth = folder.length; depth > 1; depth--) {
      try {
        rmdirSync(this.#paths.join(...folder.slice(0, depth)));
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') return;
      }
    }
  }

  /** All objects below a folder in key order. Folders sort as if their name ended in a slash, which it does in keys. */
  async *#walk(directory: string, base: string, start: string): AsyncGenerator<{ key: string; file: string }> {
    const entries = (await readFolder(directory))
      .filter((entry) => entry.name.startsWith(start) && isObjectName(entry.name))
      .filter((entry) => base !== '' || entry.name !== UNFINISHED_FOLDER)
      .map((entry) => ({ entry, sortName: entry.isDirectory() ? `${entry.name}/` : entry.name }))
      .sort((a, b) => compareKeys(a.sortName, b.sortName));
    for (const { entry } of entries) {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) yield* this.#walk(file, `${base}${entry.name}/`, '');
      else if (this.#isObjectFile(entry, file)) yield { key: base + entry.name, file };
    }
  }

  #isObjectFile(entry: Dirent, file: string): boolean {
    if (entry.isFile()) return true;
    if (!entry.isSymbolicLink()) return false;
    const target = ifThere(() => realpathSync.native(file));
    return target !== undefined && this.#paths.contains(target);
  }
}

function infoOf(key: string, facts: Stats): ObjectInfo {
  return { key, size: facts.size, modifiedAt: facts.mtime.toISOString() };
}

async function readFolder(directory: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    const code = codeOf(error);
    // Removed since it was listed, or a file where the prefix has a folder.
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** Names that are no UTF-8 read back with a replacement character and cannot be opened again. */
function isObjectName(name: string): boolean {
  return !name.includes('\\') && !name.includes('\ufffd');
}

/** File systems without hard links (exFAT, some network mounts) get an exclusive copy instead. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK'].includes(codeOf(error) ?? '')) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}
