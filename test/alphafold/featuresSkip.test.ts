// A second job for a target that is in the cache: the core's plan, carried out by the real runner with AlphaFold's own code.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { changeMarkText, featuresHandoverSchema, featuresKeys } from '../../backend/api/featuresIndex.ts';
import type { Job } from '../../backend/api/job.ts';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { resultSchema } from '../../backend/api/result.ts';
import { jobKeys, withoutAttemptFolder } from '../../backend/api/runner.ts';
import type { CoreDeps } from '../../backend/core/deps.ts';
import type { RunSpec } from '../../backend/core/ports.ts';
import { submitJobs } from '../../backend/core/submit.ts';
import { trackRun } from '../../backend/core/track.ts';
import { processWork } from '../../backend/core/work.ts';
import { FileObjectStore } from '../../backend/local/fileObjectStore.ts';
import { pythonProgram } from '../../scripts/setup/python.ts';
import { ADA, type CoreWorld, coreWorld } from '../support/coreWorld.ts';
import { GPU_QUEUES } from '../support/manualScheduler.ts';
import { MYOGLOBIN } from '../support/runnerJob.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const HERE = import.meta.dirname;
const TEST_RUNNER = path.resolve(HERE, '../support/alphafoldTestRunner.ts');
const PYTHON = process.env.FOLDPAD_ALPHAFOLD_PYTHON ?? pythonProgram('alphafold', 'python');
/** Shared with the tests in Python, see support.py. */
const COMPILED = path.resolve(HERE, '../../.cache/alphafold-compiled');
/** What an attempt took, and who made it, differ from attempt to attempt. */
const DIFFERS = /^(timings\.json|done_.*\.json)$/;
const REQUEST = {
  fasta: 'Myoglobin, its first helices',
  sequence: `>target sperm whale\n${MYOGLOBIN.slice(0, 48)}\n`,
  que: 'p4',
  db_preset: 'reduced_dbs',
  model_preset: 'monomer_ptm',
  model_names: ['model_3'],
  models_to_relax: 'none',
  random_seed: 3,
};

