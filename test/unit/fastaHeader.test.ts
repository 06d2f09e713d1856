import assert from 'node:assert/strict';
import { headerId, parseHeader } from '../../backend/api/fasta/header.ts';

const CASES: Readonly<Record<string, readonly [string, ReturnType<typeof parseHeader>]>> = {
  'Swiss-Prot': [
    'sp|P69905|HBA_HUMAN Hemoglobin subunit alpha OS=Homo sapiens OX=9606 GN=HBA1 PE=1 SV=2',
    {
      id: 'sp|P69905|HBA_HUMAN',
      description: 'Hemoglobin subunit alpha',
      database: 'sp',
      accession: 'P69905',
      entryName: 'HBA_HUMAN',
      organism: 'Homo sapiens',
      taxonId: 9606,
      gene: 'HBA1',
    },
  ],
  'TrEMBL with a strain in brackets and no gene': [
    'tr|A0A075B6H7|A0A075B6H7_HUMAN Probable non-functional Ig kappa OS=Rhizobium sp. (strain NGR234) OX=394 PE=4 SV=1',
    {
      id: 'tr|A0A075B6H7|A0A075B6H7_HUMAN',
      description: 'Probable non-functional Ig kappa',
      database: 'tr',
      accession: 'A0A075B6H7',
      entryName: 'A0A075B6H7_HUMAN',
      organism: 'Rhizobium sp. (strain NGR234)',
      taxonId: 394,
    },
  ],
  'a UniProt isoform': [
    'sp|P04637-2|P53_HUMAN Isoform 2 of Cellular tumor antigen p53 OS=Homo sapiens OX=9606 GN=TP53',
    {
      id: 'sp|P04637-2|P53_HUMAN',
      description: 'Isoform 2 of Cellular tumor antigen p53',
      database: 'sp',
      accession: 'P04637-2',
      entryName: 'P53_HUMAN',
      organism: 'Homo sapiens',
      taxonId: 9606,
      gene: 'TP53',
    },
  ],
  RCSB: [
    '4HHB_1|Chains A, C|Hemoglobin subunit alpha|Homo sapiens (9606)',
    {
      id: '4HHB_1',
      description: 'Hemoglobin subunit alpha',
      database: 'pdb',
      accession: '4HHB',
      organism: 'Homo sapiens',
      taxonId: 9606,
      chains: ['A', 'C'],
    },
  ],
  'RCSB with author chains': [
    '6ABC_2|Chains B[auth H], D|Antibody, heavy chain|Mus musculus (10090)',
    {
      id: '6ABC_2',
      description: 'Antibody, heavy chain',
      database: 'pdb',
      accession: '6ABC',
      organism: 'Mus musculus',
      taxonId: 10090,
      chains: ['B', 'D'],
      authChains: ['H', 'D'],
    },
  ],
  'RCSB without an organism': [
    '1L2Y_1|Chain A|TC5b|',
    { id: '1L2Y_1', description: 'TC5b', database: 'pdb', accession: '1L2Y', chains: ['A'] },
  ],
  'RCSB before 2020': [
    '1ABC:A|PDBID|CHAIN|SEQUENCE',
    { id: '1ABC:A', description: '', database: 'pdb', accession: '1ABC', chains: ['A'] },
  ],
  'NCBI with gi': [
    'gi|4504349|ref|NP_000509.1| hemoglobin subunit beta [Homo sapiens]',
    {
      id: 'gi|4504349|ref|NP_000509.1|',
      description: 'hemoglobin subunit beta',
      database: 'ref',
      accession: 'NP_000509.1',
      organism: 'Homo sapiens',
    },
  ],
  'NCBI without gi': [
    'NP_000549.1 hemoglobin subunit alpha [Homo sapiens]',
    {
      id: 'NP_000549.1',
      description: 'hemoglobin subunit alpha',
      database: 'ref',
      accession: 'NP_000549.1',
      organism: 'Homo sapiens',
    },
  ],
  'NCBI of a PDB chain': [
    'pdb|1ABC|A Chain A, Some protein [Escherichia coli]',
    {
      id: 'pdb|1ABC|A',
      description: 'Some protein',
      database: 'pdb',
      accession: '1ABC',
      organism: 'Escherichia coli',
      chains: ['A'],
    },
  ],
  'a PDB chain': ['1ubq_A', { id: '1ubq_A', description: '', database: 'pdb', accession: '1UBQ', chains: ['A'] }],
  'headers that nr joins': [
    'WP_000000001.1 first [Bacillus subtilis]\u0001WP_000000002.1 second [Bacillus cereus]',
    {
      id: 'WP_000000001.1',
      description: 'first',
      database: 'ref',
      accession: 'WP_000000001.1',
      organism: 'Bacillus subtilis',
    },
  ],
  UniRef: [
    'UniRef90_P68871 Hemoglobin subunit beta n=97 Tax=Hominidae TaxID=9604 RepID=HBB_HUMAN',
    {
      id: 'UniRef90_P68871',
      description: 'Hemoglobin subunit beta',
      database: 'uniref',
      accession: 'P68871',
      entryName: 'HBB_HUMAN',
      organism: 'Hominidae',
      taxonId: 9604,
    },
  ],
  'AlphaFold DB': [
    'AFDB:AF-P69905-F1 Hemoglobin subunit alpha UA=P69905 UI=HBA_HUMAN OS=Homo sapiens OX=9606 GN=HBA1',
    {
      id: 'AFDB:AF-P69905-F1',
      description: 'Hemoglobin subunit alpha',
      database: 'afdb',
      accession: 'P69905',
      entryName: 'HBA_HUMAN',
      organism: 'Homo sapiens',
      taxonId: 9606,
      gene: 'HBA1',
    },
  ],
  Ensembl: [
    'ENSP00000333994.3 pep chromosome:GRCh38:11:5225464:5227071:-1 gene:ENSG00000244734.4 gene_symbol:HBB',
    {
      id: 'ENSP00000333994.3',
      description: 'pep chromosome:GRCh38:11:5225464:5227071:-1 gene:ENSG00000244734.4 gene_symbol:HBB',
      database: 'ensembl',
      accession: 'ENSP00000333994.3',
      gene: 'HBB',
    },
  ],
  'GenBank with a local name': [
    'gnl|mylab|clone7 my clone',
    { id: 'gnl|mylab|clone7', description: 'my clone', database: 'gnl', accession: 'clone7' },
  ],
  "anybody's own": ['my protein, version 2 [draft]', { id: 'my', description: 'protein, version 2 [draft]' }],
  'a space after the sign': ['  spaced out ', { id: 'spaced', description: 'out' }],
  nothing: ['   ', { id: '', description: '' }],
};

describe('FASTA headers', () => {
  for (const [name, [text, expected]] of Object.entries(CASES)) {
    it(`reads ${name}`, () => {
      assert.deepEqual(parseHeader(text), expected);
      assert.equal(headerId(text), expected.id);
      assert.ok(text.trimStart().startsWith(expected.id));
    });
  }

  it('takes no longer for a header that is made to be slow', function () {
    // Quadratic patterns need several seconds for these, others a fraction of one.
    this.timeout(2_000);
    const long = 60_000;
    for (const part of [' ', '[', ']', '|', ' OS', 'OS=', '(1', 'a [', '_', '\u0001']) {
      const header = parseHeader(`x|Chain A|${part.repeat(long)}x`);
      assert.ok(header.id.length > 0);
      parseHeader(`sp|P69905|HBA_HUMAN ${part.repeat(long)}]`);
    }
  });
});
