/** The text of a document, line by line, as an editor holds it. Lines count from 0 here; those of a problem from 1. */

import { isBlank, isInvisible } from '../../../backend/api/fasta/alphabet.ts';

/** A document's lines without their ends. At least one, as in VS Code. */
export interface Lines {
  readonly lineCount: number;
  lineAt(line: number): string;
}

/** Lines of a text, ended by LF, CR LF or CR. */
export function linesOf(text: string): Lines {
  const lines = text.split(/\r\n|\r|\n/);
  return { lineCount: lines.length, lineAt: (line) => lines[line] ?? '' };
}

/** Lines `from` up to, not including, `to`, joined by LF. */
export function textOf(lines: Lines, from: number, to: number): string {
  const parts: string[] = [];
  for (let line = from; line < to; line++) parts.push(lines.lineAt(line));
  return parts.join('\n');
}

const GREATER = 0x3e;

/** Whether a line is a header: its first sign that is neither blank nor invisible is `>`. The parser's own rule. */
export function isHeaderLine(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first === GREATER) return true;
  // A letter: what nearly every line begins with. (NaN, of an empty line, compares false.)
  if (first > GREATER && first < 0x7f) return false;
  return headerMark(text) >= 0;
}

/** Index of the `>` of a header line; -1 when the line is none. */
export function headerMark(text: string): number {
  let index = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code === GREATER) return index;
    if (!isBlank(code) && !isInvisible(character)) return -1;
    index += character.length;
  }
  return -1;
}
