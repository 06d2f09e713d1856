import assert from 'node:assert/strict';
import fc from 'fast-check';
import { INITIAL_STATE, parseState } from '../../webview/state.ts';

describe('remembered state', () => {
  it('comes back as it was', () => {
    const state = {
      ...INITIAL_STATE,
      subject: 's',
      coloring: 'chain' as const,
      spin: true,
      ensembleModel: 'all' as const,
      orientation: Array.from({ length: 16 }, (_, index) => index),
      restore: { job: 1 },
      marks: [{ sha256: 'a1', ensembleModel: 2, selected: [4, 5], distances: [[7, 9] as const] }],
    };
    assert.deepEqual(parseState(JSON.parse(JSON.stringify(state))), state);
  });

  it('is never believed blindly', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseState(value)));
    assert.deepEqual(
      parseState({ representation: 'x', coloring: 1, orientation: [1], ensembleModel: -1 }),
      INITIAL_STATE,
    );
    const marks = { sha256: 'a1', ensembleModel: 'all', selected: [], distances: [] };
    const wrong = [
      { sha256: 1 },
      { selected: [-1] },
      { selected: null },
      { distances: [[1]] },
      { distances: [[1, 0.5]] },
    ];
    const kept = [null, ...wrong.map((part) => ({ ...marks, ...part })), marks];
    assert.deepEqual(parseState({ marks: kept }).marks, [marks]);
  });
});
