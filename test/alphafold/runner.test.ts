// The real runner with the AlphaFold engine: AlphaFold's own code, real searches, a short network of random parameters.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { resultSchema } from '../../backend/api/result.ts';
import { failureFileSchema, type JobOrder, withoutAttemptFolder } from '../../backend/api/runner.ts';
import { pythonProgram } from '../../scripts/setup/python.ts';
import { findMarked } from '../support/leftovers.ts';
import { MYOGLOBIN, RunnerJob, type RunningRunner } from '../support/runnerJob.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const HERE = import.meta.dirname;
const TEST_RUNNER = path.resolve(HERE, '../support/alphafoldTestRunner.ts');
const RUNNER = path.resolve(HERE, '../../container/runner/main.ts');
const PYTHON = process.env.FOLDPAD_ALPHAFOLD_PYTHON ?? pythonProgram('alphafold', 'python');
/** Shared with the tests in Python, see support.py. */
const COMPILED = path.resolve(HERE, '../../.cache/alphafold-compiled');
/** What an attempt took, and who made it, differ from attempt to attempt. */
const DIFFERS = /^(timings\.json|done_.*\.json)$/;

describe('runner with the AlphaFold engine', function () {
  this.timeout(600_000);
  const { folder, remove } = temporaryFolder();
  const data = path.join(folder, 'databases');
  const jobs: RunnerJob[] = [];
  /** Its features are there; see `predicted` for the rest. */
  let first: RunnerJob;
  let prediction: Promise<string> | undefined;

  before(async () => {
    await promisify(execFile)(PYTHON, [path.join(HERE, 'tiny_databases.py'), data]);
    first = await create();
    await succeed(first, 'features');
  });
  after(async () => {
    await Promise.all(jobs.map((job) => job.dispose()));
    remove();
  });

  /** A job on 48 residues of myoglobin. `store`: take over what that job's store has in its cache. */
  async function create(parameters: Partial<JobOrder['parameters']> = {}, store?: RunnerJob): Promise<RunnerJob> {
    const job = await RunnerJob.create('sperm whale', {
      sequence: MYOGLOBIN.slice(0, 48),
      order: {
        engine: 'alphafold2',
        name: 'Myoglobin, its first helices',
        parameters: {
          db_preset: 'reduced_dbs',
          model_preset: 'monomer_ptm',
          model_names: ['model_3', 'model_4'],
          max_template_date: '2020-05-14',
          gpu: 1,
          models_to_relax: 'none',
          num_multimer_predictions_per_model: 5,
          random_seed: 3,
          exclude_templates: [],
          ...parameters,
        },
      },
    });
    jobs.push(job);
    if (store) await cp(store.path('store/features'), job.path('store/features'), { recursive: true });
    return job;
  }

  function start(
    job: RunnerJob,
    stage: 'features' | 'predict',
    options: { attempt?: number; runner?: string; uri?: string; env?: Record<string, string> } = {},
  ): RunningRunner {
    const { attempt = 1, runner = TEST_RUNNER, uri = job.uri, env = {} } = options;
    return job.start({
      attempt,
      runner,
      args: ['--stage', stage, '--job', uri],
      env: {
        FOLDPAD_ALPHAFOLD_PYTHON: PYTHON,
        FOLDPAD_DATABASES: data,
        FOLDPAD_ALPHAFOLD_DEVICE: 'cpu',
        FOLDPAD_COMPILATION_CACHE: COMPILED,
        JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: '0.3',
        XLA_FLAGS: '--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true',
        ...env,
      },
    });
  }

  async function succeed(...args: Parameters<typeof start>): Promise<string> {
    const { code, output, errors } = await start(...args).ended;
    assert.equal(code, 0, output + errors);
    return output;
  }

  /** What the runner said while it predicted the first job undisturbed, which it does once. */
  function predicted(): Promise<string> {
    prediction ??= succeed(first, 'predict');
    return prediction;
  }

  /** Published files by name, those of the attempt that is the result. */
  async function resultFiles(job: RunnerJob): Promise<Map<string, string>> {
    const result = resultSchema.parse(await job.outputJson('result.json'));
    const entries = result.files.map(({ path: file, sha256 }) => [withoutAttemptFolder(file), sha256] as const);
    return new Map(entries.filter(([name]) => !DIFFERS.test(name)));
  }

  const features = async (job: RunnerJob): Promise<{ key: string; sha256: string }> =>
    (await job.outputJson('features.json')) as { key: string; sha256: string };

  it('publishes no result after the first stage, but where the features are', async () => {
    const job = await create({}, first);
    await succeed(job, 'features');
    assert.deepEqual(await job.published(), ['features.json']);
    assert.deepEqual(await job.leftovers(), []);
  });

  it('goes from FASTA to ranked structures, errors and a result in two stages', async () => {
    const output = await predicted();
    const result = resultSchema.parse(await first.outputJson('result.json'));
    assert.equal(result.engine, 'alphafold2');
    assert.equal(result.confidence_metric, 'pLDDT');
    assert.match(result.method, /RANDOM PARAMETERS/);
    assert.equal(result.provenance.seed, 3);
    assert.deepEqual(result.models.map(({ name }) => name).sort(), ['model_3_ptm_pred_0', 'model_4_ptm_pred_0']);
    assert.ok(result.provenance.databases.some(({ name }) => name === 'uniref90'));
    for (const { path: file, sha256, size } of result.files) {
      const body = await readFile(first.path('store/output', first.id, file));
      assert.deepEqual([createHash('sha256').update(body).digest('hex'), body.length], [sha256, size], file);
    }
    const names = result.files.map(({ path: file }) => withoutAttemptFolder(file));
    for (const name of ['ranked_0.pdb', 'ranked_1.cif', 'ranking_debug.json', 'timings.json']) {
      assert.ok(names.includes(name), name);
    }
    for (const { files } of result.models) assert.ok(files.pae && files.confidence && files.cif);
    const pdb = await readFile(first.path('store/output', first.id, result.models[0]?.files.pdb ?? ''), 'utf8');
    assert.equal(pdb.split('\n').filter((line) => /^ATOM .{8}CA /.test(line)).length, 48);
    assert.match(pdb, /NOT A PREDICTION OF ANYTHING/);
    assert.match(output, /"step":"published","fraction":1/);
    assert.deepEqual(await first.leftovers(), []);
  });

  it('searches nothing again for the same chain, whatever the preset', async () => {
    const job = await create({ model_preset: 'monomer', random_seed: 9 }, first);
    assert.match(await succeed(job, 'features'), /The features were in the cache/);
    assert.deepEqual(await features(job), await features(first));
  });

  it('makes damaged features again, from the searches that are whole', async () => {
    const job = await create({}, first);
    const { key, sha256 } = await features(first);
    await truncate(job.path('store/features', key, 'features.pkl'), 1000);
    const output = await succeed(job, 'features');
    assert.match(output, /4 of 4 searches are in the cache/);
    assert.equal((await features(job)).key, key);
    const body = await readFile(job.path('store/features', key, 'features.pkl'));
    assert.equal(createHash('sha256').update(body).digest('hex'), (await features(job)).sha256);
    assert.equal((await features(job)).sha256, sha256);
  });

  it('goes on after a kill between two models and leaves the files of an undisturbed run', async () => {
    await predicted();
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const job = await create({}, first);
      await succeed(job, 'features');
      const runner = start(job, 'predict');
      // All files of the model count, and they are published in any order.
      const model = 'model_3_ptm_pred_0';
      const named = ['confidence', 'done', 'pae', 'result'].map((kind) => `${kind}_${model}\\.`);
      const files = [...named, `unrelaxed_${model}\\.pdb`, `unrelaxed_${model}\\.cif`];
      await runner.says(new RegExp(`^${files.map((file) => `(?=[\\s\\S]*published ${file})`).join('')}`));
      runner.child.kill(signal);
      const { code } = await runner.ended;
      assert.equal(code, signal === 'SIGTERM' ? 143 : null);
      await assert.rejects(job.outputJson('result.json'), { code: 'ENOENT' });
      const output = await succeed(job, 'predict', { attempt: 2 });
      assert.match(output, /model_3_ptm_pred_0 was predicted by an earlier attempt/);
      assert.deepEqual(await resultFiles(job), await resultFiles(first));
      const published = await job.published();
      assert.equal(
        new Set(published.filter((file) => file.startsWith('attempt-')).map((file) => file.split('/')[0])).size,
        1,
      );
    }
  });

  it('searches once for two jobs that come at the same time', async () => {
    const job = await create();
    const other = await create({ random_seed: 4 });
    await cp(other.path('store/input', other.id), job.path('store/input', other.id), { recursive: true });
    const uri = job.uri.replace(job.id, other.id);
    const ends = await Promise.all([start(job, 'features').ended, start(job, 'features', { uri }).ended]);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
      ends.map(({ output, errors }) => output + errors).join(),
    );
    const outputs = ends.map(({ output }) => output);
    assert.equal(outputs.filter((output) => output.includes('The features are ready.')).length, 1);
    assert.equal(outputs.filter((output) => /Another job has made|were in the cache/.test(output)).length, 1);
    assert.equal(outputs.filter((output) => output.includes('Search uniref90:')).length, 1);
  });

  it('keeps the searches that were finished when it is ended in the middle of one', async () => {
    const programs = path.join(folder, 'programs');
    await mkdir(programs, { recursive: true });
    const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v hhsearch']);
    const open = path.join(folder, 'open');
    const script = `#!/bin/sh\n[ "$1" = -h ] && exec ${stdout.trim()} "$@"\nwhile [ ! -e '${open}' ]; do sleep 0.1; done\nexec ${stdout.trim()} "$@"\n`;
    await writeFile(path.join(programs, 'hhsearch'), script);
    await chmod(path.join(programs, 'hhsearch'), 0o755);
    const job = await create();
    const env = { PATH: `${programs}:${process.env.PATH}`, TZ: `Foldpad/${job.id}` };
    const runner = start(job, 'features', { env });
    const finished = async () => (await readdir(job.path('store/features/searches')).catch(() => [])).length;
    await runner.says(/Search small_bfd: /);
    while ((await finished()) < 3) await new Promise((resolve) => setTimeout(resolve, 50));
    runner.child.kill('SIGTERM');
    assert.equal((await runner.ended).code, 143);
    assert.deepEqual(findMarked('TZ', env.TZ), []);
    assert.deepEqual(await job.published(), []);
    await writeFile(open, '');
    const output = await succeed(job, 'features', { attempt: 2, env });
    assert.match(output, /3 of 4 searches are in the cache/);
    assert.equal((await features(job)).key, (await features(first)).key);
    assert.equal((await features(job)).sha256, (await features(first)).sha256);
  });

  describe('as it is shipped', () => {
    it('hands out nothing that was made with random parameters', async () => {
      const job = await create({ model_names: ['model_3'] }, first);
      await succeed(job, 'features', { runner: RUNNER });
      // A broken image: its Python slips the driver an argument that no setting of the runner leads to.
      const python = path.join(folder, 'python');
      const network = path.join(HERE, 'short_network.json');
      await writeFile(python, `#!/bin/sh\nexec '${PYTHON}' "$@" '--random-parameters=${network}'\n`);
      await chmod(python, 0o755);
      const env = { FOLDPAD_ALPHAFOLD_PYTHON: python };
      const { code, output } = await start(job, 'predict', { runner: RUNNER, env }).ended;
      assert.equal(code, 3, output);
      assert.equal(failureFileSchema.parse(await job.outputJson('failure.json')).code, 'random-parameters');
      assert.deepEqual(await job.published(), ['failure.json', 'features.json']);
    });

    it('says what is missing when there are no parameters, no features or no databases', async () => {
      const failure = async (job: RunnerJob) => failureFileSchema.parse(await job.outputJson('failure.json'));
      const job = await create({}, first);
      assert.equal((await start(job, 'predict', { runner: RUNNER }).ended).code, 1);
      assert.equal((await failure(job)).code, 'no-features');
      await succeed(job, 'features', { runner: RUNNER });
      assert.equal((await start(job, 'predict', { runner: RUNNER }).ended).code, 1);
      assert.match(
        (await failure(job)).message,
        /AlphaFold's parameters are missing: there is no .*params_model_3_ptm/,
      );
      const env = { FOLDPAD_DATABASES: path.join(folder, 'nowhere') };
      assert.equal((await start(job, 'features', { runner: RUNNER, env }).ended).code, 1);
      assert.match((await failure(job)).message, /Databases are missing below/);
    });

    it('does not take features that were changed in the cache', async () => {
      const job = await create({}, first);
      await succeed(job, 'features');
      const { key } = await features(job);
      // Another byte at the same size: only the checksum tells.
      const file = job.path('store/features', key, 'features.pkl');
      const bytes = await readFile(file);
      const middle = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
      await writeFile(file, bytes);
      assert.equal((await start(job, 'predict').ended).code, 1);
      assert.equal(failureFileSchema.parse(await job.outputJson('failure.json')).code, 'no-features');
    });
  });
});
