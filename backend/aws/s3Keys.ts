/** Which names an object may have. S3 itself would take nearly any; ours must also be paths that lead nowhere else. */
import { ObjectRefused } from '../core/ports.ts';

/** S3's own limit. */
const MAX_KEY_BYTES = 1024;

/** @returns the key @throws ObjectRefused */
export function checkedKey(key: string): string {
  const trouble = keyTrouble(key);
  if (trouble) throw new ObjectRefused(`The object key ${JSON.stringify(key.slice(0, 200))} ${trouble}.`);
  return key;
}

function keyTrouble(key: string): string | undefined {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return 'is too long';
  if (key.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    return 'has an empty, "." or ".." part';
  }
  return /[\0\\]/.test(key) ? 'has a character that no key may have' : undefined;
}
