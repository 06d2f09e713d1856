import assert from 'node:assert/strict';
import { commonFolder } from '../../extension/results/resultPaths.ts';

describe('commonFolder', () => {
  it('is what all paths begin with, in whole folders', () => {
    assert.equal(commonFolder(['attempt-1/a.pdb', 'attempt-1/b.cif']), 'attempt-1/');
    assert.equal(commonFolder(['attempt-1/x/a.pdb', 'attempt-1/x/b.cif', 'attempt-1/c']), 'attempt-1/');
    assert.equal(commonFolder(['attempt-1/a.pdb', 'attempt-10/b.cif']), '');
    assert.equal(commonFolder(['a.pdb', 'x/b.cif']), '');
    assert.equal(commonFolder(['x/y/only.pdb']), 'x/y/');
    assert.equal(commonFolder([]), '');
  });
});
