/**
 * What is known of one record: its length, and its problems as the parser of `backend/api/fasta` finds them. Nearly every
 * record of a real file is plain, which a regular expression per line tells; all others go through the parser itself, so
 * that editor, command line and server can never disagree.
 */

import { STANDARD_RESIDUES } from '../../../backend/api/fasta/alphabet.ts';
import { headerId } from '../../../backend/api/fasta/header.ts';
import { DEFAULT_MAX_RECORD_LENGTH, FastaParser } from '../../../backend/api/fasta/parser.ts';
import { sortProblems } from '../../../backend/api/fasta/problems.ts';
import type { FastaEvent, FastaProblem, FastaRecord } from '../../../backend/api/fasta/types.ts';
import { headerMark, type Lines } from './lines.ts';

/** A record (or chain) without its sequence and lines. */
export type CheckedRecord = Omit<FastaRecord, 'lines' | 'header'>;

/** What the parser says of one chunk. Lines are relative: 1 is the first line of the chunk. */
export interface Findings {
  /** One; none for a stretch before the first header that holds no sequence; several when `:` parts chains. */
  readonly records: readonly CheckedRecord[];
  readonly problems: readonly FastaProblem[];
  /** Whether ids were made of the record's number in the file: its header has none. */
  readonly isNameless: boolean;
}

/**
 * A number stands for a plain record: so many residues, standard letters only, no problem; negative when some letters are
 * lower-case, which is told once a file. Everything else has {@link Findings}.
 */
export type Checked = number | Findings;

/** Residues of a checked chunk, over all its chains. */
export function checkedLength(checked: Checked): number {
  return typeof checked === 'number' ? Math.abs(checked) : checked.records.reduce((sum, { length }) => sum + length, 0);
}

/** How many records a checked chunk holds, as the parser counts them. */
export function checkedRecords(checked: Checked): number {
  return typeof checked === 'number' ? 1 : checked.records.length;
}

export interface CheckOptions {
  /** Name of a sequence that has no header. */
  readonly defaultName: string;
}

/** Longer headers are left to the parser, which cuts them. */
const PLAIN_HEADER = 4096;
/** Letters a line, blanks at its end; a stop may follow. */
const PLAIN_LINE = new RegExp(`^[${STANDARD_RESIDUES}]*\\*?[ \\t]*$`);
const PLAIN_LINE_ANY_CASE = new RegExp(PLAIN_LINE.source, 'i');
/** A letter that no nucleotide code uses: with one of them in it, no sequence is taken for DNA. */
const PROTEIN_LETTER = /[LEIPQF]/i;
const STOP = /\*[ \t]*$/;
/** Characters that are parsed between two chances to stop. */
const STEP = 65_536;
/** Problems of one record that are kept, per severity. */
const MOST_PROBLEMS = 1000;

/**
 * Checks lines `from` up to, not including, `to`: a header and what follows it.
 *
 * @param first whether this is the stretch before the first header
 * @returns a generator that can be left at any time and gives its answer at the end
 */
export function* checkChunk(
  lines: Lines,
  { from, to, first }: { readonly from: number; readonly to: number; readonly first: boolean },
  options: CheckOptions,
): Generator<void, Checked> {
  if (!first) {
    const plain = plainLength(lines, from, to);
    if (plain !== 0) return plain;
  } else if (from === to) return NOTHING;
  return yield* findings(lines, from, to, options, 0);
}

const NOTHING: Findings = { records: [], problems: [], isNameless: false };

/** @returns residues of a plain record, negative with lower-case letters; 0 when it must be looked at more closely */
function plainLength(lines: Lines, from: number, to: number): number {
  const header = lines.lineAt(from);
  const second = header.charCodeAt(1);
  // A name directly after the `>`, in ASCII.
  if (header.length > PLAIN_HEADER || !(second > 0x20 && second < 0x7f) || header.charCodeAt(0) !== 0x3e) return 0;
  let length = 0;
  let stopped = false;
  let isProtein = false;
  let isUpper = true;
  for (let line = from + 1; line < to; line++) {
    const text = lines.lineAt(line);
    if (text === '') continue;
    if (isUpper && !PLAIN_LINE.test(text)) isUpper = false;
    if (stopped || (!isUpper && !PLAIN_LINE_ANY_CASE.test(text))) return 0;
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0x41) length += text.length;
    else {
      length += text.trimEnd().length;
      if (STOP.test(text)) {
        length--;
        stopped = true;
      }
    }
    isProtein ||= PROTEIN_LETTER.test(text);
    if (length > DEFAULT_MAX_RECORD_LENGTH) return 0;
  }
  if (!isProtein) return 0;
  return isUpper ? length : -length;
}

/**
 * The same by the parser.
 *
 * @param before records of the file that come before it: nameless ones are called by their number
 */
export function* findings(
  lines: Lines,
  from: number,
  to: number,
  { defaultName }: CheckOptions,
  before: number,
): Generator<void, Findings> {
  const parser = new FastaParser({ defaultName, part: { before }, maxProblems: MOST_PROBLEMS, keepLines: false }, true);
  const records: CheckedRecord[] = [];
  const problems: FastaProblem[] = [];
  const take = (events: readonly unknown[]): void => {
    for (const event of events as readonly FastaEvent<FastaRecord>[]) {
      if (event.type === 'record') records.push(slim(event.record));
      else if (event.type === 'problem') problems.push(event.problem);
    }
  };
  const encoder = new TextEncoder();
  let part = from === 0 ? withoutMark(lines.lineAt(0)) : lines.lineAt(from);
  for (let line = from + 1; line <= to; line++) {
    if (part.length >= STEP || line === to) {
      for (const batch of parser.write(encoder.encode(part))) take(batch);
      part = '';
      yield;
    }
    if (line < to) part += `\n${lines.lineAt(line)}`;
  }
  for (const batch of parser.end()) take(batch);
  const isNameless = headerMark(lines.lineAt(from)) >= 0 && headerName(lines.lineAt(from)).id === '';
  return { records, problems: sortProblems(problems), isNameless };
}

/** A byte order mark has no column: the parser drops it. VS Code itself shows none. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Only the chains of a complex are compared with each other by their sequences. */
function slim({ lines: _lines, header: _header, ...record }: FastaRecord): CheckedRecord {
  return record.complex === undefined ? { ...record, sequence: '' } : record;
}

/** The name of a header line, and where it stands (columns from 1, end exclusive). */
export interface HeaderName {
  readonly id: string;
  readonly column: number;
  readonly endColumn: number;
  /** Column of the `>`. */
  readonly markColumn: number;
  /** End of the header's text. */
  readonly lineEndColumn: number;
  /** The text after the `>`, trimmed. */
  readonly text: string;
}

/** Reads a header line; the id is empty when it has none. */
export function headerName(line: string): HeaderName {
  const mark = headerMark(line);
  const header = line.slice(mark + 1);
  const text = header.trim();
  const id = headerId(text);
  const column = mark + 2 + (id === '' ? 0 : header.length - header.trimStart().length);
  return {
    id,
    column,
    endColumn: column + id.length,
    markColumn: mark + 1,
    lineEndColumn: mark + 2 + header.trimEnd().length,
    text,
  };
}
