import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** What a FASTA file says, apart from how it is written. */
export interface PlainRecord {
  readonly id: string;
  readonly description: string;
  readonly sequence: string;
}

/** One way to write the same records. Numbers are taken in turn, again from the start when they run out. */
export interface WritingStyle {
  readonly widths: readonly number[];
  readonly lineEnds: readonly string[];
  readonly lowerCase: readonly boolean[];
  /** What goes between two lines: nothing, blank lines, comments. */
  readonly fillers: readonly string[];
  readonly stop: boolean;
  readonly blanks: boolean;
  readonly spaceAfterGreater: boolean;
  readonly byteOrderMark: boolean;
  readonly lastLineEnd: boolean;
}

const ID_LETTERS = 'ABCXYZabcxyz0189_.|-';

const id = fc.string({ unit: fc.constantFrom(...ID_LETTERS), minLength: 1, maxLength: 20 });
const letters = fc.constantFrom(...'ACDEFGHIKLMNPQRSTVWYBJOUXZ');
/** Any text of one line: also emoji and accents, which have several bytes. */
const lineText = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, '').trim());

export const plainRecords: fc.Arbitrary<PlainRecord[]> = fc.uniqueArray(
  fc.record({
    id,
    description: lineText,
    sequence: fc.string({ unit: letters, minLength: 1, maxLength: 200 }),
  }),
  { minLength: 1, maxLength: 6, selector: (record) => record.id },
);

export const writingStyle: fc.Arbitrary<WritingStyle> = fc.record({
  widths: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
  lineEnds: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 4 }),
  lowerCase: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  fillers: fc.array(
    fc.oneof(
      fc.constant(''),
      fc.constant('  \t'),
      lineText.map((text) => `;${text}`),
    ),
    { maxLength: 3 },
  ),
  stop: fc.boolean(),
  blanks: fc.boolean(),
  spaceAfterGreater: fc.boolean(),
  byteOrderMark: fc.boolean(),
  lastLineEnd: fc.boolean(),
});

export const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(), { maxLength: 12 });

/** Writes records in a style. */
export function writeFasta(records: readonly PlainRecord[], style: WritingStyle): string {
  const lines: string[] = [];
  let turn = 0;
  const next = <T>(values: readonly T[], fallback: T): T => values[turn++ % Math.max(1, values.length)] ?? fallback;
  const add = (line: string): void => {
    lines.push(line);
    if (turn % 3 === 0 && style.fillers.length > 0) {
      lines.push(next(style.fillers, ''));
    }
  };
  for (const { id, description, sequence } of records) {
    add(`>${style.spaceAfterGreater ? ' ' : ''}${id} ${description}`);
    for (let start = 0; start < sequence.length; ) {
      const width = next(style.widths, 60);
      const part = sequence.slice(start, start + width);
      const cased = next(style.lowerCase, false) ? part.toLowerCase() : part;
      add(style.blanks ? ` ${cased.replace(/(.{10})/g, '$1 ')}\t` : cased);
      start += width;
    }
    if (style.stop) {
      add('*');
    }
  }
  const ends = lines.map((line, index) => {
    const isLast = index === lines.length - 1;
    return line + (isLast && !style.lastLineEnd ? '' : (style.lineEnds[index % style.lineEnds.length] ?? '\n'));
  });
  return (style.byteOrderMark ? '\ufeff' : '') + ends.join('');
}

/** Gzip in as many members as there are parts. */
export function gzipMembers(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts.map((part) => gzipSync(part)));
}

/** Cuts bytes at the given positions (taken modulo the length), as a network or a file system might. */
export function splitAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const ends = positions.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b);
  const bounds = [0, ...ends, bytes.length];
  return bounds.slice(1).map((end, index) => bytes.slice(bounds[index], end));
}
