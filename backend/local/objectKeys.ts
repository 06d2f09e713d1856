/** Which names an object may have in the file store, and which files are no objects. */
import { ObjectRefused } from '../core/ports.ts';

/**
 * Top folder of the store for files that are being written, by this store and by a runner that publishes into it. They
 * become objects when they are moved to their place.
 */
export const UNFINISHED_FOLDER = '.tmp';

const MAX_KEY_BYTES = 1024;
const MAX_PART_BYTES = 255;

/** The key cannot name an object. */
export class InvalidKey extends ObjectRefused {
  override readonly name = 'InvalidKey';
}

/** @returns the parts between slashes @throws InvalidKey */
export function keyParts(key: string): readonly string[] {
  const parts = key.split('/');
  const trouble = keyTrouble(key, parts) ?? parts.map(partTrouble).find(Boolean);
  if (trouble) throw new InvalidKey(`The object key ${JSON.stringify(key.slice(0, 200))} ${trouble}.`);
  return parts;
}

function keyTrouble(key: string, parts: readonly string[]): string | undefined {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return 'is too long';
  return parts[0] === UNFINISHED_FOLDER ? `is in ${UNFINISHED_FOLDER}/, which is kept for unfinished files` : undefined;
}

function partTrouble(part: string): string | undefined {
  if (part === '' || part === '.' || part === '..') return 'has an empty, "." or ".." part';
  if (part.includes('\0') || part.includes('\\')) return 'has a character that no key may have';
  if (Buffer.byteLength(part) > MAX_PART_BYTES) return `has a part of more than ${MAX_PART_BYTES} bytes`;
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
