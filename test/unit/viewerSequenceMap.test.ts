import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ChainSequence } from '../../extension/structure/linkMessages.ts';
import { mapChains, mapSequence, mayBeSame, partnersOf } from '../../extension/structure/sequenceMap.ts';

const LETTERS = 'ACDEFGHIKLMNPQRSTVWY';
const protein = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...LETTERS), minLength, maxLength });

const chain = (sequence: string, numbers?: readonly number[], name = 'A'): ChainSequence => ({
  name,
  sequence,
  numbers: numbers ?? Array.from(sequence, (_, at) => at + 1),
});

/** A target, and which of its residues a model holds: a part of it, with gaps, so much that they are the same protein. */
const partly = protein(60, 160).chain((target) =>
  fc.record({
    target: fc.constant(target),
    left: fc.nat(10),
    right: fc.nat(10),
    gaps: fc.array(fc.record({ at: fc.nat(target.length - 1), length: fc.integer({ min: 1, max: 6 }) }), {
      maxLength: 3,
    }),
    first: fc.integer({ min: -20, max: 900 }),
  }),
);

function kept({
  target,
  left,
  right,
  gaps,
}: {
  target: string;
  left: number;
  right: number;
  gaps: { at: number; length: number }[];
}): number[] {
  return Array.from(target, (_, at) => at).filter(
    (at) => at >= left && at < target.length - right && !gaps.some((gap) => at >= gap.at && at < gap.at + gap.length),
  );
}

describe('sequence map', () => {
  it('is one to one for equal sequences, however short and however numbered', () => {
    fc.assert(
      fc.property(protein(1, 80), fc.integer({ min: -50, max: 5000 }), (sequence, first) => {
        const numbers = Array.from(sequence, (_, at) => first + at);
        const map = mapSequence(chain(sequence, numbers), sequence);
        assert.deepEqual(
          [...(map?.toSequence ?? [])],
          Array.from(sequence, (_, at) => at),
        );
        assert.deepEqual(map?.toChain, map?.toSequence);
      }),
    );
  });

  it('finds every residue of a part with gaps that keeps the numbers of the whole, exactly', () => {
    fc.assert(
      fc.property(partly, (made) => {
        const places = kept(made);
        const part = places.map((at) => made.target[at]).join('');
        const numbers = places.map((at) => at + made.first);
        const map = mapSequence(chain(part, numbers), made.target);
        assert.deepEqual([...(map?.toSequence ?? [])], places);
        for (const [at, place] of places.entries()) assert.equal(map?.toChain[place], at);
        assert.equal(map?.toChain.filter((at) => at >= 0).length, places.length);
      }),
    );
  });

  it('finds the place of single residues between gaps when the numbers say nothing', () => {
    const target = 'TEYVWFPKTMWEWMAKMKKHGAGNRGHALIDLVSEYDMYVNTKLVIGCLWEGNNSKNVIALN';
    const gaps = [
      { at: 1, length: 1 },
      { at: 38, length: 4 },
      { at: 44, length: 1 },
    ];
    const places = kept({ target, left: 0, right: 0, gaps });
    const part = places.map((at) => target[at]).join('');
    const map = mapSequence(
      chain(
        part,
        Array.from(part, () => 7),
      ),
      target,
    );
    assert.equal(map?.different, 0);
    assert.equal(map?.identical, part.length);
  });

  it('puts equal letters together in order when the numbers say nothing', () => {
    fc.assert(
      fc.property(partly, (made) => {
        const places = kept(made);
        const part = places.map((at) => made.target[at]).join('');
        const map = mapSequence(
          chain(
            part,
            Array.from(part, () => 7),
          ),
          made.target,
        );
        assert.ok(map);
        let last = -1;
        for (const [at, place] of map.toSequence.entries()) {
          if (place < 0) continue;
          assert.ok(place > last);
          last = place;
          assert.equal(map.toChain[place], at);
        }
        assert.ok(map.identical >= 0.95 * (map.identical + map.different));
      }),
    );
  });

  it('knows modified and a few mutated residues, and a tag that the record does not have', () => {
    const record = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';
    const model = `GSHH${record.slice(0, 30)}A${record.slice(31, 50)}X${record.slice(51)}`;
    const numbers = Array.from(model, (_, at) => at - 3);
    const map = mapSequence(chain(model, numbers), record);
    assert.deepEqual([...(map?.toSequence.slice(0, 6) ?? [])], [-1, -1, -1, -1, 0, 1]);
    assert.equal(map?.toSequence[4 + 75], 75);
    assert.equal(map?.different, 1);
  });

  it('takes no other protein for the same one', () => {
    fc.assert(
      fc.property(protein(30, 90), protein(30, 90), (one, other) => {
        fc.pre(!one.includes(other) && !other.includes(one));
        assert.equal(mapSequence(chain(one), other), undefined);
      }),
    );
    assert.equal(mapSequence(chain('X'.repeat(12)), 'M'.repeat(40)), undefined);
    assert.equal(mayBeSame('ACD', 'ACDACD'), false);
  });

  it('gives copies out in order, and lets them share where there are too few', () => {
    const [a, b] = ['MKTAYIAKQRQISFVKSHFSRQ', 'GSHMLEDPVDAFWWRTKLMNQE'];
    const chains = [chain(a, undefined, 'A'), chain(b, undefined, 'B'), chain(a, undefined, 'C')];
    const recordChains = (record: string[]) => mapChains(chains, record).map((map) => map?.recordChain);
    assert.deepEqual(recordChains([a, b, a]), [0, 1, 2]);
    assert.deepEqual(recordChains([b, a]), [1, 0, 1]);
    assert.deepEqual(recordChains([b]), [undefined, 0, undefined]);
  });

  it('carries spans over, parted where partners are', () => {
    const map = mapSequence(
      chain('MKTAYIAKSHFSRQLEERLG', [1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]),
      'MKTAYIAKQRQISFVSHFSRQLEERLG',
    );
    assert.ok(map);
    const toSequence = partnersOf(map.toSequence, 6, 10);
    assert.deepEqual(toSequence, [
      { from: 6, to: 8 },
      { from: 15, to: 17 },
    ]);
    assert.deepEqual(partnersOf(map.toChain, 0, 99), [{ from: 0, to: 20 }]);
  });
});
