import assert from 'node:assert/strict';
import type { JobOrder } from '../../backend/api/runner.ts';
import { containerCommand } from '../../container/engines/containerCommand.ts';
import {
  defaultLibraryFolder,
  driverRuntime,
  predictArguments,
  predictCommand,
} from '../../container/engines/homologyDriver.ts';

const PATHS = {
  fastaFile: '/data/runs/1/target.fasta',
  outFolder: '/data/runs/1/out',
  workFolder: '/data/runs/1/work',
  libraryFolder: '/home/ada/.cache/foldpad/library',
};

function order(parameters: Partial<JobOrder['parameters']> = {}): JobOrder {
  return {
    schema: 1,
    id: '1',
    name: 'x',
    engine: 'homology',
    fasta: 'target.fasta',
    fasta_sha256: '0'.repeat(64),
    parameters: {
      db_preset: 'full_dbs',
      model_preset: 'monomer',
      model_names: ['model_1'],
      max_template_date: '2020-05-14',
      gpu: 1,
      models_to_relax: 'best',
      num_multimer_predictions_per_model: 5,
      exclude_templates: [],
      ...parameters,
    },
  };
}

describe('command line of the homology engine', () => {
  it('names the files, and only what the order asks for', () => {
    assert.deepEqual(predictArguments(order(), PATHS, 2), [
      'predict',
      '--fasta=/data/runs/1/target.fasta',
      '--out=/data/runs/1/out',
      '--work=/data/runs/1/work',
      '--library=/home/ada/.cache/foldpad/library',
      '--threads=2',
    ]);
  });

  it('passes excluded templates, highest identity and seed on', () => {
    const parameters = { exclude_templates: ['1CRN', '4HHB'], max_template_identity: 0.95, random_seed: 0 };
    assert.deepEqual(predictArguments(order(parameters), PATHS, 2).slice(-3), [
      '--exclude-templates=1CRN,4HHB',
      '--max-identity=0.95',
      '--seed=0',
    ]);
  });

  it('hides the user’s own Python settings from Debian’s Python', () => {
    const env = {
      HOME: '/home/ada',
      PATH: '/opt/conda/bin',
      PYTHONPATH: '/x',
      VIRTUAL_ENV: '/v',
      FOLDPAD_KEY: 'secret',
    };
    const command = predictCommand(driverRuntime(env), order(), PATHS, 2, env, { name: 'foldpad-1' });
    assert.equal(command.file, '/usr/bin/python3');
    assert.match(command.args[0] ?? '', /container\/homology\/main\.py$/);
    assert.deepEqual(Object.keys(command.env ?? {}).sort(), [
      'HOME',
      'PATH',
      'PYTHONIOENCODING',
      'PYTHONNOUSERSITE',
      'PYTHONUNBUFFERED',
    ]);
    assert.doesNotMatch(command.env?.PATH ?? '', /conda/);
  });

  it('takes another Python when told to', () => {
    assert.deepEqual(
      { ...driverRuntime({ FOLDPAD_PYTHON: '/opt/py' }), driver: '' },
      {
        kind: 'native',
        python: '/opt/py',
        driver: '',
      },
    );
  });

  it('refuses a runtime that it does not know', () => {
    assert.throws(
      () => driverRuntime({ FOLDPAD_ENGINE_RUNTIME: 'dcoker' }),
      /"dcoker"; set it to native, docker or podman/,
    );
  });

  it('keeps the library in the cache folder unless told otherwise', () => {
    assert.equal(defaultLibraryFolder({ XDG_CACHE_HOME: '/c' }), '/c/foldpad/library');
    assert.equal(defaultLibraryFolder({ XDG_CACHE_HOME: '/c', FOLDPAD_LIBRARY: '/l' }), '/l');
  });
});

describe('containerCommand', () => {
  const env = { FOLDPAD_ENGINE_RUNTIME: 'docker' };

  it('runs a prediction without network and with nothing writable but its own folders', () => {
    const identity = { name: 'foldpad-1', user: { uid: 1000, gid: 1001 } };
    const command = predictCommand(driverRuntime(env), order(), PATHS, 3, env, identity);
    assert.equal(command.file, 'docker');
    assert.deepEqual(command.args, [
      ...['run', '--rm', '--init', '--name', 'foldpad-1', '--pull=never', '--network=none', '--read-only'],
      ...['--tmpfs=/tmp', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--security-opt=label=disable'],
      ...['--user=1000:1001', '--env=HOME=/tmp'],
      '--mount=type=bind,source=/data/runs/1/target.fasta,target=/input/target.fasta,readonly',
      '--mount=type=bind,source=/data/runs/1/out,target=/output',
      '--mount=type=bind,source=/data/runs/1/work,target=/scratch',
      '--mount=type=bind,source=/home/ada/.cache/foldpad/library,target=/library',
      'foldpad-homology',
      ...['predict', '--fasta=/input/target.fasta', '--out=/output', '--work=/scratch', '--library=/library'],
      '--threads=3',
    ]);
  });

  it('removes the container should its client be killed', () => {
    const command = containerCommand({ runtime: 'podman', image: 'i', name: 'n', mounts: [], args: [] });
    assert.deepEqual(command.release, { file: 'podman', args: ['rm', '--force', 'n'] });
  });

  it('keeps the user’s ids in Podman without root, and needs nothing for root', () => {
    const args = (uid: number) =>
      containerCommand({ runtime: 'podman', image: 'i', name: 'n', user: { uid, gid: uid }, mounts: [], args: [] })
        .args;
    assert.ok(args(1000).includes('--userns=keep-id'));
    assert.ok(!args(0).includes('--userns=keep-id'));
  });

  it('leaves ids out where the system has none', () => {
    const { args } = containerCommand({ runtime: 'docker', image: 'i', name: 'n', mounts: [], args: [] });
    assert.ok(!args.some((argument) => argument.startsWith('--user')));
  });

  it('quotes folders with commas and quotes as CSV', () => {
    const mounts = [{ source: '/a, "b"/c d', target: '/t', readOnly: true }];
    const { args } = containerCommand({ runtime: 'docker', image: 'i', name: 'n', mounts, args: [] });
    assert.ok(args.includes('--mount=type=bind,"source=/a, ""b""/c d",target=/t,readonly'));
  });
});
