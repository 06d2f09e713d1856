/** Colours of atoms. Pure: a table with one colour per atom goes to the 3D view, whichever library draws it. */

import { t } from '@vscode/l10n';
import { BAND_COLORS, bandOf, type Palette } from './confidence.ts';
import { HYDROPATHY_RANGE, hydropathyOf } from './hydropathy.ts';
import type { ResidueInfo, SecondaryStructure, StructureData } from './structureData.ts';

/** What colour stands for. */
export type Coloring = 'confidence' | 'b-factor' | 'chain' | 'residue' | 'rainbow' | 'secondary' | 'hydrophobicity';

/** What a table is made from. */
export interface ColoringInput {
  readonly data: StructureData;
  /** One value per atom: confidence on 0–100, or the B-factor. */
  readonly values: ArrayLike<number>;
  /** Least and greatest value that the B-factor gradient spans. */
  readonly range: readonly [number, number];
  readonly palette: Palette;
}

/*
 * Every palette but AlphaFold's own bands can be told apart with any common colour-vision deficiency: a test simulates each
 * (Machado, Oliveira and Fernandes 2009) and measures how far its colours are from each other.
 */

/**
 * Qualitative colours for chains: Okabe and Ito's set (2008) for all kinds of colour vision, without its black and yellow,
 * which vanish on dark and light backgrounds, and with two of Paul Tol's muted ones (2021).
 */
export const CHAIN_COLORS: readonly number[] = [
  0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00, 0x882255, 0x332288,
];

/** Chemical classes of residues in Okabe and Ito's colours, in the order of the legend. */
export const RESIDUE_CLASSES = [
  { label: t('Hydrophobic'), color: 0xe69f00, names: ['ALA', 'VAL', 'LEU', 'ILE', 'MET', 'MSE'] },
  { label: t('Aromatic'), color: 0xcc79a7, names: ['PHE', 'TYR', 'TRP'] },
  { label: t('Polar'), color: 0x009e73, names: ['SER', 'THR', 'ASN', 'GLN', 'SEP', 'TPO'] },
  { label: t('Positive'), color: 0x0072b2, names: ['LYS', 'ARG', 'HIS'] },
  { label: t('Negative'), color: 0xd55e00, names: ['ASP', 'GLU'] },
  { label: t('Gly, Pro, Cys'), color: 0x56b4e9, names: ['GLY', 'PRO', 'CYS'] },
  { label: t('Other, nucleotides'), color: 0x5a5a5a, names: [] },
] as const satisfies readonly { label: string; color: number; names: readonly string[] }[];

/** Colours of secondary structure: Paul Tol's wine, Okabe and Ito's orange, grey. */
export const SECONDARY_COLORS: Readonly<Record<SecondaryStructure, number>> = {
  helix: 0x882255,
  strand: 0xe69f00,
  coil: 0x9aa5b1,
};

/** Low to high B-factor: grey to magenta, unlike any colour of the confidence bands. */
export const B_FACTOR_GRADIENT: readonly number[] = [0xb9c0c8, 0x8f7fc0, 0xa8188c];

/** First to last residue of a chain, violet to red: stops of Paul Tol's smooth rainbow (2021), made for colour-blind eyes. */
export const RAINBOW_GRADIENT: readonly number[] = [
  0x6f4c9b, 0x5568b8, 0x4d8ac6, 0x549eb3, 0x60ab9e, 0x77b77d, 0xa6be54, 0xd1b541, 0xe49c39, 0xe67932, 0xda2222,
];

/**
 * Stays in water (violet) to leaves it (orange): ColorBrewer's PuOr (Brewer 2003), which its makers call safe for
 * colour-blind eyes, with a darker middle that is also seen on white.
 */
export const HYDROPATHY_GRADIENT: readonly number[] = [0x5e3c99, 0xb2abd2, 0xd0d0d0, 0xfdb863, 0xe66101];

