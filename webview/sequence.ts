/** The residues of a structure as columns of a sequence track. Pure. */

import { t } from '@vscode/l10n';
import { type ModelSelection, memberOf, type ResidueInfo, type StructureData } from './structureData.ts';

/** Where a chain begins. */
export interface ChainLabel {
  /** Column of the first letter of the label; its residues follow. */
  readonly column: number;
  readonly chain: string;
}

/** A sequence laid out in one line, chain after chain. */
export interface SequenceLayout {
  /** Number of columns. */
  readonly columns: number;
  /** For each column the index of its residue in `StructureData.residues`; -1 between chains and for missing residues. */
  readonly residueOfColumn: Int32Array;
  /** For each residue of the structure its column; -1 for what is not in the track. */
  readonly columnOfResidue: Int32Array;
  readonly labels: readonly ChainLabel[];
  /** Residues in the track, in order: what a cursor steps through. */
  readonly residues: readonly number[];
}

/** Columns that a chain's label takes. */
const LABEL_COLUMNS = 3;
/** Columns for residues that the numbering leaves out, however many. */
const BREAK_COLUMNS = 1;

/** One-letter codes, IUPAC-IUB 1983 for amino acids; modified residues as their parents, nucleotides as their bases. */
const LETTERS: Readonly<Record<string, string>> = {
  ALA: 'A',
  ARG: 'R',
  ASN: 'N',
  ASP: 'D',
  CYS: 'C',
  GLN: 'Q',
  GLU: 'E',
  GLY: 'G',
  HIS: 'H',
  ILE: 'I',
  LEU: 'L',
  LYS: 'K',
  MET: 'M',
  PHE: 'F',
  PRO: 'P',
  SER: 'S',
  THR: 'T',
  TRP: 'W',
  TYR: 'Y',
  VAL: 'V',
  MSE: 'M',
  SEC: 'U',
  PYL: 'O',
  SEP: 'S',
  TPO: 'T',
  PTR: 'Y',
  A: 'A',
  C: 'C',
  G: 'G',
  U: 'U',
  DA: 'A',
  DC: 'C',
  DG: 'G',
  DT: 'T',
};

/** One-letter code of a residue; `X` for what has none. */
export function letterOf(name: string): string {
  return LETTERS[name.toUpperCase()] ?? 'X';
}

/** Lays the chains of a model out; of all members of an ensemble at once, the first stands for them. */
export function layOutSequence(data: StructureData, selection: ModelSelection): SequenceLayout {
  const model = memberOf(selection);
  const columns: number[] = [];
  const labels: ChainLabel[] = [];
  const residues: number[] = [];
  const columnOfResidue = new Int32Array(data.residues.length).fill(-1);
  let previous: ResidueInfo | undefined;
  for (const [index, residue] of data.residues.entries()) {
    if (residue.kind !== 'polymer' || residue.model !== model) continue;
    if (previous?.chain !== residue.chain) {
      labels.push({ column: columns.length, chain: residue.chain });
      for (let column = 0; column < LABEL_COLUMNS; column++) columns.push(-1);
    } else if (residue.number > previous.number + 1) {
      for (let column = 0; column < BREAK_COLUMNS; column++) columns.push(-1);
    }
    columnOfResidue[index] = columns.length;
    columns.push(index);
    residues.push(index);
    previous = residue;
  }
  return {
    columns: columns.length,
    residueOfColumn: Int32Array.from(columns),
    columnOfResidue,
    labels,
    residues,
  };
}

/** Residues between two of the track, both included, whichever comes first. */
export function residuesBetween(layout: SequenceLayout, from: number, to: number): number[] {
  const a = layout.columnOfResidue[from] ?? -1;
  const b = layout.columnOfResidue[to] ?? -1;
  if (a < 0 || b < 0) return [];
  return [...layout.residueOfColumn.subarray(Math.min(a, b), Math.max(a, b) + 1)].filter((residue) => residue >= 0);
}

/** For example `A 12–34, B 5`: selected residues as people write them; long lists end with how many more there are. */
export function describeSelection(data: StructureData, selected: readonly number[], most = 4): string {
  const runs: { chain: string; from: string; to: string; last: number }[] = [];
  for (const index of [...selected].sort((a, b) => a - b)) {
    const residue = data.residues[index];
    if (!residue) continue;
    const name = `${residue.number}${residue.insertion}`;
    const run = runs.at(-1);
    if (run && run.chain === residue.chain && index === run.last + 1) {
      run.to = name;
      run.last = index;
    } else {
      runs.push({ chain: residue.chain, from: name, to: name, last: index });
    }
  }
  const words = runs.map(({ chain, from, to }) => `${chain} ${from}${to === from ? '' : `–${to}`}`.trim());
  const more = words.length - most;
  return more > 0 ? t('{0} and {1} more', words.slice(0, most).join(', '), more) : words.join(', ');
}
