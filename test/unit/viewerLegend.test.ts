import assert from 'node:assert/strict';
import type { Coloring } from '../../webview/coloring.ts';
import { legendOf } from '../../webview/legend.ts';
import type { StructureData } from '../../webview/structureData.ts';
import { sceneOf, structureOf } from '../support/structureData.ts';

describe('the legend', () => {
  const legend = (coloring: Coloring, data: StructureData, metric?: 'plddt' | 'estimated-ca-lddt') => {
    const scene = sceneOf(data, metric && { metric });
    return legendOf(coloring, { ...scene, residues: data.residues, palette: 'official' });
  };

  it('names what the number is', () => {
    const data = structureOf([95, 80, 60, 30]);
    assert.equal(legend('confidence', data, 'plddt').title, 'pLDDT');
    const homology = legend('confidence', data, 'estimated-ca-lddt');
    assert.equal(homology.title, 'Estimated CA-lDDT');
    assert.match(homology.note ?? '', /not AlphaFold’s pLDDT/);
    assert.equal(homology.mean, '66.3');
    assert.deepEqual(
      homology.rows.map(({ percent }) => percent),
      [25, 25, 25, 25],
    );
  });

  it('says that B-factors are no confidence', () => {
    assert.match(legend('b-factor', structureOf([10, 20])).note ?? '', /Not a confidence/);
  });

  it('lists chains, and sums up the many', () => {
    const data = structureOf(Array.from({ length: 12 }, () => 1));
    const many = { ...data, residues: data.residues.map((residue, index) => ({ ...residue, chain: `C${index}` })) };
    const { rows } = legend('chain', many);
    assert.equal(rows.length, 9);
    assert.equal(rows.at(-1)?.label, 'and 4 more');
  });
});
