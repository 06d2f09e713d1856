/** What the colours mean, as data. Pure: the page shows it, and the same goes into exported pictures. */

import { t } from '@vscode/l10n';
import {
  B_FACTOR_GRADIENT,
  CHAIN_COLORS,
  type Coloring,
  HYDROPATHY_GRADIENT,
  polymerChains,
  RAINBOW_GRADIENT,
  RESIDUE_CLASSES,
  SECONDARY_COLORS,
} from './coloring.ts';
import { BAND_COLORS, BANDS, type Palette, summarise, wholePercentages } from './confidence.ts';
import { HYDROPATHY_RANGE } from './hydropathy.ts';
import type { ValueMeaning } from './metric.ts';
import { COLORING_NAMES, countResidues } from './names.ts';
import type { ResidueInfo } from './structureData.ts';

/** One colour and what it stands for. */
export interface LegendRow {
  readonly color: number;
  readonly label: string;
  /** For example `70–90`. */
  readonly range?: string;
  /** Whole per cent of the residues. */
  readonly percent?: number;
}

/** A legend: rows or a gradient. */
export interface Legend {
  readonly title: string;
  /** Mean over the residues, with one decimal. */
  readonly mean?: string;
  /** A sentence of explanation. */
  readonly note?: string;
  readonly rows: readonly LegendRow[];
  readonly gradient?: { readonly stops: readonly number[]; readonly from: string; readonly to: string };
}

/** What a legend is made from. */
export interface LegendInput {
  readonly meaning: ValueMeaning;
  /** Polymer residues that are shown. */
  readonly residues: readonly ResidueInfo[];
  /** One value per atom, 0–100 for confidence. */
  readonly values: ArrayLike<number>;
  readonly range: readonly [number, number];
  readonly palette: Palette;
}

/** More chains than this are summed up in one line. */
const MOST_CHAINS = 8;

const NOTES = {
  plddt: t('How far the predictor trusts each residue, as its maker wrote it into the file.'),
  'estimated-ca-lddt': t(
    'Accuracy expected for a homology model, estimated by Foldpad from its alignment. It is not AlphaFold’s pLDDT.',
  ),
} as const;

/** The legend of a colouring. */
export function legendOf(coloring: Coloring, input: LegendInput): Legend {
  switch (coloring) {
    case 'confidence':
      return confidenceLegend(input);
    case 'b-factor':
      return {
        title: COLORING_NAMES[coloring],
        note: t('Not a confidence: {0}.', input.meaning.evidence),
        rows: [],
        gradient: { stops: B_FACTOR_GRADIENT, from: input.range[0].toFixed(1), to: input.range[1].toFixed(1) },
      };
    case 'chain':
      return { title: COLORING_NAMES[coloring], rows: chainRows(input.residues) };
    case 'rainbow':
      return {
        title: COLORING_NAMES[coloring],
        rows: [],
        gradient: { stops: RAINBOW_GRADIENT, from: t('first'), to: t('last') },
      };
    case 'hydrophobicity':
      return hydropathyLegend();
    case 'secondary':
      return { title: COLORING_NAMES[coloring], rows: secondaryRows(input.residues) };
    case 'residue':
      return { title: COLORING_NAMES[coloring], rows: RESIDUE_CLASSES.map(({ color, label }) => ({ color, label })) };
  }
}

function hydropathyLegend(): Legend {
  const [from, to] = HYDROPATHY_RANGE.map((index) => index.toFixed(1).replace('-', '−'));
  return {
    title: t('Hydrophobicity'),
    note: t(
      'Hydropathy index of Kyte and Doolittle (1982), which has no unit: violet stays in water, orange leaves it. Grey has no index.',
    ),
    rows: [],
    gradient: { stops: HYDROPATHY_GRADIENT, from: t('{0} polar', from ?? ''), to: t('+{0} hydrophobic', to ?? '') },
  };
}

function confidenceLegend({ meaning, residues, values, palette }: LegendInput): Legend {
  const summary = summarise(residues.map(({ atom }) => values[atom] ?? Number.NaN));
  const percentages = wholePercentages(BANDS.map(({ band }) => summary.shares[band]));
  return {
    title: meaning.name,
    ...(summary.count > 0 && { mean: summary.mean.toFixed(1) }),
    ...(meaning.kind === 'confidence' && { note: NOTES[meaning.metric] }),
    rows: BANDS.map(({ band, label, range }, index) => ({
      color: BAND_COLORS[palette][band],
      label,
      range,
      percent: percentages[index] ?? 0,
    })),
  };
}

function chainRows(residues: readonly ResidueInfo[]): LegendRow[] {
  const counts = new Map<string, number>();
  for (const { chain } of residues) counts.set(chain, (counts.get(chain) ?? 0) + 1);
  const chains = polymerChains(residues);
  const rows = chains.slice(0, MOST_CHAINS).map((chain, index) => ({
    color: CHAIN_COLORS[index % CHAIN_COLORS.length] ?? 0,
    label: chain === '' ? t('(no name)') : chain,
    range: countResidues(counts.get(chain) ?? 0),
  }));
  const more = chains.length - rows.length;
  return more > 0 ? [...rows, { color: 0x808080, label: t('and {0} more', more) }] : rows;
}

function secondaryRows(residues: readonly ResidueInfo[]): LegendRow[] {
  const kinds = ['helix', 'strand', 'coil'] as const;
  const counts = kinds.map((kind) => residues.filter(({ secondary }) => secondary === kind).length);
  const percentages = wholePercentages(counts);
  const labels = [t('Helix'), t('Strand'), t('Coil')];
  return kinds.map((kind, index) => ({
    color: SECONDARY_COLORS[kind],
    label: labels[index] ?? kind,
    percent: percentages[index] ?? 0,
  }));
}
