import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BANDS, bandOf, summarise, wholePercentages } from '../../webview/confidence.ts';

describe('confidence bands', () => {
  it('has the official cut-offs: the lower end of a band belongs to it', () => {
    const expected = {
      100: 'veryHigh',
      90: 'veryHigh',
      89.99: 'high',
      70: 'high',
      69.99: 'low',
      50: 'low',
      49.99: 'veryLow',
      0: 'veryLow',
    };
    for (const [value, band] of Object.entries(expected)) assert.equal(bandOf(Number(value)), band, value);
  });

  it('trusts what is not a number least', () => {
    assert.equal(bandOf(Number.NaN), 'veryLow');
  });

  it('puts a higher value never into a worse band', () => {
    const rank = (value: number): number => BANDS.findIndex(({ band }) => band === bandOf(value));
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (a, b) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          assert.ok(rank(high) <= rank(low));
        },
      ),
    );
  });

  it('sums up: shares add up to one, the mean lies between the extremes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 }), (values) => {
        const { count, mean, shares } = summarise(values);
        assert.equal(count, values.length);
        assert.ok(mean >= Math.min(...values) - 1e-9 && mean <= Math.max(...values) + 1e-9);
        const sum = Object.values(shares).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - 1) < 1e-9);
      }),
    );
  });

  it('has no mean of nothing', () => {
    assert.ok(Number.isNaN(summarise([]).mean));
  });
});

describe('whole percentages', () => {
  it('add up to 100 and are off by less than one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 6 }), (counts) => {
        const total = counts.reduce((a, b) => a + b, 0);
        const whole = wholePercentages(counts);
        if (total === 0) {
          assert.ok(whole.every((value) => value === 0));
          return;
        }
        assert.equal(
          whole.reduce((a, b) => a + b, 0),
          100,
        );
        whole.forEach((value, index) => {
          assert.ok(Math.abs(value - ((counts[index] ?? 0) / total) * 100) < 1);
        });
      }),
    );
  });

  it('rounds thirds to 34, 33, 33', () => {
    assert.deepEqual(wholePercentages([1, 1, 1]), [34, 33, 33]);
  });
});
