import assert from 'node:assert/strict';
import { parseFastaText } from '../../backend/api/fasta/parseFasta.ts';
import type { FastaProblemCode } from '../../backend/api/fasta/types.ts';
import { type Fix, fixesOf, type TextFix } from '../../extension/fasta/analysis/fixes.ts';
import { FastaDocument, finish } from '../../extension/fasta/document/fastaDocument.ts';
import { linesOf } from '../../extension/fasta/document/lines.ts';

/** The text after edits that all are told of the text before. */
function applied(text: string, edits: readonly TextFix[]): string {
  const starts = [0];
  for (const match of text.matchAll(/\n/g)) starts.push(match.index + 1);
  const at = (line: number, column: number) => (starts[line] ?? 0) + column;
  let before = Number.POSITIVE_INFINITY;
  return edits
    .toSorted((a, b) => at(b.startLine, b.startColumn) - at(a.startLine, a.startColumn))
    .reduce((written, edit) => {
      const [start, end] = [at(edit.startLine, edit.startColumn), at(edit.endLine, edit.endColumn)];
      assert.ok(end <= before, 'VS Code takes no edits that overlap');
      before = start;
      return written.slice(0, start) + edit.text + written.slice(end);
    }, text);
}

function fixes(text: string, code: FastaProblemCode): readonly Fix[] {
  const lines = linesOf(text);
  const file = parseFastaText(text, { defaultName: 'file' });
  const problem = file.problems.find((each) => each.code === code);
  assert.ok(problem, `${code} is not among ${file.problems.map((each) => each.code)}`);
  const document = new FastaDocument(lines, { defaultName: 'file' });
  finish(document.build());
  const record = document.linesOf(document.chunkAt(problem.line - 1));
  const taken = new Set(Array.from({ length: document.chunks }, (_, chunk) => document.headerOf(chunk)?.id));
  return fixesOf(problem, { lines, record, isTaken: (name) => taken.has(name) });
}

/** Code of the problem, the text with it, and what each fix makes of it. */
const CASES: readonly (readonly [FastaProblemCode, string, ...string[]])[] = [
  ['alignment-gap', '>a\nLA--C\n---\nL.D~E\n>b\nA-C\n', '>a\nLAC\nLDE\n>b\nA-C\n'],
  ['alignment-gap', '>a\nLAC\n---', '>a\nLAC'],
  ['alignment-gap', '>a\nLAC\n---\n---', '>a\nLAC'],
  ['alignment-gap', '>a\n---\nL-AC\n---\n\n---\n---', '>a\nLAC\n'],
  ['internal-stop', '>a\nLA*CD\nEF\n\n>b\nLA\n', '>a\nLACD\nEF\n\n>b\nLA\n', '>a\nLA\n\n>b\nLA\n'],
  ['lower-case', '>a b\n;note\nlacd\nEf\n>b\nlac\n', '>a b\n;note\nLACD\nEF\n>b\nlac\n'],
  ['duplicate-id', '>a x\nLA\n>a y\nLA\n', '>a x\nLA\n>a_2 y\nLA\n'],
  ['duplicate-id', '>a_2\nLA\n> a_2\nLA\n>a_3\nLA\n', '>a_2\nLA\n> a_4\nLA\n>a_3\nLA\n'],
  ['unusual-residue', '>a\nLUu\nUA\n', '>a\nLCc\nCA\n'],
  ['unusual-residue', '>a\nLOA\n', '>a\nLKA\n'],
  ['unusual-residue', '>a\nLBA\n', '>a\nLDA\n', '>a\nLNA\n'],
  ['unusual-residue', '>a\nXXX\nXLAXC\nXX*\n', '>a\nLAXC\n*\n'],
  ['unusual-residue', '>a\nLAC\nXXX\nXXX', '>a\nLAC'],
  ['unusual-residue', '>a\nLAXC\n'],
  ['illegal-letter', '>a\nL\u0410C\n', '>a\nLAC\n', '>a\nLC\n'],
  ['illegal-letter', '>a\nLA>b\nLC\n', '>a\nLA\n>b\nLC\n'],
  ['illegal-letter', '>a\nLA/LC\n', '>a\nLA:LC\n', '>a\nLALC\n'],
  ['illegal-letter', '>a\nL???C\n', '>a\nLXXXC\n'],
  ['illegal-letter', '>a\nL$%C\n', '>a\nLC\n'],
  ['invisible-character', '>a\nL\u200bA\u00a0\nC\u200b\n', '>a\nLA\nC\n'],
  ['position-numbers', '>a\n  1 LACD EFGH\n 11 IKL\n', '>a\nLACDEFGH\nIKL\n'],
  ['no-header', 'LACD\n', '>file\nLACD\n'],
  ['no-id', '>\nLACD\n', '>sequence_1\nLACD\n'],
  ['empty-record', '>a\n\n>b\nLA\n', '>b\nLA\n'],
  ['empty-record', '>b\nLA\n>a', '>b\nLA'],
  ['empty-chain', '>a\nLA:\n', '>a\nLA\n'],
  ['chain-separator', '>a x\nLA:LC\nDE:\nLF\n', '>a_1 x\nLA\n>a_2 x\nLC\nDE\n>a_3 x\nLF\n'],
  ['nucleotide-sequence', `>a\n${'ACGT'.repeat(10)}\n`],
];

describe('quick fixes', () => {
  for (const [code, text, ...expected] of CASES) {
    it(`mend ${code} in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(
        fixes(text, code).map(({ edits }) => applied(text, edits)),
        expected,
      );
    });
  }
});
