/** What can be done about a problem, as edits of the text. Pure; titles are given by whoever shows them. */

import { isGap, isInvisible, lookalikeOf, UNUSUAL_RESIDUES } from '../../../backend/api/fasta/alphabet.ts';
import { shortName } from '../../../backend/api/fasta/explain.ts';
import type { FastaProblem } from '../../../backend/api/fasta/types.ts';
import { isHeaderLine, type Lines } from '../document/lines.ts';
import { headerName } from '../document/recordCheck.ts';
import { isSequenceLine, type RecordLines } from './recordText.ts';

/** Replaces part of a line, or deletes lines whole. Lines and columns from 0, ends exclusive. */
export interface TextFix {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

/** What a fix does; with what it needs to be named. */
export type FixKind =
  | { readonly kind: 'strip-gaps' }
  | { readonly kind: 'drop-stop' }
  | { readonly kind: 'cut-at-stop' }
  | { readonly kind: 'upper-case' }
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'replace'; readonly letter: string; readonly by: string }
  | { readonly kind: 'trim-unknown' }
  | { readonly kind: 'write-plain'; readonly by: string }
  | { readonly kind: 'delete-signs' }
  | { readonly kind: 'delete-invisible' }
  | { readonly kind: 'delete-numbers' }
  | { readonly kind: 'add-header'; readonly name: string }
  | { readonly kind: 'add-name'; readonly name: string }
  | { readonly kind: 'delete-record' }
  | { readonly kind: 'part-chains' }
  | { readonly kind: 'break-line' };

export interface Fix {
  readonly what: FixKind;
  readonly edits: readonly TextFix[];
}

/** What a fix may look at beside the record. */
export interface FixContext {
  readonly lines: Lines;
  /** The record that the problem is in, header included. */
  readonly record: RecordLines;
  /** Whether a name is in use. */
  readonly isTaken: (name: string) => boolean;
}

/** Replacements of letters for which engines know no structure; the first is the closest. */
const REPLACEMENTS: Readonly<Record<string, readonly string[]>> = {
  U: ['C'],
  O: ['K'],
  B: ['D', 'N'],
  Z: ['E', 'Q'],
  J: ['L', 'I'],
};

/** The fixes of a problem, the best first; none where only the person knows what was meant. */
export function fixesOf(problem: FastaProblem, context: FixContext): readonly Fix[] {
  const { lines, record } = context;
  const line = problem.line - 1;
  const text = lines.lineAt(line);
  const start = problem.column - 1;
  const end = (problem.endColumn ?? problem.column + 1) - 1;
  const marked = text.slice(start, end);
  const inRecord = (what: FixKind, rewrite: (line: string) => string): Fix[] => {
    const edits = rewriteLines(lines, record, rewrite);
    return edits.length === 0 ? [] : [{ what, edits }];
  };
  const here = (what: FixKind, by: string): Fix => ({ what, edits: [inLine(line, start, end, by)] });
  switch (problem.code) {
    case 'alignment-gap':
      return inRecord({ kind: 'strip-gaps' }, withoutGaps);
    case 'internal-stop':
      return [here({ kind: 'drop-stop' }, ''), cutAtStop(context, line, start)];
    case 'lower-case':
      return inRecord({ kind: 'upper-case' }, (sequence) => sequence.toUpperCase());
    case 'duplicate-id':
      return rename(problem, context);
    case 'unusual-residue':
      return unusual(marked.toUpperCase(), context, inRecord);
    case 'illegal-letter':
      return illegal(marked, text, here);
    case 'invisible-character':
      return inRecord({ kind: 'delete-invisible' }, withoutInvisible);
    case 'position-numbers':
      return inRecord({ kind: 'delete-numbers' }, withoutNumbers);
    case 'no-header':
      return [addHeader(problem, line)];
    case 'no-id':
      return [addName(problem, context, line, start)];
    case 'empty-record':
      return [{ what: { kind: 'delete-record' }, edits: [deleteLines(lines, record.from, record.to)] }];
    case 'empty-chain':
      return [here({ kind: 'delete-signs' }, '')];
    case 'chain-separator':
    case 'complex-as-monomers':
      return partChains(context);
    default:
      return [];
  }
}

