/** The Huffman codes and number tables of DEFLATE (RFC 1951). */

/** The data is not what DEFLATE or gzip writes. */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

/** Lengths and distances of copies: base value and extra bits of each symbol (RFC 1951, 3.2.5). */
export const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
export const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
export const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
export const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** A lookup table: index is the next `bits` bits of input, value is `symbol << 4 | code length`; 0 is no code. */
export interface Huffman {
  readonly table: Uint16Array;
  readonly bits: number;
}

/** Builds the lookup table of a canonical Huffman code (RFC 1951, 3.2.2) from the length of each symbol's code. */
export function huffman(lengths: Uint8Array): Huffman {
  const bits = Math.max(1, ...lengths);
  const counts = new Uint16Array(16);
  for (const length of lengths) {
    counts[length] = (counts[length] ?? 0) + 1;
  }
  counts[0] = 0;
  const next = new Uint16Array(16);
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    code = (code + (counts[length - 1] ?? 0)) << 1;
    next[length] = code;
    if (code + (counts[length] ?? 0) > 1 << length) {
      throw new InflateError('a Huffman code has too many symbols');
    }
  }
  const table = new Uint16Array(1 << bits);
  lengths.forEach((length, symbol) => {
    if (length === 0) {
      return;
    }
    const canonical = next[length] ?? 0;
    next[length] = canonical + 1;
    for (let index = reversed(canonical, length); index < table.length; index += 1 << length) {
      table[index] = (symbol << 4) | length;
    }
  });
  return { table, bits };
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) {
    result = (result << 1) | ((code >> bit) & 1);
  }
  return result;
}
