import assert from 'node:assert/strict';
import fc from 'fast-check';
import { paeCompanion } from '../../extension/structure/paeCompanion.ts';
import { meanPae, paeColor, parsePae, UnreadablePaeError } from '../../webview/pae.ts';

const table = fc.integer({ min: 1, max: 12 }).chain((size) => {
  const row = fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { minLength: size, maxLength: size });
  return fc.array(row, { minLength: size, maxLength: size });
});

describe('viewer predicted aligned error', () => {
  it('reads every maker’s way to write the same table', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const pairs = rows.flatMap((row, i) => row.map((distance, j) => ({ i, j, distance })));
        const texts = [
          [{ predicted_aligned_error: rows, max_predicted_aligned_error: 31.75 }],
          { predicted_aligned_error: rows, max_predicted_aligned_error: 31.75 },
          { pae: rows, max_pae: 31.75, plddt: [] },
          [
            {
              residue1: pairs.map(({ i }) => i + 1),
              residue2: pairs.map(({ j }) => j + 1),
              distance: pairs.map(({ distance }) => distance),
              max_predicted_aligned_error: 31.75,
            },
          ],
        ].map((value) => JSON.stringify(value));
        const expected = Float32Array.from(rows.flat());
        for (const text of texts) {
          const { size, values, max } = parsePae(text);
          assert.deepEqual({ size, max }, { size: rows.length, max: 31.75 });
          assert.deepEqual(values, expected);
        }
      }),
    );
  });

  it('says what is wrong with a file that is not one', () => {
    const cases: [string, RegExp][] = [
      ['[{"predicted_', /not JSON/],
      ['[]', /no table/],
      ['{"plddt": [1]}', /neither/],
      ['{"pae": [[0, 1], [0]]}', /Row 2 .*: 1 instead of 2 values/],
      ['{"pae": [[0, "x"], [0, 0]]}', /residues 1 and 2 is not a number/],
      ['{"pae": []}', /empty/],
      ['{"residue1": [1, 1], "residue2": [1, 2], "distance": [0, 1]}', /square/],
    ];
    for (const [text, words] of cases) {
      assert.throws(
        () => parsePae(text),
        (error) => error instanceof UnreadablePaeError && words.test(error.message),
        text,
      );
    }
  });

  it('never throws anything but its own error', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          parsePae(text);
        } catch (error) {
          assert.ok(error instanceof UnreadablePaeError, String(error));
        }
      }),
    );
  });

  it('colours from dark to light, and keeps to the scale', () => {
    const brightness = [0, 5, 15, 25, 31.75].map((value) => paeColor(value, 31.75).reduce((sum, part) => sum + part));
    assert.deepEqual(
      brightness,
      [...brightness].sort((a, b) => a - b),
    );
    assert.deepEqual(paeColor(99, 31.75), paeColor(31.75, 31.75));
  });

  it('takes the mean of both directions', () => {
    const pae = parsePae('{"pae": [[0, 2], [4, 0]]}');
    assert.equal(meanPae(pae, [0], [1]), 3);
    assert.ok(Number.isNaN(meanPae(pae, [], [1])));
  });

  it('finds the file that lies beside a structure', () => {
    const folder = [
      'AF-P69905-F1-predicted_aligned_error_v4.json',
      'pae_model_1_ptm_pred_0.json',
      'x_scores_rank_001_alphafold2_ptm_model_3_seed_000.json',
      'mine_PAE.json',
      'ranking_debug.json',
    ];
    const found: [string, string | undefined][] = [
      ['AF-P69905-F1-model_v4.cif', folder[0]],
      ['relaxed_model_1_ptm_pred_0.pdb', folder[1]],
      ['unrelaxed_model_1_ptm_pred_0.pdb.gz', folder[1]],
      ['x_relaxed_rank_001_alphafold2_ptm_model_3_seed_000.pdb', folder[2]],
      ['mine.pdb', folder[3]],
      ['other.pdb', undefined],
      ['notes.txt', undefined],
    ];
    for (const [structure, expected] of found) assert.equal(paeCompanion(structure, folder), expected, structure);
  });
});
