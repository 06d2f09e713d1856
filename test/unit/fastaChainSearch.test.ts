import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FastaDocument, finish } from '../../extension/fasta/document/fastaDocument.ts';
import { linesOf } from '../../extension/fasta/document/lines.ts';
import { findChains, placesInRecord } from '../../extension/fasta/editor/chainSearch.ts';

const protein = fc.string({ unit: fc.constantFrom(...'ACDEFGHIKLMNPQRSTVWY'), minLength: 40, maxLength: 70 });

function fastaOf(records: readonly string[]): FastaDocument {
  const text = records.map((record, index) => `>r${index}\n${record.replace(/(.{17})/g, '$1\n')}`).join('\n');
  const fasta = new FastaDocument(linesOf(text), { defaultName: 'x' });
  finish(fasta.build());
  return fasta;
}

const chain = (sequence: string) => ({ name: 'A', sequence, numbers: Array.from(sequence, (_, at) => at + 1) });

describe('search for the chains of a structure', () => {
  it('finds the record of each, wherever it stands and wherever the search begins', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(protein, { minLength: 2, maxLength: 6 }),
        fc.nat(5),
        fc.nat(5),
        fc.option(fc.nat(7), { nil: undefined }),
        (records, a, b, first) => {
          const wanted = [a % records.length, b % records.length];
          const chains = wanted.map((at) => chain(records[at] ?? ''));
          const places = finish(findChains(fastaOf(records), chains, first));
          assert.deepEqual(
            places.map((place) => place?.chunk),
            wanted.map((at) => at + 1),
          );
        },
      ),
    );
  });

  it('takes the record that is most alike, and among equals the one with more of the chains', () => {
    const [a, b] = ['MKTAYIAKQRQISFVKSHFSRQLEERLGLIEV', 'GSHMLEDPVDAFWWRTKLMNQEYYACCDHHIK'];
    const mutated = `${a.slice(0, 15)}W${a.slice(16)}`;
    const alike = finish(findChains(fastaOf([mutated, a]), [chain(a)], undefined));
    assert.equal(alike[0]?.chunk, 2);
    const together = finish(findChains(fastaOf([`${a}AA`, `${a}AA:${b}`]), [chain(a), chain(b)], undefined));
    assert.deepEqual(
      together.map((place) => [place?.chunk, place?.recordChain]),
      [
        [2, 0],
        [2, 1],
      ],
    );
  });

  it('knows when there is none', () => {
    const fasta = fastaOf(['MKTAYIAKQRQISFVKSHFSRQLEERLGLIEV', '']);
    assert.deepEqual(finish(findChains(fasta, [chain('GSHMLEDPVDAFWWRTKLMNQEYY')], 1)), [undefined]);
    assert.deepEqual(placesInRecord(fasta, [chain('')], 2), [undefined]);
  });
});
