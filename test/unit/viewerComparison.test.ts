import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeComparison, leastIdentity, pairResidues, rmsd } from '../../webview/comparison.ts';
import type { ResidueInfo, StructureData } from '../../webview/structureData.ts';

const NAMES = ['ALA', 'ARG', 'ASN', 'ASP', 'GLN', 'GLU', 'GLY', 'HIS', 'ILE', 'LEU', 'LYS', 'MET', 'PHE', 'SER', 'TRP'];

function structure(chains: Readonly<Record<string, readonly number[]>>): StructureData {
  const residues = Object.entries(chains).flatMap(([chain, letters]) =>
    letters.map(
      (letter, index): ResidueInfo => ({
        name: NAMES[letter] ?? 'ALA',
        number: index + 1,
        insertion: '',
        chain,
        kind: 'polymer',
        secondary: 'coil',
        model: 0,
        atom: index,
      }),
    ),
  );
  return {
    atomCount: residues.length,
    modelCount: 1,
    residues,
    hasNucleic: false,
    residueOfAtom: residues.map((_, index) => index),
    bFactors: [],
  };
}

const THREE: Readonly<Record<string, string>> = {
  ...{ A: 'ALA', C: 'CYS', D: 'ASP', E: 'GLU', F: 'PHE', G: 'GLY', H: 'HIS', I: 'ILE', K: 'LYS', L: 'LEU', M: 'MET' },
  ...{ N: 'ASN', P: 'PRO', Q: 'GLN', R: 'ARG', S: 'SER', T: 'THR', V: 'VAL', W: 'TRP', Y: 'TYR' },
};

/** Chains by their sequences; those in lower case are DNA. */
function chains(sequences: Readonly<Record<string, string>>): StructureData {
  const residues = Object.entries(sequences).flatMap(([chain, sequence]) =>
    Array.from(sequence, (letter, index): ResidueInfo => {
      const isNucleic = letter !== letter.toUpperCase();
      return {
        name: (isNucleic ? `D${letter.toUpperCase()}` : THREE[letter]) ?? 'UNK',
        number: index + 1,
        insertion: '',
        chain,
        kind: 'polymer',
        ...(isNucleic && { isNucleic }),
        secondary: 'coil',
        model: 0,
        atom: 0,
      };
    }),
  );
  return { ...structure({}), residues, hasNucleic: residues.some(({ isNucleic }) => isNucleic) };
}

/** Which chains are paired, for example `A-B`. */
function pairedChains(shown: StructureData, other: StructureData): string[] {
  const pairs = pairResidues(shown, other, 0);
  return [...new Set(pairs.map(([a, b]) => `${shown.residues[a]?.chain}-${other.residues[b]?.chain}`))].sort();
}

/** UniProt P04637 (17–29), Q00987 (25–110), P42212, P0CG48 (1–76), P01308 (25–54), P69905, P68871. */
const P53 = 'ETFSDLWKLLPEN';
const MDM2 = 'ETLVRPKPLLLKLLKSVGAQKDTYTMKEVLFYLGQYIMTKRLYDEKQQHIVYCSNDLLGDLFGVPSFSVKEHRKIYTMIYRNLVVV';
const GFP =
  'MSKGEELFTGVVPILVELDGDVNGHKFSVSGEGEGDATYGKLTLKFICTTGKLPVPWPTLVTTFSYGVQCFSRYPDHMKQHDFFKSAMPEGYVQERTIFFKDDGNYKTRAEVKFEGDTLVNRIELKGIDFKEDGNILGHKLEYNYNSHNVYIMADKQKNGIKVNFKIRHNIEDGSVQLADHYQQNTPIGDGPVLLPDNHYLSTQSALSKDPNEKRDHMVLLEFVTAAGITHGMDELYK';
const UBIQUITIN = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';
const INSULIN_B = 'FVNQHLCGSHLVEALYLVCGERGFFYTPKT';
const ALPHA =
  'VLSPADKTNVKAAWGKVGAHAGEYGAEALERMFLSFPTTKTYFPHFDLSHGSAQVKGHGKKVADALTNAVAHVDDMPNALSALSDLHAHKLRVDPVNFKLLSHCLLVTLAAHLPAEFTPAVHASLDKFLASVSTVLTSKYR';
const BETA =
  'VHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESFGDLSTPDAVMGNPKVKAHGKKVLGAFSDGLAHLDNLKGTFATLSELHCDKLHVDPENFRLLGNPLVCVLAHHFGKEFTPPVQAAYQKVVAGVANALAHKYH';

/** Human neuroglobin and sperm whale myoglobin: one fold, and a fifth of the residues in common. */
const NEUROGLOBIN =
  'MERPEPELIRQSWRAVSRSPLEHGTVLFARLFALEPDLLPLFQYNCRQFSSPEDCLSSPEFLDHIRKVMLVIDAAVTNVEDLSSLEEYLASLGRKHRAVGVKLSSFSTVGESLLYMLEKCLGPAFTPATRAAWSQLYGAVVQAMSRGWDGE';
const MYOGLOBIN =
  'VLSEGEWQLVLHVWAKVEADVAGHGQDILIRLFKSHPETLEKFDRFKHLKTEAEMKASEDLKKHGVTVLTALGAILKKKGHHEAELKPLAQSHATKHKIPIKYLEFISEAIIHVLHSRHPGDFGADAQGAMNKALELFRKDIAAKYKELGYQG';

