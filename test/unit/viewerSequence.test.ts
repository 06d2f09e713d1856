import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeSelection, layOutSequence, letterOf, residuesBetween } from '../../webview/sequence.ts';
import type { ResidueInfo, StructureData } from '../../webview/structureData.ts';

function structure(residues: readonly Partial<ResidueInfo>[]): StructureData {
  const whole = residues.map(
    (residue, index): ResidueInfo => ({
      name: 'ALA',
      number: index + 1,
      insertion: '',
      chain: 'A',
      kind: 'polymer',
      secondary: 'coil',
      model: 0,
      atom: index,
      ...residue,
    }),
  );
  return {
    atomCount: whole.length,
    modelCount: 1,
    residues: whole,
    hasNucleic: false,
    residueOfAtom: whole.map((_, index) => index),
    bFactors: whole.map(() => 0),
  };
}

const anyResidue = fc.record({
  chain: fc.constantFrom('A', 'B', ''),
  kind: fc.constantFrom('polymer', 'polymer', 'polymer', 'ligand', 'water' as const),
  number: fc.integer({ min: -5, max: 40 }),
  model: fc.constantFrom(0, 1),
});

describe('viewer sequence', () => {
  it('has a column for every residue of the shown chains, in file order, and finds each again', () => {
    fc.assert(
      fc.property(fc.array(anyResidue, { maxLength: 60 }), fc.constantFrom(0, 1, 'all' as const), (list, model) => {
        const data = structure(list);
        const layout = layOutSequence(data, model);
        const shown = data.residues.flatMap((residue, index) =>
          residue.kind === 'polymer' && residue.model === (model === 'all' ? 0 : model) ? [index] : [],
        );
        assert.deepEqual(layout.residues, shown);
        assert.deepEqual(
          [...layout.residueOfColumn].filter((residue) => residue >= 0),
          shown,
        );
        assert.equal(layout.columns, layout.residueOfColumn.length);
        for (const residue of shown) {
          assert.equal(layout.residueOfColumn[layout.columnOfResidue[residue] ?? -1], residue);
        }
      }),
    );
  });

  it('labels chains, and leaves a column where the numbering jumps', () => {
    const data = structure([{ number: 1 }, { number: 2 }, { number: 9 }, { chain: 'B', number: 1 }]);
    const { residueOfColumn, labels } = layOutSequence(data, 0);
    assert.deepEqual([...residueOfColumn], [-1, -1, -1, 0, 1, -1, 2, -1, -1, -1, 3]);
    assert.deepEqual(labels, [
      { column: 0, chain: 'A' },
      { column: 7, chain: 'B' },
    ]);
  });

  it('selects from either end alike', () => {
    const layout = layOutSequence(structure(Array.from({ length: 9 }, () => ({}))), 0);
    assert.deepEqual(residuesBetween(layout, 2, 5), [2, 3, 4, 5]);
    assert.deepEqual(residuesBetween(layout, 5, 2), [2, 3, 4, 5]);
    assert.deepEqual(residuesBetween(layout, 5, 99), []);
  });

  it('says what is selected as people write it', () => {
    const data = structure([...Array.from({ length: 6 }, () => ({})), { chain: 'B', number: 1, insertion: 'A' }]);
    assert.equal(describeSelection(data, [2, 1, 0, 4, 6]), 'A 1–3, A 5, B 1A');
    assert.equal(describeSelection(data, [0, 2, 4, 6], 2), 'A 1, A 3 and 2 more');
    assert.equal(describeSelection(data, []), '');
  });

  it('knows modified residues and nucleotides', () => {
    assert.equal(['TRP', 'MSE', 'DA', 'u', 'HEM'].map(letterOf).join(''), 'WMAUX');
  });
});