describe('a job for a target that is in the cache', function () {
  this.timeout(600_000);
  const { folder, remove } = temporaryFolder();
  const data = path.join(folder, 'databases');
  const store = path.join(folder, 'store');
  const objects = new FileObjectStore(store);
  const programs: ReturnType<typeof spawn>[] = [];
  let world: CoreWorld;
  let deps: CoreDeps;
  let first: Job;

  before(async () => {
    await promisify(execFile)(PYTHON, [path.join(HERE, 'tiny_databases.py'), data]);
    world = coreWorld({ queues: GPU_QUEUES, policy: { backend: 'aws', featuresTrustSeconds: 3600 } });
    // What runs see, they see at the time of this machine.
    deps = { ...world.deps, objects, clock: { now: () => new Date().toISOString() } };
    first = await submit();
    assert.deepEqual(stages(first), ['features', 'predict']);
    first = await carryOut(first);
    assert.equal(first.status, 'SUCCEEDED', first.statusReason);
  });
  after(() => {
    for (const child of programs) if (child.exitCode === null) child.kill('SIGKILL');
    world?.close();
    remove();
  });

  const stages = ({ runs }: Job) => runs.map(({ stage }) => stage);
  const work = async () => {
    while ((await processWork(deps, { max: 10, waitSeconds: 0, visibilitySeconds: 60 })) > 0);
  };

  /** A job as dispatch leaves it. */
  async function submit(): Promise<Job> {
    const [job] = (await submitJobs(deps, ADA, parseJobRequests(REQUEST))).jobs;
    await work();
    return world.job(job?.id ?? '');
  }

  /** Does what a scheduler does: runs what was submitted, in order, and reports how it ended. @returns the job afterwards */
  async function carryOut({ id }: Job): Promise<Job> {
    for (;;) {
      await work();
      const { runs } = await world.job(id);
      const next = runs.find(({ status }) => status === 'SUBMITTED');
      const spec = world.scheduler.specs.get(next?.schedulerId ?? '');
      if (!next?.schedulerId || !spec) return world.job(id);
      const exitCode = await run(spec);
      const status = exitCode === 0 ? 'SUCCEEDED' : 'FAILED';
      await trackRun(deps, world.scheduler.move(next.schedulerId, { status, exitCode }));
      if (exitCode !== 0 && (await world.job(id)).status === 'FAILED') return world.job(id);
    }
  }

  function run({ jobUri, stage, runId }: RunSpec): Promise<number> {
    const options = ['--stage', stage, '--run', runId, '--work', path.join(folder, 'work'), '--threads', '2'];
    const child = spawn(process.execPath, [TEST_RUNNER, 'run', '--job', jobUri, ...options], {
      stdio: 'ignore',
      env: {
        ...process.env,
        FOLDPAD_ALPHAFOLD_PYTHON: PYTHON,
        FOLDPAD_DATABASES: data,
        FOLDPAD_ALPHAFOLD_DEVICE: 'cpu',
        FOLDPAD_COMPILATION_CACHE: COMPILED,
        JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: '0.3',
        XLA_FLAGS: '--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true',
      },
    });
    programs.push(child);
    return new Promise((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  }

  const json = async (key: string): Promise<unknown> => {
    const bytes = await objects.read(key);
    return JSON.parse(Buffer.from(bytes ?? assert.fail(`there is no ${key}`)).toString());
  };
  const handover = async ({ id }: Job) => featuresHandoverSchema.parse(await json(jobKeys.prepared(id)));

  /** Result files by name, with their SHA-256. */
  async function files({ id }: Job): Promise<Map<string, string>> {
    const result = resultSchema.parse(await json(jobKeys.result(id)));
    const entries = result.files.map(({ path: file, sha256 }) => [withoutAttemptFolder(file), sha256] as const);
    return new Map(entries.filter(([name]) => !DIFFERS.test(name)));
  }

  it('has one run, and the same structure', async () => {
    const job = await submit();
    assert.deepEqual(stages(job), ['predict']);
    assert.deepEqual(await handover(job), await handover(first));
    const done = await carryOut(job);
    assert.equal(done.status, 'SUCCEEDED', done.statusReason);
    assert.equal(done.runs.length, 1);
    assert.deepEqual(await files(done), await files(first));
    assert.ok((await files(done)).has('ranked_0.pdb'));
  });

  it('makes features anew that were damaged in the cache, and does not fail', async () => {
    const job = await submit();
    const { key, sha256 } = await handover(job);
    await truncate(path.join(store, 'features', key, 'features.pkl'), 1000);
    const done = await carryOut(job);
    assert.equal(done.status, 'SUCCEEDED', done.statusReason);
    assert.deepEqual(
      done.runs.map(({ stage, status }) => `${stage} ${status}`),
      ['predict FAILED', 'features SUCCEEDED', 'predict SUCCEEDED'],
    );
    assert.match(done.warnings.join(), /gone or damaged/);
    assert.deepEqual(await handover(done), { schema: 1, key, sha256 });
    assert.deepEqual(await files(done), await files(first));
  });

  it('has two runs after the databases have changed, and one again when a run has seen the new ones', async () => {
    await writeFile(path.join(data, 'databases.json'), '{"mgnify": "2099_01"}');
    await objects.write(featuresKeys.changed, Buffer.from(changeMarkText('staged')));
    const job = await submit();
    assert.deepEqual(stages(job), ['features', 'predict']);
    const spec = world.scheduler.specs.get(job.runs[0]?.schedulerId ?? '') ?? assert.fail();
    assert.equal(await run(spec), 0);
    const made = await handover(job);
    assert.notEqual(made.key, (await handover(first)).key);
    const again = await submit();
    assert.deepEqual(stages(again), ['predict']);
    assert.deepEqual(await handover(again), made);
    // Somebody changes databases by hand and tells nobody: the next run that looks at them does.
    await rm(path.join(data, 'databases.json'));
    assert.equal(await run(spec), 0);
    assert.deepEqual(stages(await submit()), ['predict']);
    assert.deepEqual(await handover(job), await handover(first));
  });
});
