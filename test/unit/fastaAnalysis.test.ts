import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parseFastaText } from '../../backend/api/fasta/parseFasta.ts';
import { sequenceHash } from '../../backend/api/fasta/sequenceHash.ts';
import { formattedLines } from '../../extension/fasta/analysis/formatLines.ts';
import { proteinFacts } from '../../extension/fasta/analysis/proteinFacts.ts';
import { chainsOf, residueAt, sequenceOf } from '../../extension/fasta/analysis/recordText.ts';
import { FastaDocument, finish } from '../../extension/fasta/document/fastaDocument.ts';
import { linesOf } from '../../extension/fasta/document/lines.ts';
import { fastaText } from '../support/editedFasta.ts';

/** Mature hen egg-white lysozyme (UniProt P00698, residues 19–147). */
const LYSOZYME =
  'KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL';
/** Human ubiquitin. */
const UBIQUITIN = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';

describe('facts of a protein', () => {
  it('are those that ExPASy ProtParam gives', () => {
    for (const [sequence, mass, point] of [
      [LYSOZYME, 14313.14, 9.32],
      [UBIQUITIN, 8564.84, 6.56],
    ] as const) {
      const facts = proteinFacts(sequence);
      assert.ok(Math.abs((facts.mass ?? 0) - mass) < 0.05, `${facts.mass}`);
      assert.equal(facts.isoelectricPoint?.toFixed(2), point.toFixed(2));
    }
  });

  it('count every residue once, the most frequent first', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ACDEFGHIKLMNPQRSTVWYX'), minLength: 1 }), (sequence) => {
        const { composition, length } = proteinFacts(sequence);
        assert.equal(
          composition.reduce((sum, { count }) => sum + count, 0),
          length,
        );
        const counts = composition.map(({ count }) => count);
        assert.deepEqual(
          counts,
          counts.toSorted((a, b) => b - a),
        );
        for (const { letter, count } of composition) assert.equal(sequence.split(letter).length - 1, count);
      }),
    );
  });

  it('name no mass where a residue has none of its own, and nothing for nothing', () => {
    assert.equal(proteinFacts('MXA').mass, undefined);
    assert.deepEqual(proteinFacts(''), { length: 0, mass: undefined, isoelectricPoint: undefined, composition: [] });
  });

  it('put the point between acids and bases', () => {
    assert.ok((proteinFacts('DDDD').isoelectricPoint ?? 14) < 4);
    assert.ok((proteinFacts('RRRR').isoelectricPoint ?? 0) > 12);
  });
});

describe('the hash of a sequence', () => {
  it('is half a SHA-256, and does not mind letter case', async () => {
    const expected = createHash('sha256').update(UBIQUITIN).digest('hex').slice(0, 32);
    assert.equal(await sequenceHash(UBIQUITIN), expected);
    assert.equal(await sequenceHash(UBIQUITIN.toLowerCase()), expected);
    assert.notEqual(await sequenceHash(UBIQUITIN.slice(1)), expected);
  });
});

describe('the text of a record', () => {
  const lines = linesOf('>x\n;note\nac d*\nEF:gh\n10 IK\n');

  it('is its letters, chains apart', () => {
    assert.equal(sequenceOf(lines, { from: 0, to: 6 }), 'ACDEFGHIK');
    assert.deepEqual(chainsOf(lines, { from: 0, to: 6 }), ['ACDEF', 'GHIK']);
  });

  it('has a residue at every place, counted by chain', () => {
    const at = (line: number, character: number) => finish(residueAt(lines, { from: 0, to: 6 }, line, character));
    assert.equal(at(0, 1), undefined);
    assert.equal(at(1, 1), undefined);
    assert.deepEqual(at(2, 0), { number: 1, letter: 'A', chain: 1 });
    assert.deepEqual(at(2, 3), { number: 3, letter: 'D', chain: 1 });
    assert.deepEqual(at(3, 1), { number: 5, letter: 'F', chain: 1 });
    assert.deepEqual(at(3, 3), { number: 1, letter: 'G', chain: 2 });
    assert.deepEqual(at(4, 4), { number: 4, letter: 'K', chain: 2 });
  });
});

describe('formatting', () => {
  function format(text: string, width: number): string {
    const lines = linesOf(text);
    const document = new FastaDocument(lines, { defaultName: 'x' });
    finish(document.build());
    const chunks = Array.from({ length: document.chunks }, (_, chunk) => {
      const { from, to } = document.linesOf(chunk);
      if (from === to) return [];
      const as = Array.from({ length: to - from }, (_line, index) => lines.lineAt(from + index));
      return formattedLines(lines, { from, to }, width) ?? as;
    });
    return chunks.flat().join('\n');
  }

  it('wraps sequence, and keeps headers, comments and one blank line between records', () => {
    const text = '>x  words  \n;keep  me\n  1 acdef ghikl\n\n 11 MNP*\n\n\n>y\nACD\n';
    assert.equal(format(text, 4), '>x  words\n;keep  me\nacde\nfghi\nklMN\nP*\n\n>y\nACD\n');
  });

  it('leaves a record with mistakes as it is', () => {
    assert.equal(format('>x\nAC?\nD\n>y\nA C\n', 60), '>x\nAC?\nD\n>y\nAC\n');
    // Without a header, the number is why it cannot be read.
    assert.equal(format('0\nA', 60), '0\nA');
  });

  it('changes no sequence, no name and no number of mistakes, and nothing the second time', () => {
    fc.assert(
      fc.property(fastaText, fc.integer({ min: 1, max: 80 }), (text, width) => {
        const formatted = format(text, width);
        const before = parseFastaText(text);
        const after = parseFastaText(formatted);
        const facts = ({ records, totals }: typeof before) => ({
          records: records.map(({ id, sequence, headerText }) => ({ id, sequence, headerText })),
          errors: totals.errors,
        });
        assert.deepEqual(facts(after), facts(before));
        assert.equal(format(formatted, width), formatted);
      }),
      { numRuns: 500 },
    );
  });
});