const letters = fc.array(fc.nat(NAMES.length - 1), { minLength: 20, maxLength: 40 });

describe('viewer comparison', () => {
  it('pairs a structure with itself residue by residue', () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const data = structure({ A: a, B: b });
        assert.deepEqual(
          pairResidues(data, data, 0),
          data.residues.map((_, index) => [index, index]),
        );
      }),
    );
  });

  it('finds the chain that is the same protein, whatever it is called', () => {
    fc.assert(
      fc.property(letters, (a) => {
        const other = a.map((letter) => (letter + 7) % NAMES.length);
        const shown = structure({ A: a });
        const compared = structure({ X: other, Y: a });
        const pairs = pairResidues(shown, compared, 0);
        assert.deepEqual(
          pairs,
          a.map((_, index) => [index, a.length + index]),
        );
      }),
    );
  });

  it('pairs nothing where nothing is alike', () => {
    const shown = structure({ A: Array.from({ length: 30 }, () => 0) });
    assert.deepEqual(pairResidues(shown, structure({ A: Array.from({ length: 30 }, () => 14) }), 0), []);
  });

  it('pairs no chains that are alike only by chance, which short ones often are', () => {
    const shown = chains({ A: MDM2, B: P53 });
    assert.deepEqual(pairedChains(shown, chains({ A: MDM2, B: GFP })), ['A-A']);
    assert.deepEqual(pairedChains(shown, chains({ A: GFP, B: MDM2 })), ['A-B']);
    assert.deepEqual(pairedChains(chains({ A: UBIQUITIN }), chains({ A: INSULIN_B })), []);
    assert.deepEqual(pairedChains(chains({ A: ALPHA }), chains({ A: INSULIN_B })), []);
    // They end and begin alike, and have nothing else in common.
    assert.deepEqual(pairedChains(chains({ A: 'WWWWWWWWWWLKE' }), chains({ A: 'LKEDDDDDDDDDD' })), []);
  });

  it('pairs relatives, a part with its whole, and what is equal however short it is', () => {
    assert.deepEqual(pairedChains(chains({ A: ALPHA, B: BETA }), chains({ A: BETA, B: ALPHA })), ['A-B', 'B-A']);
    assert.deepEqual(pairedChains(chains({ A: ALPHA }), chains({ B: BETA })), ['A-B']);
    assert.deepEqual(pairedChains(chains({ A: MDM2, B: P53 }), chains({ A: MDM2, C: P53.slice(2, -2) })), [
      'A-A',
      'B-C',
    ]);
    assert.deepEqual(pairedChains(chains({ A: 'GGG' }), chains({ A: 'GGG' })), ['A-A']);
  });

  it('pairs relatives that have little but their length in common', () => {
    assert.deepEqual(pairedChains(chains({ A: NEUROGLOBIN }), chains({ A: MYOGLOBIN })), ['A-A']);
    assert.deepEqual(pairedChains(chains({ A: NEUROGLOBIN }), chains({ A: `${GFP}${MYOGLOBIN}` })), []);
  });

  it('never pairs a nucleic acid with a protein, nor two nucleic acids for their four letters', () => {
    const acid = 'acgtacgatcgatcagctagcatcgactagcatgcat';
    assert.deepEqual(pairedChains(chains({ A: acid }), chains({ A: acid.toUpperCase() })), []);
    assert.deepEqual(pairedChains(chains({ A: acid }), chains({ A: `${acid}tt` })), ['A-A']);
    assert.deepEqual(pairedChains(chains({ A: 'cgcgaattcgcg' }), chains({ A: 'cgcgaattagcg' })), ['A-A']);
    const bases = fc.array(fc.constantFrom('a', 'c', 'g', 't'), { minLength: 150, maxLength: 200 });
    fc.assert(
      fc.property(bases, bases, (a, b) => {
        assert.deepEqual(pairedChains(chains({ A: a.join('') }), chains({ A: b.join('') })), []);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('asks for as much identity as Rost found, the less the longer the alignment', () => {
    const limits = [11, 12, 30, 100, 450, 2000].map((pairs) => Math.round(leastIdentity(pairs, false)));
    assert.deepEqual(limits, [100, 99, 56, 29, 20, 20]);
  });

  it('pairs residues of the member that is shown', () => {
    const first = chains({ A: ALPHA, B: BETA });
    const shifted = first.residues.slice(2).map((residue) => ({ ...residue, model: 1 }));
    const ensemble: StructureData = { ...first, modelCount: 2, residues: [...first.residues, ...shifted] };
    assert.deepEqual(
      pairResidues(ensemble, first, 1),
      shifted.map((_, index) => [first.residues.length + index, index + 2]),
    );
    assert.deepEqual(pairResidues(ensemble, first, 'all'), pairResidues(ensemble, first, 0));
    assert.deepEqual(pairResidues(first, ensemble, 0), pairResidues(first, first, 0), 'of the other one, the first');
  });

  it('says how far apart structures are', () => {
    const comparison = {
      pairs: [
        [0, 0],
        [1, 1],
      ] as const,
      distances: Float32Array.of(1, 3),
    };
    assert.equal(rmsd(comparison), Math.sqrt(5));
    assert.equal(describeComparison(comparison, 8), 'RMSD 2.24 Å over 2 residues (25 %), 1 of them within 2 Å');
  });
});
