import assert from 'node:assert/strict';
import fc from 'fast-check';
import { colorAtoms, gradientColor } from '../../webview/coloring.ts';
import { BAND_COLORS, type Palette } from '../../webview/confidence.ts';
import { countBandPixels } from '../../webview/measure.ts';
import { COLORINGS } from '../../webview/state.ts';
import { structureOf } from '../support/structureData.ts';

describe('colours', () => {
  it('are the band colours for confidence, in both palettes', () => {
    const values = [95, 80, 60, 30];
    const data = structureOf(values);
    for (const palette of ['official', 'colour-blind'] satisfies Palette[]) {
      const colors = colorAtoms('confidence', { data, values: data.bFactors, range: [0, 1], palette });
      const { veryHigh, high, low, veryLow } = BAND_COLORS[palette];
      assert.deepEqual([...colors], [veryHigh, veryHigh, high, high, low, low, veryLow, veryLow]);
    }
  });

  it('exist for every atom and every colouring', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COLORINGS),
        fc.array(fc.double({ noNaN: false }), { maxLength: 20 }),
        (coloring, values) => {
          const data = structureOf(values);
          const colors = colorAtoms(coloring, { data, values: data.bFactors, range: [0, 100], palette: 'official' });
          assert.equal(colors.length, data.atomCount);
          assert.ok(colors.every((color) => color >= 0 && color <= 0xffffff));
        },
      ),
    );
  });

  it('run through a gradient from its first to its last stop', () => {
    assert.equal(gradientColor([0x000000, 0xffffff], 0), 0);
    assert.equal(gradientColor([0x000000, 0xffffff], 1), 0xffffff);
    assert.equal(gradientColor([0x000000, 0x00ff00, 0xffffff], 0.5), 0x00ff00);
    assert.equal(gradientColor([0x000000, 0xffffff], 7), 0xffffff);
    assert.equal(gradientColor([0x102030, 0xffffff], Number.NaN), 0x102030);
  });
});

describe('counting pixels', () => {
  it('finds each band in light and shadow, and leaves out the rest', () => {
    const shade = (color: number, light: number): number[] => [
      ((color >> 16) & 255) * light,
      ((color >> 8) & 255) * light,
      (color & 255) * light,
      255,
    ];
    for (const palette of ['official', 'colour-blind'] satisfies Palette[]) {
      const bands = BAND_COLORS[palette];
      const pixels = [
        ...Object.values(bands).flatMap((color) => [...shade(color, 1), ...shade(color, 0.6)]),
        ...[0, 255, 0, 255],
        ...[10, 10, 10, 0],
      ];
      const expected = { veryHigh: 2, high: 2, low: 2, veryLow: 2, other: 1, background: 1 };
      assert.deepEqual(countBandPixels(Uint8ClampedArray.from(pixels), palette), expected);
    }
  });
});
