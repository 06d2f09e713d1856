/** Colours of atoms. Pure: a table with one colour per atom goes to the 3D view, whichever library draws it. */

import { BAND_COLORS, bandOf, type Palette } from './confidence.ts';
import type { ResidueInfo, SecondaryStructure, StructureData } from './structureData.ts';

/** What colour stands for. */
export type Coloring = 'confidence' | 'b-factor' | 'chain' | 'residue' | 'rainbow' | 'secondary';

/** What a table is made from. */
export interface ColoringInput {
  readonly data: StructureData;
  /** One value per atom: confidence on 0–100, or the B-factor. */
  readonly values: ArrayLike<number>;
  /** Least and greatest value that the B-factor gradient spans. */
  readonly range: readonly [number, number];
  readonly palette: Palette;
}

/**
 * Qualitative colours for chains: Okabe and Ito's set for all kinds of colour vision (without its black and yellow,
 * which vanish on dark and light backgrounds), then Paul Tol's muted ones.
 */
export const CHAIN_COLORS: readonly number[] = [
  0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00, 0x999933, 0x882255, 0x44aa99, 0xaa4499,
];

/** Chemical classes of residues, in the order of the legend. */
export const RESIDUE_CLASSES = [
  { label: 'Hydrophobic', color: 0xe69f00, names: ['ALA', 'VAL', 'LEU', 'ILE', 'MET', 'MSE'] },
  { label: 'Aromatic', color: 0xcc79a7, names: ['PHE', 'TYR', 'TRP'] },
  { label: 'Polar', color: 0x009e73, names: ['SER', 'THR', 'ASN', 'GLN', 'SEP', 'TPO'] },
  { label: 'Positive', color: 0x0072b2, names: ['LYS', 'ARG', 'HIS'] },
  { label: 'Negative', color: 0xd55e00, names: ['ASP', 'GLU'] },
  { label: 'Gly, Pro, Cys', color: 0x56b4e9, names: ['GLY', 'PRO', 'CYS'] },
  { label: 'Other, nucleotides', color: 0x999999, names: [] },
] as const satisfies readonly { label: string; color: number; names: readonly string[] }[];

/** Colours of secondary structure. */
export const SECONDARY_COLORS: Readonly<Record<SecondaryStructure, number>> = {
  helix: 0xcc79a7,
  strand: 0xe69f00,
  coil: 0x9aa5b1,
};

/** Low to high B-factor: grey to magenta, unlike any colour of the confidence bands. */
export const B_FACTOR_GRADIENT: readonly number[] = [0xb9c0c8, 0x8f7fc0, 0xa8188c];

/** First to last residue of a chain, blue to red as PyMOL has it. */
export const RAINBOW_GRADIENT: readonly number[] = [0x3b4cc0, 0x2a9df4, 0x3fbf7f, 0xf2c438, 0xd7301f];

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
const OTHER_RESIDUE = 0x999999;

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
      return residues.map(({ name }) => color.get(name.toUpperCase()) ?? OTHER_RESIDUE);
    }
    case 'secondary':
      return residues.map(({ secondary }) => SECONDARY_COLORS[secondary]);
    case 'rainbow':
      return rainbow(residues);
  }
}

function rainbow(residues: readonly ResidueInfo[]): number[] {
  const key = (residue: ResidueInfo): string => `${residue.model} ${residue.chain}`;
  const lengths = new Map<string, number>();
  for (const residue of residues) {
    if (residue.kind === 'polymer') lengths.set(key(residue), (lengths.get(key(residue)) ?? 0) + 1);
  }
  const seen = new Map<string, number>();
  return residues.map((residue) => {
    if (residue.kind !== 'polymer') return OTHER_RESIDUE;
    const at = seen.get(key(residue)) ?? 0;
    seen.set(key(residue), at + 1);
    return gradientColor(RAINBOW_GRADIENT, at / Math.max(1, (lengths.get(key(residue)) ?? 1) - 1));
  });
}
