/**
 * Which names an object may have in the file store, and which files are no objects.
 *
 * Names that start with {@link HIDDEN_PREFIX} belong to writers that are not done yet (this store, and a runner that
 * publishes into the same folder): such a file becomes an object only when it is renamed.
 */
export const HIDDEN_PREFIX = '.foldpad-';

const MAX_KEY_BYTES = 1024;
const MAX_PART_BYTES = 255;

/** The key cannot name an object. */
export class InvalidKey extends Error {
  override readonly name = 'InvalidKey';
}

export function isHidden(name: string): boolean {
  return name.startsWith(HIDDEN_PREFIX);
}

/** @returns the parts between slashes @throws InvalidKey */
export function keyParts(key: string): readonly string[] {
  const parts = key.split('/');
  const trouble = Buffer.byteLength(key) > MAX_KEY_BYTES ? 'is too long' : parts.map(partTrouble).find(Boolean);
  if (trouble) throw new InvalidKey(`The object key ${JSON.stringify(key.slice(0, 200))} ${trouble}.`);
  return parts;
}

function partTrouble(part: string): string | undefined {
  if (part === '' || part === '.' || part === '..') return 'has an empty, "." or ".." part';
  if (part.includes('\0') || part.includes('\\')) return 'has a character that no key may have';
  if (Buffer.byteLength(part) > MAX_PART_BYTES) return `has a part of more than ${MAX_PART_BYTES} bytes`;
  if (isHidden(part)) return `has a part that starts with "${HIDDEN_PREFIX}", which is kept for unfinished files`;
  return undefined;
}

/**
 * Splits a prefix into the folder to walk and the start of the names in it.
 *
 * @throws InvalidKey
 */
export function prefixParts(prefix: string): { readonly folder: readonly string[]; readonly start: string } {
  const slash = prefix.lastIndexOf('/');
  const start = prefix.slice(slash + 1);
  if (start.includes('\0') || start.includes('\\')) {
    throw new InvalidKey(`The prefix ${JSON.stringify(prefix.slice(0, 200))} has a character that no key may have.`);
  }
  return { folder: slash < 0 ? [] : keyParts(prefix.slice(0, slash)), start };
}

/** Order of keys: by their UTF-8 bytes, as in S3. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
