/** Structure files for tests, made from one real PDB entry: other numbers, other formats, other headers. */

import { readFileSync } from 'node:fs';

const FIXTURE = new URL('../fixtures/structures/5eep.pdb', import.meta.url);

/** What the homology engine writes into a model about its B-factor column. */
export const REMARK = 'REMARK   3 B-FACTOR COLUMN: ESTIMATED CA-LDDT, 0 (WRONG) TO 100 (RIGHT).';

/** One atom of the entry. */
export interface Atom {
  readonly name: string;
  readonly residueName: string;
  readonly residueNumber: number;
  /** Index of the residue, from 0. */
  readonly residue: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly element: string;
}

/** What a file of this text holds. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The entry as it is: experimental, with B-factors. */
export function experimentalPdb(): string {
  return readFileSync(FIXTURE, 'utf8');
}

/** Protein atoms of the entry. */
export function atoms(): Atom[] {
  const lines = experimentalPdb()
    .split('\n')
    .filter((line) => line.startsWith('ATOM'));
  const numbers = [...new Set(lines.map((line) => Number(line.slice(22, 26))))];
  return lines.map((line) => ({
    name: line.slice(12, 16).trim(),
    residueName: line.slice(17, 20).trim(),
    residueNumber: Number(line.slice(22, 26)),
    residue: numbers.indexOf(Number(line.slice(22, 26))),
    x: Number(line.slice(30, 38)),
    y: Number(line.slice(38, 46)),
    z: Number(line.slice(46, 54)),
    element: line.slice(76, 78).trim(),
  }));
}

/** Number of protein residues of the entry. */
export const RESIDUES = 140;

/** Confidence that falls from 95 over 80 and 60 to 30 along the chain, so that each band has a quarter of the residues. */
export function fourBands(residue: number): number {
  return [95, 80, 60, 30][Math.min(3, Math.floor((residue * 4) / RESIDUES))] ?? 0;
}

const pad = (text: string | number, width: number): string => String(text).padStart(width);

/** A PDB file with the given header lines and B-factors. `models` repeats the coordinates, each model moved by 1 Å. */
export function pdbText(
  header: readonly string[],
  bFactor: (residue: number) => number,
  options: { readonly models?: number; readonly chain?: (residue: number) => string } = {},
): string {
  const { models = 1, chain = () => 'A' } = options;
  const atomLines = (shift: number): string[] =>
    atoms().map((atom, index) => {
      const name = atom.name.length < 4 ? ` ${atom.name.padEnd(3)}` : atom.name;
      const place = `${pad(atom.residueName, 3)} ${chain(atom.residue)}${pad(atom.residueNumber, 4)}`;
      const coordinates = [atom.x + shift, atom.y, atom.z].map((value) => pad(value.toFixed(3), 8)).join('');
      return `ATOM  ${pad(index + 1, 5)} ${name} ${place}    ${coordinates}  1.00${pad(bFactor(atom.residue).toFixed(2), 6)}          ${pad(atom.element, 2)}`;
    });
  const body =
    models === 1
      ? atomLines(0)
      : Array.from({ length: models }, (_, model) => [
          `MODEL     ${pad(model + 1, 4)}`,
          ...atomLines(model),
          'ENDMDL',
        ]).flat();
  return `${[...header, ...body, 'END'].join('\n')}\n`;
}

/** Columns of `_atom_site` that every reader wants, one value for each atom. */
function atomSite(bFactor: (residue: number) => number): Readonly<Record<string, readonly (string | number)[]>> {
  const list = atoms();
  const column = <T extends string | number>(read: (atom: Atom, index: number) => T): T[] => list.map(read);
  return {
    group_PDB: column(() => 'ATOM'),
    id: column((_, index) => index + 1),
    type_symbol: column((atom) => atom.element),
    label_atom_id: column((atom) => atom.name),
    label_alt_id: column(() => '.'),
    label_comp_id: column((atom) => atom.residueName),
    label_asym_id: column(() => 'A'),
    label_entity_id: column(() => '1'),
    label_seq_id: column((atom) => atom.residue + 1),
    Cartn_x: column((atom) => atom.x),
    Cartn_y: column((atom) => atom.y),
    Cartn_z: column((atom) => atom.z),
    occupancy: column(() => 1),
    B_iso_or_equiv: column((atom) => bFactor(atom.residue)),
    auth_seq_id: column((atom) => atom.residueNumber),
    auth_comp_id: column((atom) => atom.residueName),
    auth_asym_id: column(() => 'A'),
    auth_atom_id: column((atom) => atom.name),
    pdbx_PDB_model_num: column(() => 1),
  };
}