function withoutGaps(text: string): string {
  return Array.from(text, (sign) => (isGap(sign.charCodeAt(0)) ? '' : sign)).join('');
}

function withoutInvisible(text: string): string {
  return Array.from(text, (sign) => (isInvisible(sign) ? '' : sign)).join('');
}

/** Numbers, and the blanks that part them from the residues. */
function withoutNumbers(text: string): string {
  return text.replace(/(?<!\S)\d+(?!\S)/g, '').replace(/[ \t]+/g, '');
}

/** Rewrites the sequence lines of a record; a line that is empty afterwards goes. */
function rewriteLines(lines: Lines, record: RecordLines, rewrite: (line: string) => string): TextFix[] {
  const rows: Rewritten[] = [];
  for (let line = record.from; line < record.to; line++) {
    const text = lines.lineAt(line);
    if (isSequenceLine(text)) rows.push({ line, text, written: rewrite(text) });
  }
  return editsOf(lines, rows);
}

interface Rewritten {
  readonly line: number;
  readonly text: string;
  readonly written: string;
}

/** Lines that are empty now go, neighbours in one edit: at the end of a text, two edits would meet in its last line. */
function editsOf(lines: Lines, rows: readonly Rewritten[]): TextFix[] {
  const edits: TextFix[] = [];
  const changed = rows.filter(({ text, written }) => text !== written);
  for (let at = 0; at < changed.length; at++) {
    const row = changed[at];
    if (!row) continue;
    if (row.written !== '') {
      edits.push(inLine(row.line, 0, row.text.length, row.written));
      continue;
    }
    let to = row.line + 1;
    while (changed[at + 1]?.line === to && changed[at + 1]?.written === '') {
      at++;
      to++;
    }
    edits.push(deleteLines(lines, row.line, to));
  }
  return edits;
}

function inLine(line: number, startColumn: number, endColumn: number, text: string): TextFix {
  return { startLine: line, startColumn, endLine: line, endColumn, text };
}

/** With their line ends; of the last line of the text, that before it. */
function deleteLines(lines: Lines, from: number, to: number): TextFix {
  if (to < lines.lineCount) return { startLine: from, startColumn: 0, endLine: to, endColumn: 0, text: '' };
  const last = lines.lineCount - 1;
  const endColumn = lines.lineAt(last).length;
  if (from === 0) return { startLine: 0, startColumn: 0, endLine: last, endColumn, text: '' };
  const startColumn = lines.lineAt(from - 1).length;
  return { startLine: from - 1, startColumn, endLine: last, endColumn, text: '' };
}

function cutAtStop({ lines, record }: FixContext, line: number, column: number): Fix {
  let last = record.to - 1;
  while (last > line && lines.lineAt(last).trim() === '') last--;
  const edit = { startLine: line, startColumn: column, endLine: last, endColumn: lines.lineAt(last).length, text: '' };
  return { what: { kind: 'cut-at-stop' }, edits: [edit] };
}

function rename(problem: FastaProblem, { lines, isTaken }: FixContext): Fix[] {
  const line = problem.line - 1;
  const { id, column, endColumn } = headerName(lines.lineAt(line));
  // The name of a chain that stands in no header cannot be changed there.
  if (id === '' || (problem.recordId !== undefined && problem.recordId !== id)) return [];
  const base = id.replace(/_\d+$/, '') || id;
  let number = 2;
  while (isTaken(`${base}_${number}`)) number++;
  const name = `${base}_${number}`;
  return [{ what: { kind: 'rename', name: shortName(name) }, edits: [inLine(line, column - 1, endColumn - 1, name)] }];
}

type InRecord = (what: FixKind, rewrite: (line: string) => string) => Fix[];

