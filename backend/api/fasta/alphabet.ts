/** Which bytes of a sequence line mean what. */

/** The 20 standard amino acids, one letter each (IUPAC-IUB JCBN 1983). */
export const STANDARD_RESIDUES = 'ACDEFGHIKLMNPQRSTVWY';

/** What the other six letters stand for, and what to write instead. */
export const UNUSUAL_RESIDUES: Readonly<Record<string, { readonly name: string; readonly instead: string }>> = {
  B: { name: 'aspartate or asparagine', instead: 'D or N, whichever it is' },
  J: { name: 'leucine or isoleucine', instead: 'L or I, whichever it is' },
  O: { name: 'pyrrolysine', instead: 'K (lysine), its closest standard residue' },
  U: { name: 'selenocysteine', instead: 'C (cysteine), its closest standard residue' },
  X: { name: 'an unknown residue', instead: 'the true residue, or delete it where it only pads an end' },
  Z: { name: 'glutamate or glutamine', instead: 'E or Q, whichever it is' },
};

export const CODE_A = 65;
/** The bit that tells lower-case from upper-case ASCII letters. */
export const LOWER_CASE_BIT = 0x20;

/**
 * Upper-case code of a byte that is a standard residue in either case; 0 for every other byte. The parser's inner loop
 * runs on this table alone: whatever needs a second look (unusual letters too) is 0 and leaves the loop.
 */
export const STANDARD_CODE: Uint8Array = caseFolded(STANDARD_RESIDUES);

/** The same for B J O U X Z. */
export const UNUSUAL_CODE: Uint8Array = caseFolded(Object.keys(UNUSUAL_RESIDUES).join(''));

function caseFolded(letters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const letter of letters) {
    const upper = letter.charCodeAt(0);
    table[upper] = upper;
    table[upper + 32] = upper;
  }
  return table;
}

/** Gap signs of alignment formats: `-` (FASTA), `.` (a2m, Stockholm), `~` (GCG). */
export function isGap(byte: number): boolean {
  return byte === 0x2d || byte === 0x2e || byte === 0x7e;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Space, tab, vertical tab, form feed. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c;
}

/** Code point ranges that nobody sees but word processors, web pages and DOS leave behind: spaces, joiners, marks. */
const INVISIBLE: readonly (readonly [number, number])[] = [
  [0x1a, 0x1a],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x3000, 0x3000],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
];

export function isInvisible(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return INVISIBLE.some(([first, last]) => code >= first && code <= last);
}

/** Greek and Cyrillic capitals that are drawn like Latin ones; full-width forms and dashes are folded by rule. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'),
  ...pairs('АВЕЅНІЈКМОРСТУХаеосрхуіј', 'ABESHIJKMOPCTYXaeocpxyij'),
  ...pairs('–—−‐‑', '-----'),
  '…': '...',
};

function pairs(from: string, to: string): Record<string, string> {
  return Object.fromEntries(Array.from(from, (character, index) => [character, to[index] ?? '']));
}

/** The ASCII character that a non-ASCII one is easily mistaken for, or undefined. */
export function lookalikeOf(character: string): string | undefined {
  const known = LOOKALIKES[character];
  if (known !== undefined) {
    return known;
  }
  const code = character.codePointAt(0) ?? 0;
  // U+FF01..U+FF5E are the full-width forms of ! to ~.
  if (code >= 0xff01 && code <= 0xff5e) {
    return String.fromCodePoint(code - 0xfee0);
  }
  const plain = character.normalize('NFKD').charAt(0);
  return /^[A-Za-z]$/.test(plain) && plain !== character ? plain : undefined;
}

const count = (counts: readonly number[], letters: string): number => {
  let sum = 0;
  for (const letter of letters) {
    sum += counts[letter.charCodeAt(0) - CODE_A] ?? 0;
  }
  return sum;
};

/** Residues among `letterCounts` (index 0 is A) that stand for no certain standard amino acid. */
export function countUnusual(counts: readonly number[]): number {
  return count(counts, Object.keys(UNUSUAL_RESIDUES).join(''));
}

/** Shortest sequence that is judged: a chance protein of 20 letters from A, C, G, T is rarer than 1 in 10^12. */
const MIN_NUCLEOTIDES = 20;

/**
 * Whether a sequence is DNA or RNA by its letters: nothing but IUPAC nucleotide codes, 90 % of them A C G T U N, and at
 * least three of the four bases at 5 % or more. The last rule spares low-complexity proteins: poly-A, silk (GA)n.
 */
export function nucleotideKind(counts: readonly number[], length: number): 'DNA' | 'RNA' | undefined {
  // Nearly every protein leaves here at its first leucine.
  for (const letter of 'LEIPQFXZJO') {
    if ((counts[letter.charCodeAt(0) - CODE_A] ?? 0) > 0) {
      return undefined;
    }
  }
  if (length < MIN_NUCLEOTIDES) {
    return undefined;
  }
  const bases = ['A', 'C', 'G', 'TU'].filter((base) => count(counts, base) >= length * 0.05).length;
  if (bases < 3 || count(counts, 'ACGTUN') < length * 0.9) {
    return undefined;
  }
  return count(counts, 'U') > count(counts, 'T') ? 'RNA' : 'DNA';
}

/** First run of lower-case ASCII letters among letters: start and exclusive end; undefined when there is none. */
export function lowerCaseRun(letters: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  const isLower = (byte: number) => (byte & LOWER_CASE_BIT) !== 0;
  const start = letters.findIndex(isLower);
  if (start < 0) {
    return undefined;
  }
  const length = letters.subarray(start).findIndex((byte) => !isLower(byte));
  return { start, end: length < 0 ? letters.length : start + length };
}
