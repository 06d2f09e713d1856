import assert from 'node:assert/strict';
import { meaningOf } from '../../webview/metric.ts';
import { atomValues, gradientRange, valueFacts } from '../../webview/values.ts';
import { NO_HEADER, sceneOf, structureOf } from '../support/structureData.ts';

describe('values', () => {
  it('are scaled from 0–1', () => {
    const data = structureOf([0.5, 0.9]);
    const meaning = meaningOf(NO_HEADER, valueFacts(data, 'a.pdb'), { metric: 'plddt' });
    assert.deepEqual(
      [...atomValues(data, meaning)].map((value) => Math.round(value)),
      [50, 50, 90, 90],
    );
  });

  it('come from the result when it names one for each residue', () => {
    const scene = sceneOf(structureOf([1, 2]), { metric: 'plddt', perResidue: [70, 80] });
    assert.deepEqual([...scene.values], [70, 70, 80, 80]);
    assert.equal(scene.colorings[0], 'confidence');
    assert.equal(scene.warning, undefined);
  });

  it('stay the file’s own, with a warning, when the result names another number of residues', () => {
    const scene = sceneOf(structureOf([11, 12]), { metric: 'plddt', perResidue: [70] });
    assert.deepEqual([...scene.values], [11, 11, 12, 12]);
    assert.match(scene.warning ?? '', /the confidence of 1 residue, the file has 2 residues/);
  });

  it('of a file without any claim are B-factors, and chains are its default colours', () => {
    const scene = sceneOf(structureOf([11, 12]));
    assert.equal(scene.meaning.kind, 'b-factor');
    assert.deepEqual(scene.colorings.slice(0, 2), ['chain', 'b-factor']);
    assert.ok(!scene.colorings.includes('confidence'));
  });

  it('know whether atoms of a residue agree', () => {
    const data = structureOf([10, 20]);
    assert.equal(valueFacts(data, 'a').uniformInResidues, true);
    assert.equal(valueFacts({ ...data, bFactors: [10, 11, 20, 20] }, 'a').uniformInResidues, false);
    assert.equal(valueFacts(structureOf([]), 'a').uniformInResidues, false);
  });

  it('span a gradient without the outermost residues', () => {
    const data = structureOf([...Array.from({ length: 98 }, (_, index) => 20 + index / 10), 1, 900]);
    const [low, high] = gradientRange(data, data.bFactors);
    assert.ok(low >= 20 && high < 40, `${low}–${high}`);
  });
});
