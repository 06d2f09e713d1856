/**
 * Where a job's objects live. Small on purpose: an S3 store has all of it in single calls (conditional put for
 * `writeIfAbsent`), so that two attempts at once behave there as they do on files.
 */
export interface Store {
  /** The whole object; `undefined` if there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** The object as a local file, whole or not at all, whatever its size. @returns whether there is one */
  readFile(key: string, file: string): Promise<boolean>;
  /** Atomic: readers see the old object or the whole new one. */
  write(key: string, body: Uint8Array): Promise<void>;
  /** As `write`, from a local file of any size. */
  writeFile(key: string, file: string): Promise<void>;
  /** Only if there is no object yet; of several callers at once, exactly one gets `true`. */
  writeIfAbsent(key: string, body: Uint8Array): Promise<boolean>;
  /** Keys that start with the prefix. */
  list(prefix: string): Promise<string[]>;
  removeAll(prefix: string): Promise<void>;
}