function unusual(letter: string, context: FixContext, inRecord: InRecord): Fix[] {
  if (!(letter in UNUSUAL_RESIDUES)) return [];
  if (letter === 'X') return trimUnknown(context);
  const both = new RegExp(`[${letter}${letter.toLowerCase()}]`, 'g');
  return (REPLACEMENTS[letter] ?? []).flatMap((by) =>
    inRecord({ kind: 'replace', letter, by }, (text) =>
      text.replace(both, (found) => (found === letter ? by : by.toLowerCase())),
    ),
  );
}

/** Takes unknown residues off both ends of the record; none inside, where they keep the numbering. */
function trimUnknown({ lines, record }: FixContext): Fix[] {
  const rows: { readonly line: number; readonly text: string; written: string }[] = [];
  for (let line = record.from; line < record.to; line++) {
    const text = lines.lineAt(line);
    if (isSequenceLine(text) && text.trim() !== '') rows.push({ line, text, written: text });
  }
  const strip = (ordered: readonly { written: string }[], ends: RegExp): void => {
    for (const row of ordered) {
      row.written = row.written.replace(ends, '');
      if (row.written.replace(/[\s*]/g, '') !== '') return;
    }
  };
  strip(rows, /^[\sXx]+/);
  strip(rows.toReversed(), /[Xx\s]+(?=\*?\s*$)/);
  const edits = editsOf(lines, rows);
  return edits.length === 0 ? [] : [{ what: { kind: 'trim-unknown' }, edits }];
}

function illegal(marked: string, line: string, here: (what: FixKind, by: string) => Fix): Fix[] {
  if (marked === '' || isHeaderLine(line)) return [];
  const plain = Array.from(marked, (sign) => lookalikeOf(sign));
  if (plain.every((sign) => sign !== undefined)) {
    const by = plain.join('');
    return [here({ kind: 'write-plain', by }, by), here({ kind: 'delete-signs' }, '')];
  }
  if (marked.startsWith('>')) return [here({ kind: 'break-line' }, `\n${marked}`)];
  if (/^[/|+]$/.test(marked)) return [here({ kind: 'write-plain', by: ':' }, ':'), here({ kind: 'delete-signs' }, '')];
  if (/^\?+$/.test(marked)) return [here({ kind: 'write-plain', by: 'X' }, 'X'.repeat(marked.length))];
  return [here({ kind: 'delete-signs' }, '')];
}

function addHeader(problem: FastaProblem, line: number): Fix {
  const name = problem.recordId ?? 'sequence';
  return { what: { kind: 'add-header', name: shortName(name) }, edits: [inLine(line, 0, 0, `>${name}\n`)] };
}

function addName(problem: FastaProblem, { isTaken }: FixContext, line: number, mark: number): Fix {
  const base = problem.recordId ?? 'sequence';
  let name = base;
  for (let number = 2; isTaken(name); number++) name = `${base}_${number}`;
  return { what: { kind: 'add-name', name }, edits: [inLine(line, mark + 1, mark + 1, name)] };
}

/** Makes a record of its own of each chain of a complex, named as the parser names it. */
function partChains({ lines, record }: FixContext): Fix[] {
  const header = lines.lineAt(record.from);
  const { id, column, endColumn } = headerName(header);
  if (!isHeaderLine(header) || id === '') return [];
  const headed = (chain: number): string =>
    `${header.slice(0, column - 1)}${id}_${chain}${header.slice(endColumn - 1).trimEnd()}`;
  let chain = 1;
  const edits: TextFix[] = [inLine(record.from, 0, header.length, headed(1))];
  for (let line = record.from + 1; line < record.to; line++) {
    const text = lines.lineAt(line);
    if (!isSequenceLine(text)) continue;
    for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
      const isAtEnd = text.slice(at + 1).trim() === '';
      const isAtStart = text.slice(0, at).trim() === '';
      chain++;
      edits.push(
        inLine(
          line,
          at,
          isAtEnd ? text.length : at + 1,
          `${isAtStart ? '' : '\n'}${headed(chain)}${isAtEnd ? '' : '\n'}`,
        ),
      );
    }
  }
  return chain === 1 ? [] : [{ what: { kind: 'part-chains' }, edits }];
}