/** An mmCIF file. `header` comes before the atoms, as text. */
export function cifText(header: string, bFactor: (residue: number) => number): string {
  const table = atomSite(bFactor);
  const names = Object.keys(table);
  const rows = atoms().map((_, index) => names.map((name) => quote(table[name]?.[index] ?? '?')).join(' '));
  return `data_TEST\n#\n${header}\n#\nloop_\n${names.map((name) => `_atom_site.${name}`).join('\n')}\n${rows.join('\n')}\n#\n`;
}

const quote = (value: string | number): string => (/['\s]/.test(String(value)) ? `"${value}"` : String(value));

/** A BinaryCIF file with `_atom_site` and single text values, for example `{ '_ma_qa_metric.name': 'pLDDT' }`. */
export function bcifBytes(texts: Readonly<Record<string, string>>, bFactor: (residue: number) => number): Uint8Array {
  const table = atomSite(bFactor);
  const single = Object.entries(texts).map(([key, value]) => {
    const [category = '', column = ''] = key.split('.');
    return { name: category, rowCount: 1, columns: [textColumn(column, [value])] };
  });
  const components = [...new Set(atoms().map(({ residueName }) => residueName))];
  const chemComp = {
    name: '_chem_comp',
    rowCount: components.length,
    columns: [
      textColumn('id', components),
      textColumn(
        'type',
        components.map(() => 'L-PEPTIDE LINKING'),
      ),
    ],
  };
  const site = {
    name: '_atom_site',
    rowCount: atoms().length,
    columns: Object.entries(table).map(([name, values]) =>
      typeof values[0] === 'number' ? numberColumn(name, values as number[]) : textColumn(name, values as string[]),
    ),
  };
  return encode({
    version: '0.3.0',
    encoder: 'test',
    dataBlocks: [{ header: 'TEST', categories: [...single, chemComp, site] }],
  });
}

/** BinaryCIF: numbers as 64-bit floats (type 33) or 32-bit integers (type 3), little endian. */
function byteArray(values: readonly number[]) {
  const whole = values.every(Number.isInteger);
  const data = whole ? new Int32Array(values) : new Float64Array(values);
  return { encoding: [{ kind: 'ByteArray', type: whole ? 3 : 33 }], data: new Uint8Array(data.buffer) };
}

const numberColumn = (name: string, values: readonly number[]) => ({ name, data: byteArray(values), mask: null });

/** BinaryCIF: distinct strings one after the other, where each begins, and which of them stands in each row. */
function textColumn(name: string, values: readonly string[]) {
  const distinct = [...new Set(values)];
  const offsets = [0];
  for (const text of distinct) offsets.push((offsets.at(-1) ?? 0) + text.length);
  const starts = byteArray(offsets);
  const indices = byteArray(values.map((value) => distinct.indexOf(value)));
  const encoding = {
    kind: 'StringArray',
    stringData: distinct.join(''),
    offsetEncoding: starts.encoding,
    offsets: starts.data,
    dataEncoding: indices.encoding,
  };
  return { name, data: { encoding: [encoding], data: indices.data }, mask: null };
}

/** MessagePack of what BinaryCIF needs, always in its longest forms. */
function encode(value: unknown): Buffer {
  const head = (type: number, length: number): Buffer => {
    const bytes = Buffer.alloc(5, type);
    bytes.writeUInt32BE(length, 1);
    return bytes;
  };
  if (value === null) return Buffer.from([0xc0]);
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return Buffer.concat([head(0xdb, text.length), text]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(5, 0xd2);
    bytes.writeInt32BE(value, 1);
    return bytes;
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(0xc6, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(0xdd, value.length), ...value.map(encode)]);
  const entries = Object.entries(value as object);
  return Buffer.concat([head(0xdf, entries.length), ...entries.flatMap(([key, item]) => [encode(key), encode(item)])]);
}
