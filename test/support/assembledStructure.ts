/** Structures of any size for tests and benchmarks: copies of one real chain, side by side. */

import { type Atom, atoms, RESIDUES } from './structureFiles.ts';

/** Protein atoms of one copy. */
export const ATOMS_PER_COPY = 1064;

/** Distance between neighbouring copies (Å): more than the chain is long, so that none touches another. */
const SPACING = 55;

/** Copies needed for at least so many atoms. */
export function copiesFor(atomCount: number): number {
  return Math.ceil(atomCount / ATOMS_PER_COPY);
}

/** Chain names as the PDB goes on after Z: A … Z, AA … AZ, BA …; a PDB file has room for one letter, an mmCIF file for all. */
export function chainName(copy: number): string {
  const letter = String.fromCharCode(65 + (copy % 26));
  return copy < 26 ? letter : `${chainName(Math.floor(copy / 26) - 1)}${letter}`;
}

/** Moves a copy to its place in a cube of copies. */
function placed(atom: Atom, copy: number, copies: number): readonly [number, number, number] {
  const side = Math.ceil(Math.cbrt(copies));
  const at = [copy % side, Math.floor(copy / side) % side, Math.floor(copy / side ** 2)];
  return [atom.x + SPACING * (at[0] ?? 0), atom.y + SPACING * (at[1] ?? 0), atom.z + SPACING * (at[2] ?? 0)];
}

/**
 * A PDB file of at most 26 copies, one chain each.
 * @param bFactor value of a residue (0 to {@link RESIDUES} - 1) of a copy
 */
export function assembledPdb(
  copies: number,
  header: readonly string[],
  bFactor: (residue: number, copy: number) => number,
): string {
  if (copies > 26) throw new RangeError(`A PDB file has letters for 26 chains, not for ${copies}.`);
  const chain = atoms();
  const lines = [...header];
  for (let copy = 0; copy < copies; copy++) {
    for (const [index, atom] of chain.entries()) {
      const serial = String(copy * chain.length + index + 1).padStart(5);
      const name = atom.name.length < 4 ? ` ${atom.name.padEnd(3)}` : atom.name;
      const place = `${atom.residueName.padStart(3)} ${chainName(copy)}${String(atom.residueNumber).padStart(4)}`;
      const xyz = placed(atom, copy, copies).map((value) => value.toFixed(3).padStart(8));
      const value = bFactor(atom.residue, copy).toFixed(2).padStart(6);
      lines.push(
        `ATOM  ${serial} ${name} ${place}    ${xyz.join('')}  1.00${value}          ${atom.element.padStart(2)}`,
      );
    }
    lines.push('TER');
  }
  return `${[...lines, 'END'].join('\n')}\n`;
}

const ATOM_SITE = [
  ...['group_PDB', 'id', 'type_symbol', 'label_atom_id', 'label_alt_id', 'label_comp_id', 'label_asym_id'],
  ...['label_entity_id', 'label_seq_id', 'Cartn_x', 'Cartn_y', 'Cartn_z', 'occupancy', 'B_iso_or_equiv'],
  ...['auth_seq_id', 'auth_comp_id', 'auth_asym_id', 'auth_atom_id', 'pdbx_PDB_model_num'],
];

/**
 * An mmCIF file of any number of copies.
 * @param header categories before the atoms, as text
 * @param bFactor value of a residue (0 to {@link RESIDUES} - 1) of a copy
 */
export function assembledCif(
  copies: number,
  header: string,
  bFactor: (residue: number, copy: number) => number,
): string {
  const chain = atoms();
  const lines = ['data_ASSEMBLED', '#', header, '#', 'loop_', ...ATOM_SITE.map((name) => `_atom_site.${name}`)];
  for (let copy = 0; copy < copies; copy++) {
    const asym = chainName(copy);
    for (const [index, atom] of chain.entries()) {
      const name = atom.name.includes("'") ? `"${atom.name}"` : atom.name;
      lines.push(
        [
          ...['ATOM', copy * chain.length + index + 1, atom.element, name, '.', atom.residueName, asym, '1'],
          ...[atom.residue + 1, ...placed(atom, copy, copies).map((value) => value.toFixed(3)), '1.00'],
          ...[bFactor(atom.residue, copy).toFixed(2), atom.residueNumber, atom.residueName, asym, name, '1'],
        ].join(' '),
      );
    }
  }
  return `${[...lines, '#'].join('\n')}\n`;
}

/** Residues of so many copies. */
export function residuesOf(copies: number): number {
  return copies * RESIDUES;
}