/** Colour at `position` (0–1, clamped) of a gradient with evenly spaced stops. */
export function gradientColor(stops: readonly number[], position: number): number {
  const clamped = Math.min(1, Math.max(0, Number.isFinite(position) ? position : 0));
  const scaled = clamped * (stops.length - 1);
  const index = Math.min(Math.floor(scaled), stops.length - 2);
  const part = scaled - index;
  const a = stops[index] ?? 0;
  const b = stops[index + 1] ?? a;
  const mix = (shift: number): number => {
    const from = (a >> shift) & 0xff;
    return Math.round(from + (((b >> shift) & 0xff) - from) * part) << shift;
  };
  return mix(16) | mix(8) | mix(0);
}

/** Names of the chains that hold polymers, in file order, each once. */
export function polymerChains(residues: readonly ResidueInfo[]): string[] {
  return [...new Set(residues.filter(({ kind }) => kind === 'polymer').map(({ chain }) => chain))];
}

const chainColor = (index: number): number => CHAIN_COLORS[index % CHAIN_COLORS.length] ?? 0;
/** What a colouring says nothing about. */
const OTHER_RESIDUE = 0x8a8a8a;
/** Residues of no class. */
const OTHER_CLASS = 0x5a5a5a;

/** One colour (0xRRGGBB) per atom. */
export function colorAtoms(coloring: Coloring, input: ColoringInput): Uint32Array {
  const { data, values, range, palette } = input;
  const colors = new Uint32Array(data.atomCount);
  if (coloring === 'confidence' || coloring === 'b-factor') {
    const bands = BAND_COLORS[palette];
    const span = range[1] - range[0] || 1;
    for (let atom = 0; atom < colors.length; atom++) {
      const value = values[atom] ?? Number.NaN;
      colors[atom] =
        coloring === 'confidence' ? bands[bandOf(value)] : gradientColor(B_FACTOR_GRADIENT, (value - range[0]) / span);
    }
    return colors;
  }
  const residueColors = colorResidues(coloring, data.residues);
  for (let atom = 0; atom < colors.length; atom++) colors[atom] = residueColors[data.residueOfAtom[atom] ?? 0] ?? 0;
  return colors;
}

function colorResidues(
  coloring: Exclude<Coloring, 'confidence' | 'b-factor'>,
  residues: readonly ResidueInfo[],
): number[] {
  switch (coloring) {
    case 'chain': {
      const index = new Map(polymerChains(residues).map((chain, at) => [chain, at]));
      return residues.map(({ chain }) => chainColor(index.get(chain) ?? 0));
    }
    case 'residue': {
      const color = new Map<string, number>(
        RESIDUE_CLASSES.flatMap((group) => group.names.map((name): [string, number] => [name, group.color])),
      );
      return residues.map(({ name }) => color.get(name.toUpperCase()) ?? OTHER_CLASS);
    }
    case 'secondary':
      return residues.map(({ secondary }) => SECONDARY_COLORS[secondary]);
    case 'rainbow':
      return rainbow(residues);
    case 'hydrophobicity':
      return residues.map(({ name }) => hydropathyColor(name));
  }
}

function hydropathyColor(name: string): number {
  const index = hydropathyOf(name);
  const [least, greatest] = HYDROPATHY_RANGE;
  return index === undefined ? OTHER_RESIDUE : gradientColor(HYDROPATHY_GRADIENT, (index - least) / (greatest - least));
}

function rainbow(residues: readonly ResidueInfo[]): number[] {
  const key = (residue: ResidueInfo): string => `${residue.model} ${residue.chain}`;
  const lengths = new Map<string, number>();
  for (const residue of residues) {
    if (residue.kind === 'polymer') lengths.set(key(residue), (lengths.get(key(residue)) ?? 0) + 1);
  }
  const seen = new Map<string, number>();
  return residues.map((residue) => {
    if (residue.kind !== 'polymer' && residue.kind !== 'alternate') return OTHER_RESIDUE;
    const before = seen.get(key(residue)) ?? 0;
    if (residue.kind === 'polymer') seen.set(key(residue), before + 1);
    // An alternate stands where the residue before it does.
    const at = residue.kind === 'polymer' ? before : Math.max(0, before - 1);
    return gradientColor(RAINBOW_GRADIENT, at / Math.max(1, (lengths.get(key(residue)) ?? 1) - 1));
  });
}
