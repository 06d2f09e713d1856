import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { checkTarget } from '../../backend/api/fasta/checkTarget.ts';
import { parseFastaBytes } from '../../backend/api/fasta/parseFasta.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);

const read = async (name: string) => parseFastaBytes(await readFile(new URL(name, EXAMPLES)));

/** Ids and lengths; the lengths are those of the entries in UniProt and PDB. */
const SOUND: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'ubiquitin.fasta': { '1UBQ_1': 76 },
  'hemoglobin-beta.fasta': { 'sp|P68871|HBB_HUMAN': 147 },
  'lysozyme.fasta': { '2VB1_1': 129 },
  'crambin.fa.gz': { '3NIR_A': 46 },
  'insulin-and-friends.fasta': { 'sp|P01308|INS_HUMAN': 110, '1A6M_A': 151, '6ETL_A': 124, '3NIR_A': 46 },
  'hemoglobin-tetramer.fasta': { alpha_1: 141, beta_1: 146, alpha_2: 141, beta_2: 146 },
  'de-novo.fasta': { 'random-120': 120 },
};

/** The standard genetic code in the order T, C, A, G. */
const CODE = 'FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG';

function translate(dna: string): string {
  const codons = dna.match(/.../g) ?? [];
  return codons
    .map((codon) => CODE[Array.from(codon).reduce((sum, base) => sum * 4 + 'TCAG'.indexOf(base), 0)])
    .join('');
}

describe('examples', () => {
  for (const [name, records] of Object.entries(SOUND)) {
    it(`${name} can be predicted`, async () => {
      const file = await read(name);
      assert.deepEqual(Object.fromEntries(file.records.map(({ id, length }) => [id, length])), records);
      assert.deepEqual(file.problems, []);
      assert.deepEqual(checkTarget(file.records, { engine: 'homology', mode: 'monomer' }), []);
    });
  }

  it('are all known here and in their README', async () => {
    const files = (await readdir(EXAMPLES)).filter((name) => /\.(fasta|fa\.gz)$/.test(name)).sort();
    assert.deepEqual(files, [...Object.keys(SOUND), 'mistakes.fasta', 'not-a-protein.fasta'].sort());
    const readme = await readFile(new URL('README.md', EXAMPLES), 'utf8');
    assert.deepEqual(
      files.filter((name) => !readme.includes(`\`${name}\``)),
      [],
    );
  });

  it('hemoglobin is a tetramer of two kinds of chain', async () => {
    const { records } = await read('hemoglobin-tetramer.fasta');
    const [problem] = checkTarget(records, { engine: 'alphafold2', mode: 'multimer' });
    assert.match(problem?.message ?? '', /A2B2/);
  });

  it('the DNA example is the gene of the protein example', async () => {
    const dna = await read('not-a-protein.fasta');
    const protein = await read('hemoglobin-beta.fasta');
    assert.deepEqual(
      dna.problems.map(({ code }) => code),
      ['nucleotide-sequence'],
    );
    assert.equal(translate(dna.records[0]?.sequence ?? ''), `${protein.records[0]?.sequence}*`);
  });

  it('the mistakes are found where they are', async () => {
    const file = await read('mistakes.fasta');
    assert.deepEqual(
      file.problems.map(({ code, line, column }) => `${code} ${line}:${column}`),
      [
        'illegal-letter 3:36',
        'illegal-letter 5:13',
        'alignment-gap 7:11',
        'internal-stop 9:19',
        'unusual-residue 11:29',
        'empty-record 12:1',
        'duplicate-id 13:2',
      ],
    );
    const target = checkTarget(file.records, { engine: 'homology', mode: 'monomer' });
    assert.deepEqual(
      target.map(({ code, line }) => `${code} ${line}`),
      ['chain-too-short 15'],
    );
  });
});
