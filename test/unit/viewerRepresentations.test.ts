import assert from 'node:assert/strict';
import { partsOf } from '../../webview/representations.ts';

const CHAIN_ALONE = {
  atoms: 10,
  useWorker: true,
  hasPolymer: true,
  hasNucleic: false,
  hasLigands: false,
  hasIons: false,
};

describe('representations', () => {
  it('draw atoms where there is no chain to follow', () => {
    const [part] = partsOf('cartoon', 0, { ...CHAIN_ALONE, hasPolymer: false });
    assert.equal(part?.type, 'ball+stick');
  });

  it('leave out what the structure does not have', () => {
    const types = (has: Partial<typeof CHAIN_ALONE>): string[] =>
      partsOf('cartoon', 0, { ...CHAIN_ALONE, ...has }).map(({ type }) => type);
    assert.deepEqual(types({}), ['cartoon']);
    assert.deepEqual(types({ hasNucleic: true }), ['cartoon', 'base']);
    assert.deepEqual(types({ hasLigands: true, hasIons: true }), ['cartoon', 'ball+stick', 'spacefill']);
  });

  it('draw only the chosen model', () => {
    for (const part of partsOf('cartoon', 3, { ...CHAIN_ALONE, hasNucleic: true, hasLigands: true, hasIons: true })) {
      assert.match(String(part.parameters.sele), /and \/3$/);
    }
  });
});
