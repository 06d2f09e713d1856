import assert from 'node:assert/strict';
import fc from 'fast-check';
import { databaseSetOf, type FeaturesParameters, featuresTarget } from '../../backend/api/featuresIndex.ts';
import { DB_PRESETS, MODEL_PRESETS } from '../../backend/api/job.ts';

const parameters: fc.Arbitrary<FeaturesParameters> = fc.record(
  {
    dbPreset: fc.constantFrom(...DB_PRESETS),
    modelPreset: fc.constantFrom(...MODEL_PRESETS),
    maxTemplateDate: fc.constantFrom('2020-05-14', '2022-01-01'),
    excludeTemplates: fc.uniqueArray(fc.constantFrom('1ABC', '2XYZ', '3DEF'), { maxLength: 2 }),
    maxTemplateIdentity: fc.constantFrom(0.5, 1),
  },
  { requiredKeys: ['dbPreset', 'modelPreset', 'maxTemplateDate', 'excludeTemplates'] },
);
const fasta = fc.constantFrom('a'.repeat(64), 'b'.repeat(64));

/** What the driver makes the target's part of its key of; see `features_key` in features.py. */
function keyPart(sha256: string, p: FeaturesParameters): string {
  const entries = [...p.excludeTemplates].sort();
  const isMultimer = p.modelPreset === 'multimer';
  return JSON.stringify([sha256, isMultimer, p.dbPreset, p.maxTemplateDate, entries, p.maxTemplateIdentity ?? 1]);
}

describe('the index of the features cache', () => {
  it('tells targets apart exactly where their features differ', async () => {
    await fc.assert(
      fc.asyncProperty(fasta, parameters, fasta, parameters, async (a, first, b, second) => {
        const isSame = (await featuresTarget(a, first)) === (await featuresTarget(b, second));
        assert.equal(isSame, keyPart(a, first) === keyPart(b, second));
      }),
      { numRuns: 500 },
    );
  });

  it('knows an excluded entry however it is written', async () => {
    const base = { dbPreset: 'full_dbs', modelPreset: 'monomer', maxTemplateDate: '2020-05-14' } as const;
    const digest = (excludeTemplates: readonly string[]) =>
      featuresTarget('a'.repeat(64), { ...base, excludeTemplates });
    assert.equal(await digest(['1abc_A', '2XYZ']), await digest(['2XYZ', '1ABC', '1ABC']));
  });

  it('has one set of databases for all monomer presets', () => {
    const base = { dbPreset: 'reduced_dbs', maxTemplateDate: '2020-05-14', excludeTemplates: [] } as const;
    const sets = MODEL_PRESETS.map((modelPreset) => databaseSetOf({ ...base, modelPreset }));
    assert.deepEqual([...new Set(sets)], ['reduced_dbs-monomer', 'reduced_dbs-multimer']);
  });
});
