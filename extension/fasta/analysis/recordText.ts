/** The sequence of a record as it stands in the document, and where each residue of it is. Pure. */

import { isHeaderLine, type Lines } from '../document/lines.ts';

/** Lines from `from` up to, not including, `to`. */
export interface RecordLines {
  readonly from: number;
  readonly to: number;
}

const COMMENT = /^\s*;/;
const NOT_LETTERS = /[^A-Za-z]+/g;

/** Whether a line of a record holds sequence: it is neither a header nor a comment. */
export function isSequenceLine(text: string): boolean {
  return !isHeaderLine(text) && !COMMENT.test(text);
}

/** The letters of a record, upper-case, chains of a complex joined. */
export function sequenceOf(lines: Lines, { from, to }: RecordLines): string {
  const parts: string[] = [];
  for (let line = from; line < to; line++) {
    const text = lines.lineAt(line);
    if (isSequenceLine(text)) parts.push(text.replace(NOT_LETTERS, '').toUpperCase());
  }
  return parts.join('');
}

/** The chains of a record: several when `:` parts them. */
export function chainsOf(lines: Lines, { from, to }: RecordLines): readonly string[] {
  const parts: string[] = [];
  for (let line = from; line < to; line++) {
    const text = lines.lineAt(line);
    if (isSequenceLine(text)) parts.push(text.replace(/[^A-Za-z:]+/g, '').toUpperCase());
  }
  return parts
    .join('')
    .split(':')
    .filter((chain) => chain !== '');
}

/** The residue at a place of a record. */
export interface ResiduePlace {
  /** Its number in the chain, from 1. */
  readonly number: number;
  readonly letter: string;
  /** Number of the chain, from 1; a record without `:` has one. */
  readonly chain: number;
}

/**
 * The residue that stands at, or last before, a place.
 *
 * @param line of the document, from 0
 * @param character index in the line of the sign behind the cursor
 * @returns undefined on a header, a comment, or before the first residue. Yields now and then: a record may be long
 */
export function* residueAt(
  lines: Lines,
  { from }: RecordLines,
  line: number,
  character: number,
): Generator<void, ResiduePlace | undefined> {
  if (!isSequenceLine(lines.lineAt(line))) return undefined;
  let number = 0;
  let chain = 1;
  let letter = '';
  for (let each = from; each <= line; each++) {
    const text = lines.lineAt(each);
    if (!isSequenceLine(text)) continue;
    const part = each < line ? text : text.slice(0, character + 1);
    const letters = part.slice(part.lastIndexOf(':') + 1).replace(NOT_LETTERS, '');
    if (part.includes(':')) {
      chain += part.split(':').length - 1;
      number = 0;
    }
    number += letters.length;
    letter = letters.slice(-1) || letter;
    if ((each - from) % 4096 === 4095) yield;
  }
  return number === 0 ? undefined : { number, letter: letter.toUpperCase(), chain };
}
