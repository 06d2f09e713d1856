import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkTarget, suggestMode } from '../../backend/api/fasta/checkTarget.ts';
import { parseFastaText } from '../../backend/api/fasta/parseFasta.ts';
import type { FastaProblem } from '../../backend/api/fasta/types.ts';
import { FastaDocument, finish } from '../../extension/fasta/document/fastaDocument.ts';
import { linesOf } from '../../extension/fasta/document/lines.ts';
import { EditableText, editedFasta, fastaText } from '../support/editedFasta.ts';

const DEFAULT_NAME = 'target';

function open(text: EditableText): FastaDocument {
  const document = new FastaDocument(text, { defaultName: DEFAULT_NAME });
  finish(document.build());
  return document;
}

function problemsOf(document: FastaDocument): readonly FastaProblem[] {
  finish(document.checkAll());
  return finish(document.problems(undefined, Number.POSITIVE_INFINITY)).problems.map(withoutOwner);
}

function parsed(text: string) {
  const file = parseFastaText(text, { defaultName: DEFAULT_NAME, maxProblems: Number.POSITIVE_INFINITY });
  return { ...file, problems: file.problems.map(withoutOwner) };
}

/** An invisible sign before a `>` stands in the record of that header; the parser, which has not met it yet, says in the former. */
function withoutOwner(problem: FastaProblem): FastaProblem {
  if (problem.code !== 'invisible-character') return problem;
  const { recordId: _id, recordIndex: _index, ...rest } = problem;
  return rest;
}

describe('an open FASTA document', () => {
  it('has the problems that the parser finds in its text, in the same words and places', () => {
    fc.assert(
      fc.property(fastaText, (text) => {
        assert.deepEqual(problemsOf(open(new EditableText(text))), parsed(text).problems);
      }),
      { numRuns: 1000 },
    );
  });

  it('knows after any edits just what it would know had it been opened then', () => {
    fc.assert(
      fc.property(editedFasta, ({ text, events }) => {
        const edited = new EditableText(text);
        const document = open(edited);
        for (const event of events) {
          // Some of it is known before the edit, some is not.
          finish(document.checkLines(0, 3));
          const changes = edited.edit(event);
          if (!document.apply(changes)) finish(document.build());
          const fresh = open(new EditableText(edited.text));
          assert.deepEqual(starts(document), starts(fresh));
          assert.deepEqual(problemsOf(document), parsed(edited.text).problems);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('says of its records what an engine says of them', () => {
    fc.assert(
      fc.property(fastaText, fc.constantFrom('homology' as const, 'alphafold2' as const), (text, engine) => {
        const file = parsed(text);
        fc.pre(file.totals.errors === 0);
        const mode = engine === 'homology' ? 'monomer' : suggestMode(file.records);
        const expected = checkTarget(file.records, { engine, mode });
        const document = open(new EditableText(text));
        finish(document.checkAll());
        const { problems } = finish(document.problems({ engine }, Number.POSITIVE_INFINITY));
        const ofTarget = problems.filter(({ code }) => !file.problems.some((problem) => problem.code === code));
        const plain = ({ code, line, column, message }: FastaProblem) => ({ code, line, column, message });
        assert.deepEqual(ofTarget.map(plain), expected.map(plain));
      }),
    );
  });

  it('counts what it does not list, and what it has not looked at', () => {
    const text = new EditableText('>a\nAC-\n>b\nAC-\n>c\nAC-\n');
    const document = open(text);
    finish(document.checkLines(2, 3));
    assert.deepEqual(finish(document.problems(undefined, 10)).unchecked, 3);
    finish(document.checkAll());
    const list = finish(document.problems(undefined, 2));
    assert.deepEqual([list.problems.length, list.omitted, list.unchecked, list.records], [2, 1, 0, 3]);
  });

  it('finds a name that is repeated far away when the first one is changed to it', () => {
    const text = new EditableText('>a\nLAC\n>b\nLAC\n>c\nLAC\n');
    const document = open(text);
    assert.deepEqual(problemsOf(document), []);
    assert.ok(document.apply(text.edit([{ start: [0, 1], end: [0, 2], text: 'c' }])));
    const [problem] = problemsOf(document);
    assert.deepEqual([problem?.code, problem?.line, problem?.column, problem?.endColumn], ['duplicate-id', 5, 2, 3]);
    assert.match(problem?.message ?? '', /line 1/);
  });

  it('tells of one record too many to submit, at its place', () => {
    const text = Array.from(
      { length: 1003 },
      (_, index) => `>r${index}\nLACDEFGHIKLMNPQRSTVWYLACDEFGHIKLMNPQRSTVWY\n`,
    ).join('');
    const document = open(new EditableText(text));
    finish(document.checkAll());
    const { problems } = finish(document.problems({ engine: 'homology' }, 10));
    assert.deepEqual(
      problems.map(({ code, line, column, endColumn }) => [code, line, column, endColumn]),
      [['too-many-jobs', 2001, 1, 7]],
    );
    const expected = checkTarget(parsed(text).records, { engine: 'homology', mode: 'monomer' });
    assert.equal(problems[0]?.message, expected[0]?.message);
  });

  it('warns of a target that the GPU of the chosen queue cannot hold', () => {
    const document = open(new EditableText(`>long\n${'LACDEFGHIK'.repeat(120)}\n>short\n${'LACDEFGHIK'.repeat(20)}\n`));
    finish(document.checkAll());
    const queue = {
      name: 'low',
      engine: 'alphafold2' as const,
      description: '',
      aliases: [],
      available: true,
      gpuModel: 'V100',
      maxGpu: 1,
    };
    const { problems } = finish(document.problems({ engine: 'alphafold2', queue }, 10));
    assert.deepEqual(
      problems.map(({ code, severity, line }) => [code, severity, line]),
      [['target-too-long', 'warning', 1]],
    );
    assert.match(problems[0]?.message ?? '', /16 GB.*1200/);
  });
});

function starts(document: FastaDocument): number[] {
  return Array.from({ length: document.chunks }, (_, chunk) => document.linesOf(chunk).from);
}

describe('the lines of a text', () => {
  it('end as they do in an editor', () => {
    const lines = linesOf('a\r\nb\rc\n');
    assert.deepEqual(
      Array.from({ length: lines.lineCount }, (_, line) => lines.lineAt(line)),
      ['a', 'b', 'c', ''],
    );
  });
});
