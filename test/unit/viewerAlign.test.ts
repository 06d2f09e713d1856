import assert from 'node:assert/strict';
import fc from 'fast-check';
import { alignSequences } from '../../extension/structure/align.ts';

const sequence = fc.string({ unit: fc.constantFrom(...'ACDEFGHIKLMNPQRSTVWYX'), maxLength: 60 });

/** The two sequences with gaps, one above the other. */
function rows(first: string, second: string): [string, string] {
  const pairs = alignSequences(first, second) ?? [];
  let [top, bottom, i, j] = ['', '', 0, 0];
  for (const [a, b] of [...pairs, [first.length, second.length] as const]) {
    top += first.slice(i, a) + '-'.repeat(b - j);
    bottom += '-'.repeat(a - i) + second.slice(j, b);
    if (a < first.length && b < second.length) {
      top += first[a];
      bottom += second[b];
    }
    [i, j] = [a + 1, b + 1];
  }
  return [top, bottom];
}

describe('viewer alignment', () => {
  it('pairs positions in order, each at most once', () => {
    fc.assert(
      fc.property(sequence, sequence, (first, second) => {
        const pairs = alignSequences(first, second) ?? [];
        for (const [index, [a, b]] of pairs.entries()) {
          const [previousA, previousB] = pairs[index - 1] ?? [-1, -1];
          assert.ok(a > previousA && b > previousB && a < first.length && b < second.length);
        }
      }),
    );
  });

  it('finds a part in the whole, wherever it lies', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ACDEFGHIKLMNPQRSTVWY'), minLength: 30, maxLength: 60 }),
        fc.nat(10),
        fc.nat(10),
        (whole, left, right) => {
          const part = whole.slice(left, whole.length - right);
          const pairs = alignSequences(whole, part) ?? [];
          assert.equal(pairs.length, part.length);
          for (const [a, b] of pairs) assert.equal(whole[a], part[b]);
        },
      ),
    );
  });

  it('knows a worked case: one loop is missing, two residues differ', () => {
    const whole = 'MVHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESFGDLST';
    const cut = 'HLTPEEKSAVTALWGKVVGGEALGRLIVVYPWTERFFESFGDLST';
    assert.deepEqual(rows(whole, cut), [
      'MVHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESFGDLST',
      '--HLTPEEKSAVTALWGKV----VGGEALGRLIVVYPWTERFFESFGDLST',
    ]);
  });

  it('refuses what would take minutes', () => {
    assert.equal(alignSequences('A'.repeat(20_000), 'C'.repeat(20_000)), undefined);
  });
});
