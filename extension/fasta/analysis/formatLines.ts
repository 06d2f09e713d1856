/** Writes a record's sequence in lines of one width. Headers and comments stay as they are. Pure. */

import { isHeaderLine, type Lines } from '../document/lines.ts';
import { isSequenceLine, type RecordLines } from './recordText.ts';

/** Position numbers as GenBank writes them: parted from the residues by blanks. */
const NUMBERS = /(?<!\S)\d+(?!\S)/g;
const BLANKS = /[ \t\v\f]+/g;
/** What may be joined and parted without a change of meaning: letters, gaps, stops, chain separators. */
const JOINABLE = /^[A-Za-z*:.~-]*$/;

/**
 * The lines of a chunk as they should be.
 *
 * Sequence is joined over line ends and cut every `width` signs; blanks and position numbers beside it go, and so do blank
 * lines inside it. Blank lines at the end stay, at most one. A record that holds anything that does not belong into a
 * sequence is left as it is: its mistakes must not move.
 *
 * @returns undefined when nothing is to be changed
 */
export function formattedLines(lines: Lines, { from, to }: RecordLines, width: number): readonly string[] | undefined {
  const before: string[] = [];
  for (let line = from; line < to; line++) before.push(lines.lineAt(line));
  const after: string[] = [];
  let sequence = '';
  const flush = (): void => {
    for (let start = 0; start < sequence.length; start += width) after.push(sequence.slice(start, start + width));
    sequence = '';
  };
  let blankEnd = false;
  const isHeaderless = !isHeaderLine(before[0] ?? '');
  for (const text of before) {
    if (!isSequenceLine(text)) {
      flush();
      after.push(isHeaderLine(text) ? text.trimEnd() : text);
      blankEnd = false;
      continue;
    }
    const plain = text.replace(NUMBERS, '');
    // Without a header, a number at the beginning may be why the text is no FASTA at all.
    if (isHeaderless && plain !== text) return undefined;
    const letters = plain.replace(BLANKS, '');
    if (!JOINABLE.test(letters)) return undefined;
    sequence += letters;
    blankEnd = text.trim() === '';
  }
  flush();
  if (blankEnd) after.push('');
  return after.length === before.length && after.every((text, index) => text === before[index]) ? undefined : after;
}
