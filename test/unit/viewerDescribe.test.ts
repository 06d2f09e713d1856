import assert from 'node:assert/strict';
import { describeResidue, describeSize } from '../../webview/describe.ts';
import { meaningOf } from '../../webview/metric.ts';
import { NO_HEADER, structureOf } from '../support/structureData.ts';

describe('sentences', () => {
  const [residue] = structureOf([87.3]).residues;

  it('name the residue and its confidence', () => {
    assert.ok(residue);
    const meaning = meaningOf(
      NO_HEADER,
      { fileName: 'a', min: 1, max: 90, uniformInResidues: true },
      { metric: 'estimated-ca-lddt' },
    );
    assert.equal(describeResidue(residue, 87.3, meaning), 'Chain A · ALA 1 · Estimated CA-lDDT 87.3 (high)');
    const plain = meaningOf(NO_HEADER, { fileName: 'a', min: 1, max: 90, uniformInResidues: true });
    assert.equal(
      describeResidue({ ...residue, insertion: 'B', chain: '' }, 12, plain),
      'No chain name · ALA 1B · B-factor 12.0',
    );
  });

  it('count in words', () => {
    const data = structureOf([1]);
    assert.equal(describeSize(data, 0), '1 chain · 1 residue · 2 atoms');
    assert.equal(describeSize(structureOf([1], { kind: 'ligand' }), 'all'), '2 atoms');
    const two = structureOf([1, 2]);
    const ensemble = { ...two, modelCount: 2, residues: two.residues.map((item, model) => ({ ...item, model })) };
    assert.equal(describeSize(ensemble, 1), '1 chain · 1 residue · 2 atoms');
    assert.equal(describeSize(ensemble, 'all'), '1 chain · 2 residues · 4 atoms');
  });
});
