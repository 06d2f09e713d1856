import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StructureHeader } from '../../webview/header.ts';
import { meaningOf, type ValueFacts } from '../../webview/metric.ts';
import { NO_HEADER } from '../support/structureData.ts';

const header = (parts: Partial<StructureHeader> = {}): StructureHeader => ({ ...NO_HEADER, ...parts });

const facts = (parts: Partial<ValueFacts> = {}): ValueFacts => ({
  fileName: 'x.pdb',
  min: 20,
  max: 95,
  uniformInResidues: true,
  ...parts,
});

const kind = (...args: Parameters<typeof meaningOf>): string => {
  const meaning = meaningOf(...args);
  return meaning.kind === 'confidence' ? meaning.metric : meaning.kind;
};

describe('what the numbers of a structure mean', () => {
  it('are B-factors when nobody says otherwise', () => {
    assert.equal(kind(header(), facts()), 'b-factor');
  });

  it('are B-factors for a measured structure, whatever the file is called', () => {
    for (const method of ['X-RAY DIFFRACTION', 'SOLUTION NMR', 'ELECTRON MICROSCOPY']) {
      assert.equal(kind(header({ method }), facts({ fileName: 'ranked_0.pdb' })), 'b-factor', method);
    }
  });

  it('are B-factors for a crystal that was solved with an AlphaFold prediction', () => {
    const solved = header({
      method: 'X-RAY DIFFRACTION',
      title: 'CRYSTAL STRUCTURE SOLVED WITH AN ALPHAFOLD PREDICTION',
    });
    assert.equal(kind(solved, facts()), 'b-factor');
  });

  it('are estimated CA-lDDT in files of the homology engine, which also say what they are not', () => {
    const remarks = [
      'B-FACTOR COLUMN: ESTIMATED CA-LDDT, 0 (WRONG) TO 100 (RIGHT).',
      'IT IS NOT PLDDT OF ALPHAFOLD AND NOT AN EXPERIMENTAL B-FACTOR.',
    ];
    assert.equal(kind(header({ method: 'THEORETICAL MODEL', remarks }), facts()), 'estimated-ca-lddt');
    assert.equal(kind(header({ qualityMetrics: ['Estimated CA-lDDT'] }), facts()), 'estimated-ca-lddt');
    assert.equal(kind(header({ remarks: remarks.slice(1) }), facts()), 'b-factor');
  });

  it('are pLDDT where mmCIF says so, also in the AlphaFold database', () => {
    assert.equal(kind(header({ qualityMetrics: ['pLDDT', 'pLDDT'] }), facts()), 'plddt');
  });

  it('are pLDDT in PDB files of the AlphaFold database and of ESMFold', () => {
    assert.equal(kind(header({ title: 'ALPHAFOLD MONOMER V2.0 PREDICTION FOR INSULIN (P01308)' }), facts()), 'plddt');
    assert.equal(kind(header({ title: 'ESMFOLD V1 PREDICTION FOR INPUT' }), facts({ min: 0.2, max: 0.97 })), 'plddt');
  });

  it('are pLDDT in files named by AlphaFold or ColabFold, if they look like it', () => {
    const names = [
      'ranked_0.pdb',
      'relaxed_model_1_pred_0.pdb',
      'unrelaxed_model_3_ptm.pdb',
      'AF-P01308-F1-model_v4.pdb',
      'x_unrelaxed_rank_001_alphafold2_ptm_model_1_seed_000.pdb',
    ];
    for (const fileName of names) {
      assert.equal(kind(header(), facts({ fileName })), 'plddt', fileName);
      assert.equal(kind(header(), facts({ fileName, uniformInResidues: false })), 'b-factor', fileName);
      assert.equal(kind(header(), facts({ fileName, min: 50, max: 50 })), 'b-factor', fileName);
    }
  });

  it('follow the result over the file', () => {
    assert.equal(kind(header(), facts(), { metric: 'estimated-ca-lddt' }), 'estimated-ca-lddt');
    assert.equal(
      kind(header({ qualityMetrics: ['pLDDT'] }), facts(), { metric: 'estimated-ca-lddt' }),
      'estimated-ca-lddt',
    );
  });

  it('are brought from 0–1 to 0–100', () => {
    const meaning = meaningOf(header(), facts({ min: 0.3, max: 0.95 }), { metric: 'plddt' });
    assert.equal(meaning.factor, 100);
    assert.equal(meaningOf(header(), facts(), { metric: 'plddt' }).factor, 1);
  });

  it('are never called confidence outside 0–100, and the reason is named', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -500, max: 500, noNaN: true }),
        fc.double({ min: -500, max: 500, noNaN: true }),
        (a, b) => {
          const [min, max] = a < b ? [a, b] : [b, a];
          const meaning = meaningOf(header(), facts({ min, max }), { metric: 'plddt' });
          if (min < 0 || max > 100) {
            assert.equal(meaning.kind, 'b-factor');
            assert.match(meaning.evidence, /pLDDT was expected/);
          } else {
            assert.equal(meaning.kind, 'confidence');
            assert.ok(max * meaning.factor <= 100);
          }
        },
      ),
    );
  });

  it('are no confidence in a file without residues', () => {
    const empty = facts({ min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY });
    assert.equal(kind(header({ qualityMetrics: ['pLDDT'] }), empty), 'b-factor');
  });
});
