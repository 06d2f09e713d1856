import { mkdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { ObjectRefused } from '../core/ports.ts';
import { InvalidKey, keyParts } from './objectKeys.ts';

const FOLDER_MODE = 0o700;

/** A symbolic link in the store points out of it. */
export class OutsideStore extends ObjectRefused {
  override readonly name = 'OutsideStore';
}

/** A file and what the system knows of it. */
export interface FoundFile {
  /** Free of links. */
  readonly file: string;
  readonly facts: Stats;
}

/**
 * Where objects lie below the store's folder. Looks synchronously: each look takes microseconds, and a detour through
 * the thread pool many times that.
 */
export class StorePaths {
  readonly #root: string;

  /** @param root folder of the store, and folders in it that are always there */
  constructor(root: string, folders: readonly string[]) {
    mkdirSync(root, { recursive: true, mode: FOLDER_MODE });
    this.#root = realpathSync.native(root);
    for (const folder of folders) mkdirSync(this.join(folder), { recursive: true, mode: FOLDER_MODE });
  }

  /** The path of parts that were checked before. */
  join(...parts: readonly string[]): string {
    return path.join(this.#root, ...parts);
  }

  /** The real path of something in the store, `undefined` if it is not there. @throws OutsideStore */
  inside(candidate: string): string | undefined {
    const real = ifThere(() => realpathSync.native(candidate));
    if (real !== undefined && !this.contains(real)) {
      const shown = path.relative(this.#root, candidate);
      throw new OutsideStore(
        `${shown} is a link to a place outside of the store, which is not followed. Copy the file into the store instead.`,
      );
    }
    return real;
  }

  contains(real: string): boolean {
    return real === this.#root || real.startsWith(this.#root + path.sep);
  }

  /** The file of an object, `undefined` if there is none. @throws ObjectRefused */
  find(key: string): FoundFile | undefined {
    const file = this.inside(this.join(...keyParts(key)));
    const facts = file === undefined ? undefined : ifThere(() => statSync(file));
    return file !== undefined && facts?.isFile() ? { file, facts } : undefined;
  }

  /** Where to write an object; its folder is made. @throws ObjectRefused */
  place(key: string): string {
    const parts = keyParts(key);
    // Checked from the top down before anything is made, so that no folder is ever made through a link to the outside.
    for (let depth = 1; depth < parts.length; depth++) {
      if (!this.inside(this.join(...parts.slice(0, depth)))) break;
    }
    explainConflict(key, () => mkdirSync(this.join(...parts.slice(0, -1)), { recursive: true, mode: FOLDER_MODE }));
    return this.join(...parts);
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** `undefined` instead of an error when the file, or a folder on the way to it, is not there. */
export function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** A file cannot be a folder at the same time, as an object `a` beside an object `a/b` would need. @throws InvalidKey */
export function explainConflict(key: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'].includes(codeOf(error) ?? '')) throw error;
    throw new InvalidKey(`The object ${key} cannot be stored: a file and a folder would have the same name.`, {
      cause: error,
    });
  }
}
