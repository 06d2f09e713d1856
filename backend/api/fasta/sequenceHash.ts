/** By what a sequence is recognised again without being sent or kept. */

/** Hexadecimal digits of a hash: 128 bits, more than enough to tell all known proteins apart. */
const DIGITS = 32;

/**
 * The first half of the SHA-256 of a sequence, in hexadecimal. Letter case does not matter.
 *
 * @param sequence letters only: no gaps, stops or blanks
 */
export async function sequenceHash(sequence: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sequence.toUpperCase()));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.slice(0, DIGITS);
}
