/** Cuts the bytes of an attempt's log into lines for people. Pure. */
import { stripVTControlCharacters } from 'node:util';
import type { LogLine } from '../api/job.ts';
import { printable, readLogText } from '../core/logText.ts';

/** A longer line is given out in pieces of this many bytes. */
export const MAX_LINE_BYTES = 16 * 1024;
const NEWLINE = 0x0a;

export interface RawLine {
  /** Offset of the first byte after it, its newline included. */
  readonly end: number;
  readonly bytes: Buffer;
  /** Whether it goes on from an earlier piece of the same line. */
  readonly continues: boolean;
}

/**
 * The lines in `bytes`, which lie at `offset` in the file. A last line without a newline is given out only if it is
 * long enough for a piece, or `isWhole` says that nothing will follow. Where pieces end depends on the line alone, so
 * that readers who begin at different places see the same.
 *
 * @param continues whether `bytes` begins within a line
 */
export function* cutLines(bytes: Buffer, offset: number, continues: boolean, isWhole: boolean): Generator<RawLine> {
  let start = 0;
  let inLine = continues;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const lineEnd = newline < 0 ? bytes.length : newline;
    const isLong = lineEnd - start > MAX_LINE_BYTES;
    if (!isLong && newline < 0 && !isWhole) return;
    const end = isLong ? pieceEnd(bytes, start) : lineEnd;
    const next = isLong || newline < 0 ? end : end + 1;
    yield { end: offset + next, bytes: bytes.subarray(start, end), continues: inLine };
    inLine = isLong || newline < 0;
    start = next;
  }
}

/** A piece does not end within a character: bytes 10xxxxxx go on one that began before (RFC 3629). */
function pieceEnd(bytes: Buffer, start: number): number {
  const end = start + MAX_LINE_BYTES;
  for (let back = 0; back < 4; back++) {
    if (((bytes[end - back] ?? 0) & 0xc0) !== 0x80) return end - back;
  }
  return end;
}

/** What people see of a line; `undefined` for progress lines, which are for the scheduler. */
export function readLine(line: RawLine): Pick<LogLine, 'at' | 'text'> | undefined {
  const text = line.bytes.toString('utf8').replace(/\r+$/, '');
  if (line.continues) return { text: printable(text, stripVTControlCharacters) };
  return readLogText(text, stripVTControlCharacters);
}
