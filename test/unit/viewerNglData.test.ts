import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Structure } from 'ngl';
import { colorAtoms } from '../../webview/coloring.ts';
import { readStructureData } from '../../webview/nglData.ts';
import { letterOf } from '../../webview/sequence.ts';
import { polymerResidues, type StructureData } from '../../webview/structureData.ts';
import { experimentalPdb } from '../support/structureFiles.ts';

/** What this test uses of NGL. It runs without a browser as long as nothing is drawn. */
interface PdbParser {
  parse(): Promise<Structure>;
}
const { ParserRegistry } = createRequire(import.meta.url)('ngl') as {
  ParserRegistry: { get(name: string): new (streamer: object, parameters: object) => PdbParser };
};

/** Reads lines of a PDB file as the page does. */
async function read(lines: readonly string[]): Promise<StructureData> {
  const streamer = {
    data: lines.join('\n'),
    read: () => Promise.resolve(),
    peekLines: (count: number) => lines.slice(0, count),
    eachChunkOfLines: (take: (chunk: readonly string[], number: number, count: number) => void) => take(lines, 0, 1),
  };
  const Parser = ParserRegistry.get('pdb');
  return readStructureData(await new Parser(streamer, { name: 'test' }).parse());
}

/** Residues 8 to 16 of the entry: GLY HIS PRO PHE GLY THR THR VAL THR. */
const LINES = experimentalPdb()
  .split('\n')
  .filter((line) => line.startsWith('ATOM') && Number(line.slice(22, 26)) <= 16);
const isPhe = (line: string): boolean => line.slice(22, 26) === '  11';
const before = LINES.slice(0, LINES.findIndex(isPhe));
const phe = LINES.filter(isPhe);
const after = LINES.slice(before.length + phe.length);

const located = (line: string, location: string, name: string): string =>
  `${line.slice(0, 16)}${location}${name}${line.slice(20)}`;
const asPhe = phe.map((line) => located(line, 'A', 'PHE'));
const asSer = phe.map((line) => located(line, 'B', 'SER'));

/** One-letter codes of what counts, atoms that stand for it, and how many residues there are for NGL. */
function facts(data: StructureData) {
  const polymer = polymerResidues(data, 'all');
  return {
    sequence: polymer.map(({ name }) => letterOf(name)).join(''),
    numbers: polymer.map(({ number }) => number),
    held: data.residues.length,
  };
}

const NUMBERS = [8, 9, 10, 11, 12, 13, 14, 15, 16];

describe('what the viewer reads of a structure', () => {
  it('is one residue for each place in a chain, also where a crystal holds two', async () => {
    assert.deepEqual(facts(await read(LINES)), { sequence: 'GHPFGTTVT', numbers: NUMBERS, held: 9 });
    const blocks = await read([...before, ...asPhe, ...asSer, ...after]);
    assert.deepEqual(facts(blocks), { sequence: 'GHPFGTTVT', numbers: NUMBERS, held: 10 });
    assert.equal(blocks.residues[4]?.kind, 'alternate');
  });

  it('is that also where the file has the atoms of the two in turns', async () => {
    const turns = asPhe.flatMap((line, index) => [line, asSer[index] ?? '']);
    const data = await read([...before, ...turns, ...after]);
    assert.deepEqual(facts(data), { sequence: 'GHPFGTTVT', numbers: NUMBERS, held: 8 + 2 * phe.length });
    const residue = polymerResidues(data, 'all')[3];
    // N, N, CA: the place belongs to the residue that a trace can go through.
    assert.equal(residue?.atom, before.length + 2);
    assert.equal(data.residues.filter(({ kind }) => kind === 'alternate').length, 2 * phe.length - 1);
  });

  it('is every residue where several molecules have the same numbers, and no alternate locations', async () => {
    assert.equal(facts(await read([...LINES, ...LINES])).sequence, 'GHPFGTTVTGHPFGTTVT');
  });

  it('has the colours of its place where residues share one', async () => {
    const data = await read([...before, ...asPhe, ...asSer, ...after]);
    const plain = await read(LINES);
    const rainbow = (structure: StructureData): number[] => {
      const values = structure.bFactors;
      const colors = colorAtoms('rainbow', { data: structure, values, range: [0, 1], palette: 'official' });
      return structure.residues.map(({ atom }) => colors[atom] ?? -1);
    };
    const expected = rainbow(plain);
    assert.deepEqual(rainbow(data), [...expected.slice(0, 4), expected[3], ...expected.slice(4)]);
  });
});
