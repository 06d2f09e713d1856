/** The four confidence bands, in AlphaFold's official cut-offs and colours, and sums over them. Pure. */

import { t } from '@vscode/l10n';

/** Bands from best to worst. */
export type Band = 'veryHigh' | 'high' | 'low' | 'veryLow';

/** Which colours stand for the bands. */
export type Palette = 'official' | 'colour-blind';

/** A band's place on the scale of 0–100: `from` belongs to it, the next band's `from` does not. */
export interface BandDefinition {
  readonly band: Band;
  readonly label: string;
  readonly range: string;
  readonly from: number;
}

/** Cut-offs of the AlphaFold Protein Structure Database (Jumper et al. 2021, Varadi et al. 2022). */
export const BANDS: readonly BandDefinition[] = [
  { band: 'veryHigh', label: t('Very high'), range: '≥ 90', from: 90 },
  { band: 'high', label: t('High'), range: '70–90', from: 70 },
  { band: 'low', label: t('Low'), range: '50–70', from: 50 },
  { band: 'veryLow', label: t('Very low'), range: '< 50', from: Number.NEGATIVE_INFINITY },
];

/**
 * `official`: the AlphaFold database's colours. `colour-blind`: ColorBrewer's four-class RdBu, told apart by people
 * with any common colour-vision deficiency, with the doubtful end in red.
 */
export const BAND_COLORS: Readonly<Record<Palette, Readonly<Record<Band, number>>>> = {
  official: { veryHigh: 0x0053d6, high: 0x65cbf3, low: 0xffdb13, veryLow: 0xff7d45 },
  'colour-blind': { veryHigh: 0x2166ac, high: 0x92c5de, low: 0xf4a582, veryLow: 0xb2182b },
};

/** The band of a value on the scale of 0–100. Not-a-number counts as very low: nothing vouches for it. */
export function bandOf(value: number): Band {
  return BANDS.find(({ from }) => value >= from)?.band ?? 'veryLow';
}

/** How confident a structure is as a whole. */
export interface ConfidenceSummary {
  /** Residues counted. */
  readonly count: number;
  /** Mean over residues, 0–100. NaN when there are none. */
  readonly mean: number;
  /** Part of the residues in each band, 0–1; they add up to 1. */
  readonly shares: Readonly<Record<Band, number>>;
}

/** Sums up one value (0–100) per residue. */
export function summarise(values: ArrayLike<number>): ConfidenceSummary {
  const counts: Record<Band, number> = { veryHigh: 0, high: 0, low: 0, veryLow: 0 };
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    counts[bandOf(value)]++;
    sum += value;
  }
  const count = values.length;
  const share = (band: Band): number => (count === 0 ? 0 : counts[band] / count);
  return {
    count,
    mean: sum / count,
    shares: { veryHigh: share('veryHigh'), high: share('high'), low: share('low'), veryLow: share('veryLow') },
  };
}

/**
 * Whole percentages that add up to 100 (largest remainder), so that a reader who adds up the legend finds nothing odd.
 * All zero when there is nothing to divide.
 */
export function wholePercentages(shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (total === 0) return shares.map(() => 0);
  const exact = shares.map((share) => (share / total) * 100);
  const floors = exact.map(Math.floor);
  const missing = 100 - floors.reduce((sum, floor) => sum + floor, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) floors[index] = (floors[index] ?? 0) + 1;
  return floors;
}
