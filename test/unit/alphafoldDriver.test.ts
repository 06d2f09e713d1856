import assert from 'node:assert/strict';
import type { JobOrder } from '../../backend/api/runner.ts';
import {
  AlphafoldSettingError,
  driverCommand,
  driverSettings,
  predictArguments,
  seedOf,
  targetArguments,
} from '../../container/engines/alphafoldDriver.ts';

const order = (parameters: Partial<JobOrder['parameters']> = {}, id = 'job-1'): JobOrder => ({
  schema: 1,
  id,
  name: 'x',
  engine: 'alphafold2',
  fasta: 'target.fasta',
  fasta_sha256: '0'.repeat(64),
  parameters: {
    db_preset: 'full_dbs',
    model_preset: 'multimer',
    model_names: ['model_1', 'model_3'],
    max_template_date: '2020-05-14',
    gpu: 1,
    models_to_relax: 'best',
    num_multimer_predictions_per_model: 2,
    exclude_templates: [],
    ...parameters,
  },
});
const paths = { features: '/w/features.pkl', out: '/out', earlier: ['/w/earlier-0', '/w/earlier-1'] };

describe('AlphaFold driver, how it is started', () => {
  it('computes on a GPU unless a CPU is asked for in so many words', () => {
    assert.equal(driverSettings({}).device, 'gpu');
    assert.equal(driverSettings({ FOLDPAD_ALPHAFOLD_DEVICE: 'cpu' }).device, 'cpu');
    assert.throws(() => driverSettings({ FOLDPAD_ALPHAFOLD_DEVICE: 'tpu' }), AlphafoldSettingError);
  });

  it('takes the databases from the environment, else from the runner, and the parameters from below them', () => {
    assert.equal(driverSettings({}).data, undefined);
    assert.equal(driverSettings({}).parameters, undefined);
    assert.equal(driverSettings({}, '/library').parameters, '/library/params');
    const settings = driverSettings(
      { FOLDPAD_DATABASES: '/databases', FOLDPAD_ALPHAFOLD_PARAMETERS: '/p' },
      '/library',
    );
    assert.deepEqual([settings.data, settings.parameters], ['/databases', '/p']);
  });

  it('gives every attempt of a job the same seed, and jobs that name none different ones', () => {
    assert.equal(seedOf(order({ random_seed: 0 })), 0);
    assert.equal(seedOf(order()), seedOf(order()));
    const seeds = Array.from({ length: 200 }, (_, index) => seedOf(order({}, `job-${index}`)));
    assert.ok(new Set(seeds).size > 195);
    // Upstream multiplies by the number of predictions (25 by default), and JAX takes 32 bits.
    assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed * 256 < 2 ** 31));
  });

  it('hands on what was ordered', () => {
    const args = predictArguments(order({ stop_at_confidence: 85, random_seed: 7 }), driverSettings({}, '/d'), paths);
    for (const wanted of [
      '--models=model_1,model_3',
      '--model-preset=multimer',
      '--predictions-per-model=2',
      '--seed=7',
      '--relax=best',
      '--device=gpu',
      '--stop-at-confidence=85',
      '--earlier=/w/earlier-0',
      '--earlier=/w/earlier-1',
      '--params=/d/params',
    ]) {
      assert.ok(args.includes(wanted), wanted);
    }
    const target = targetArguments(
      order({ exclude_templates: ['1ABC'], max_template_identity: 0.3 }),
      '/t.fasta',
      '/d',
    );
    assert.ok(target.includes('--exclude-templates=1ABC'));
    assert.ok(target.includes('--max-identity=0.3'));
  });

  it('never asks for random parameters, whatever the environment says', () => {
    const env = { FOLDPAD_RANDOM_PARAMETERS: '/x', RANDOM_PARAMETERS: '1', FOLDPAD_DATABASES: '/d' };
    assert.ok(!predictArguments(order(), driverSettings(env), paths).some((arg) => arg.includes('random-parameters')));
  });

  it('tells AlphaFold’s programs no secrets, and where to put what they leave behind', () => {
    const env = { PATH: '/bin', XLA_FLAGS: '--x', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'r', FOLDPAD_KEY: 'k' };
    const command = driverCommand(driverSettings(env), ['plan'], env, '/scratch/w');
    assert.equal(command.env?.TMPDIR, '/scratch/w');
    assert.equal(command.env?.XLA_FLAGS, '--x');
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'FOLDPAD_KEY'])
      assert.ok(!(name in (command.env ?? {})));
  });
});
