// The real runner with the real homology engine. The template library is built once, into the user's cache folder.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resultSchema } from '../../backend/api/result.ts';
import { failureFileSchema } from '../../backend/api/runner.ts';
import { defaultLibraryFolder } from '../../container/engines/homologyDriver.ts';
import { needsFitEngine } from '../support/homologyEngine.ts';
import { findMarked, type Leftover } from '../support/leftovers.ts';
import { MYOGLOBIN, RunnerJob } from '../support/runnerJob.ts';

const RUNNER = path.resolve(import.meta.dirname, '../../container/runner/main.ts');
const LIBRARY = defaultLibraryFolder(process.env);
/** Random residues in the proportions of Swiss-Prot: the sequence of `examples/de-novo.fasta`. */
const RANDOM =
  'MRTPQIIKSRASHPAHFDVWAALVGDGADHIDDDIEATLKDVTREFFVGSMELTTILACSGNLFMGHLSLGIAAFVLGNIVPLTDLVLIQLVASSTPSLLHATLDIIGELKKIADNLTSS';

describe('runner with the homology engine', function () {
  this.timeout(600_000);
  const jobs: RunnerJob[] = [];

  before(async function () {
    await needsFitEngine(this, LIBRARY);
  });
  afterEach(async () => {
    await Promise.all(jobs.splice(0).map((job) => job.dispose()));
  });

  async function create(...args: Parameters<typeof RunnerJob.create>): Promise<RunnerJob> {
    const job = await RunnerJob.create(...args);
    jobs.push(job);
    return job;
  }
  const start = (job: RunnerJob, env: Record<string, string> = {}) =>
    job.start({ runner: RUNNER, args: ['--library', LIBRARY], env });

  it('models human myoglobin on a template that is not excluded', async () => {
    const parameters = (await create('')).order.parameters;
    const job = await create('', { order: { parameters: { ...parameters, exclude_templates: ['1A6M'] } } });
    const { code, output, errors } = await start(job).ended;
    assert.equal(code, 0, output + errors);
    const result = resultSchema.parse(await job.outputJson('result.json'));
    const [best] = result.models;
    assert.ok(best?.template);
    assert.equal(result.confidence_metric, 'estimated CA-lDDT');
    assert.ok(!best.template.id.startsWith('1A6M'));
    assert.ok(best.mean_confidence > 70, `${best.mean_confidence}`);
    assert.ok(best.residues_modelled > 0.9 * MYOGLOBIN.length);
    const pdb = await readFile(job.path('store/output', job.id, best.files.pdb), 'utf8');
    assert.match(pdb, new RegExp(best.template.id));
    assert.ok(pdb.split('\n').filter((line) => line.startsWith('ATOM')).length > 8 * best.residues_modelled * 0.8);
    assert.deepEqual(await job.leftovers(), []);
  });

  it('says what it found when no template is good enough', async () => {
    const job = await create('', { sequence: RANDOM });
    const { code, output, errors } = await start(job).ended;
    assert.equal(code, 3, output + errors);
    const failure = failureFileSchema.parse(await job.outputJson('failure.json'));
    assert.equal(failure.code, 'no-template');
    assert.match(failure.message, /best hit is \w{4}_\w+ with probability [\d.]+ %, coverage \d+%/);
    assert.deepEqual(await job.published(), ['failure.json']);
  });

  it('leaves no process of the engine behind when it is ended', async () => {
    const job = await create('');
    const runner = start(job, { TZ: `Foldpad/${job.id}` });
    await runner.says(/"step":"(search|library)"/);
    // The runner and its watchdog bear the mark too.
    const isEngine = ({ pid, command }: Leftover): boolean =>
      pid !== runner.child.pid && !command.includes('foldpad-watchdog');
    const engines = () => findMarked('TZ', `Foldpad/${job.id}`).filter(isEngine);
    while (engines().length === 0) await delay(20);
    runner.child.kill('SIGTERM');
    assert.equal((await runner.ended).code, 143);
    assert.deepEqual(findMarked('TZ', `Foldpad/${job.id}`), []);
    assert.deepEqual(await job.published(), []);
  });
});
