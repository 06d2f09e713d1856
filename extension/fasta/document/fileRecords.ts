/** Where the records of a file are, by its bytes: for files so large that no editor gives them to an extension. Pure. */

import { decodeUtf8 } from '../../../backend/api/fasta/bytes.ts';

const LF = 0x0a;
const GREATER = 0x3e;
/** Bytes that are looked at between two chances to stop. */
const STEP = 1024 * 1024;
/** Bytes of a header that are shown. */
const SHOWN_HEADER = 400;

export interface FileRecords {
  readonly count: number;
  /** Line of a record's header, from 0. */
  lineOf(index: number): number;
  /** The header without `>`, perhaps cut. */
  headerOf(index: number): string;
}

/** Finds the lines that begin with `>`. Lines end with LF (also after CR). */
export function* fileRecords(bytes: Uint8Array): Generator<void, FileRecords> {
  const offsets: number[] = [];
  const lines: number[] = [];
  let line = 0;
  let pause = STEP;
  for (let start = 0; start < bytes.length; line++) {
    if (bytes[start] === GREATER) {
      offsets.push(start);
      lines.push(line);
    }
    const end = bytes.indexOf(LF, start);
    if (end < 0) break;
    start = end + 1;
    if (start > pause) {
      pause = start + STEP;
      yield;
    }
  }
  return {
    count: offsets.length,
    lineOf: (index) => lines[index] ?? 0,
    headerOf: (index) => {
      const start = (offsets[index] ?? 0) + 1;
      const text = decodeUtf8(bytes.subarray(start, start + SHOWN_HEADER));
      return (/^[^\r\n]*/.exec(text)?.[0] ?? '').trim();
    },
  };
}
