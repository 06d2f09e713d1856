import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeComparison, pairResidues, rmsd } from '../../webview/comparison.ts';
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

const letters = fc.array(fc.nat(NAMES.length - 1), { minLength: 20, maxLength: 40 });

describe('viewer comparison', () => {
  it('pairs a structure with itself residue by residue', () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const data = structure({ A: a, B: b });
        assert.deepEqual(
          pairResidues(data, data),
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
        const pairs = pairResidues(shown, compared);
        assert.deepEqual(
          pairs,
          a.map((_, index) => [index, a.length + index]),
        );
      }),
    );
  });

  it('pairs nothing where nothing is alike', () => {
    const shown = structure({ A: Array.from({ length: 30 }, () => 0) });
    assert.deepEqual(pairResidues(shown, structure({ A: Array.from({ length: 30 }, () => 14) })), []);
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
