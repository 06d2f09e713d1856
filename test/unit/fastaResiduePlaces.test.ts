import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chainsOf, residueAt } from '../../extension/fasta/analysis/recordText.ts';
import { placesOf, residuesIn } from '../../extension/fasta/analysis/residuePlaces.ts';
import { finish } from '../../extension/fasta/document/fastaDocument.ts';
import { linesOf } from '../../extension/fasta/document/lines.ts';

/** A record as people write them: lines of any length, gaps, stops, blanks, comments, lower case, chains. */
const line = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom(...'ACDEFGHIKLMNPQRSTVWYacdxX-*. 1:'), maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('; a comment', '', '   ', ':', '-:-') },
);
const text = fc.array(line, { maxLength: 8 }).map((body) => ['>before', 'MKV', '>id some text', ...body].join('\n'));

const recordOf = (whole: string) => ({ lines: linesOf(whole), record: { from: 2, to: linesOf(whole).lineCount } });
const spans = fc.array(fc.record({ chain: fc.nat(3), from: fc.nat(20), length: fc.integer({ min: 1, max: 15 }) }), {
  maxLength: 4,
});

describe('places of residues in a record', () => {
  it('hold exactly the letters of the residues, chain by chain', () => {
    fc.assert(
      fc.property(text, spans, (whole, wanted) => {
        const { lines, record } = recordOf(whole);
        const chains = chainsOf(lines, record);
        const places = finish(
          placesOf(
            lines,
            record,
            wanted.map(({ chain, from, length }) => ({ chain, from, to: from + length })),
          ),
        );
        const found = places.map(({ line: at, from, to }) => lines.lineAt(at).slice(from, to)).join('');
        const isWanted = (chain: number, at: number) =>
          wanted.some((span) => span.chain === chain && at >= span.from && at < span.from + span.length);
        const expected = chains
          .map((chain, index) => [...chain].filter((_, at) => isWanted(index, at)).join(''))
          .join('');
        assert.equal(found.toUpperCase(), expected);
        assert.match(found, /^[A-Za-z]*$/);
      }),
    );
  });

  it('are found again from the place', () => {
    fc.assert(
      fc.property(text, fc.nat(3), fc.nat(30), fc.integer({ min: 1, max: 30 }), (whole, chain, from, length) => {
        const { lines, record } = recordOf(whole);
        const size = chainsOf(lines, record)[chain]?.length ?? 0;
        fc.pre(from < size);
        const to = Math.min(size, from + length);
        const places = finish(placesOf(lines, record, [{ chain, from, to }]));
        const [first, last] = [places[0], places.at(-1)];
        assert.ok(first && last);
        const start = { line: first.line, character: first.from };
        const end = { line: last.line, character: last.to };
        assert.deepEqual(finish(residuesIn(lines, record, { start, end })), [{ chain, from, to }]);
      }),
    );
  });

  it('agree with the status bar on the residue under the cursor', () => {
    fc.assert(
      fc.property(text, fc.nat(9), fc.nat(12), (whole, down, character) => {
        const { lines, record } = recordOf(whole);
        const at = { line: Math.min(2 + down, record.to - 1), character };
        const [span] = finish(
          residuesIn(lines, record, { start: at, end: { line: at.line, character: character + 1 } }),
        );
        fc.pre(span !== undefined && !whole.includes(':'));
        const shown = finish(residueAt(lines, record, at.line, character));
        assert.equal(shown?.number, (span?.from ?? -1) + 1);
      }),
    );
  });

  it('know a worked case', () => {
    const lines = linesOf('>a\nMK-V\n; no\n lT*\nG:AA\nCC\n');
    const record = { from: 0, to: lines.lineCount };
    assert.deepEqual(
      finish(
        placesOf(lines, record, [
          { chain: 0, from: 1, to: 4 },
          { chain: 1, from: 1, to: 3 },
        ]),
      ),
      [
        { line: 1, from: 1, to: 2 },
        { line: 1, from: 3, to: 4 },
        { line: 3, from: 1, to: 2 },
        { line: 4, from: 3, to: 4 },
        { line: 5, from: 0, to: 1 },
      ],
    );
    const all = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    assert.deepEqual(finish(residuesIn(lines, record, all)), [
      { chain: 0, from: 0, to: 6 },
      { chain: 1, from: 0, to: 4 },
    ]);
  });
});
