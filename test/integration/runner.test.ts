// The real runner as a process, with the test engine as its child.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { resultSchema } from '../../backend/api/result.ts';
import { failureFileSchema, parseProgressLine, runnerStatusSchema } from '../../backend/api/runner.ts';
import { isRunning, MYOGLOBIN, RunnerJob, waitUntilGone } from '../support/runnerJob.ts';

describe('runner', function () {
  this.timeout(60_000);
  const jobs: RunnerJob[] = [];
  async function create(...args: Parameters<typeof RunnerJob.create>): Promise<RunnerJob> {
    const job = await RunnerJob.create(...args);
    jobs.push(job);
    return job;
  }
  afterEach(async () => {
    await Promise.all(jobs.splice(0).map((job) => job.dispose()));
  });

  async function status(job: RunnerJob) {
    return runnerStatusSchema.parse(await job.statusJson());
  }

  describe('that succeeds', () => {
    it('publishes a result whose files are what it says, and leaves nothing else behind', async () => {
      const job = await create('models=2');
      const { code, errors } = await job.run();
      assert.deepEqual({ code, errors }, { code: 0, errors: '' });
      const result = resultSchema.parse(await job.outputJson('result.json'));
      assert.equal(result.job_id, job.id);
      assert.equal(result.models.length, 2);
      assert.equal(result.provenance.attempt, 1);
      for (const file of result.files) {
        const body = await readFile(job.path('store/output', job.id, file.path));
        assert.equal(createHash('sha256').update(body).digest('hex'), file.sha256);
        assert.equal(body.length, file.size);
      }
      assert.deepEqual(await job.published(), [...result.files.map(({ path }) => path), 'result.json'].sort());
      assert.deepEqual(await job.leftovers(), []);
      const { exit_code, attempt, started_at, ended_at } = await status(job);
      assert.deepEqual({ exit_code, attempt }, { exit_code: 0, attempt: 1 });
      assert.ok(started_at <= ended_at);
    });

    it('publishes a real structure', async () => {
      const job = await create('');
      await job.run();
      const result = resultSchema.parse(await job.outputJson('result.json'));
      const pdb = await readFile(job.path('store/output', job.id, result.models[0]?.files.pdb ?? ''), 'utf8');
      const alphas = pdb
        .split('\n')
        .filter((line) => line.startsWith('ATOM') && line.slice(12, 16).trim() === 'CA')
        .map((line) => [30, 38, 46].map((start) => Number(line.slice(start, start + 8))));
      assert.equal(alphas.length, MYOGLOBIN.length);
      // Neighbouring alpha carbons of a trans peptide are 3.8 Å apart; a helix rises 1.5 Å a residue.
      const gap = (i: number, j: number) =>
        Math.hypot(...[0, 1, 2].map((k) => (alphas[i]?.[k] ?? 0) - (alphas[j]?.[k] ?? 0)));
      assert.ok(Math.abs(gap(10, 11) - 3.8) < 0.05, `${gap(10, 11)}`);
      assert.ok(Math.abs(gap(0, 100) / 100 - 1.5) < 0.1, `${gap(0, 100)}`);
    });

    it('publishes each file as soon as it is finished', async () => {
      const job = await create('models=600 ms=60000 steps=600');
      const runner = job.start();
      await runner.says(/published ranked_0\.pdb/);
      const published = await job.published();
      assert.match(published[0] ?? '', /^attempt-1-[0-9a-f]+\/ranked_0\.pdb$/);
      assert.ok(published.length < 600);
      runner.child.kill('SIGTERM');
      await runner.ended;
    });

    it('streams a log that survives whatever the engine writes', async () => {
      const job = await create('noise=1 lines=3 partial=1');
      const { code, output } = await job.run();
      assert.equal(code, 0);
      const lines = output.trimEnd().split('\n');
      for (const line of lines) {
        assert.ok(parseProgressLine(line) || /^\d{4}-\d\d-\d\dT[\d:.]+Z \S/.test(line), line.slice(0, 100));
        assert.ok(line.length < 4200);
      }
      assert.match(output, /Z line 2 – ångström\n/);
      assert.match(output, /Z red and bell\n/);
      assert.match(output, /Z €\n/);
      assert.match(output, /Z a line on stderr\n/);
      assert.deepEqual(
        (await job.published()).filter((file) => file.includes('unfinished')),
        [],
      );
    });

    it('reports progress that never goes back', async () => {
      const job = await create('backwards=1 steps=8');
      const { output } = await job.run();
      const fractions = output.split('\n').flatMap((line) => parseProgressLine(line)?.fraction ?? []);
      assert.ok(fractions.length >= 4);
      assert.deepEqual(
        fractions,
        fractions.toSorted((a, b) => a - b),
      );
      assert.equal(fractions.at(-1), 1);
    });

    it('goes on when nobody reads its output any more', async () => {
      const job = await create('ms=1500 lines=50');
      const runner = job.start();
      await runner.says(/engine \d+ works/);
      runner.child.stdout?.destroy();
      runner.child.stderr?.destroy();
      await runner.ended;
      assert.equal((await status(job)).exit_code, 0);
      resultSchema.parse(await job.outputJson('result.json'));
    });
  });

  describe('that fails', () => {
    it('passes the engine’s honest "cannot predict" on as exit code 3', async () => {
      const job = await create('exit=3 models=1');
      assert.equal((await job.run()).code, 3);
      const failure = failureFileSchema.parse(await job.outputJson('failure.json'));
      assert.equal(failure.code, 'no-template');
      assert.match(failure.message, /1ABC_A has probability 37 % and covers 41 %/);
      assert.deepEqual(await job.published(), ['failure.json']);
      assert.equal((await status(job)).exit_code, 3);
    });

    for (const told of ['crash=1', 'abort=1', 'exit=7', 'exit=143']) {
      it(`says why when the engine ends with ${told}`, async () => {
        const job = await create(told);
        assert.equal((await job.run()).code, 1);
        assert.equal(failureFileSchema.parse(await job.outputJson('failure.json')).code, 'engine-failed');
        await assert.rejects(job.outputJson('result.json'), { code: 'ENOENT' });
        assert.deepEqual(await job.leftovers(), []);
        assert.equal((await status(job)).exit_code, 1);
      });
    }

    it('does not run a sequence that is not the one ordered', async () => {
      const job = await create('');
      await writeFile(job.path('store/input', job.id, 'target.fasta'), '>other\nMKV\n');
      const { code, output } = await job.run();
      assert.equal(code, 1);
      assert.doesNotMatch(output, /engine \d+ works/);
      assert.equal(failureFileSchema.parse(await job.outputJson('failure.json')).code, 'input-changed');
    });

    it('names what it does not understand in an order', async () => {
      const job = await create('', { order: { engine: 'rosetta' as 'homology' } });
      assert.equal((await job.run()).code, 1);
      const failure = failureFileSchema.parse(await job.outputJson('failure.json'));
      assert.match(failure.message, /engine: /);
      assert.equal(failure.code, 'invalid-order');
    });

    it('says so when it has not got the engine', async () => {
      const job = await create('', { order: { engine: 'alphafold2' } });
      assert.equal((await job.run()).code, 1);
      assert.equal(failureFileSchema.parse(await job.outputJson('failure.json')).code, 'engine-missing');
    });

    it('makes no output for a job that is not there', async () => {
      const job = await create('');
      await writeFile(job.path('store/input', job.id, 'job.json'), '');
      const gone = job.uri.replace(job.id, 'gone');
      const { code, output } = await job.run({ args: ['--job', gone] });
      assert.equal(code, 1);
      assert.match(output, /The order input\/gone\/job\.json is missing/);
      await assert.rejects(readdir(job.path('store/output/gone')), { code: 'ENOENT' });
    });
  });

  describe('that is tried again', () => {
    it('replaces what a failed attempt left behind', async () => {
      const job = await create('failAttempts=1 models=1');
      assert.equal((await job.run({ attempt: 1 })).code, 1);
      assert.ok((await job.published()).includes('failure.json'));
      assert.equal((await job.run({ attempt: 2 })).code, 0);
      const result = resultSchema.parse(await job.outputJson('result.json'));
      assert.equal(result.provenance.attempt, 2);
      assert.deepEqual(await job.published(), [...result.files.map(({ path }) => path), 'result.json'].sort());
    });

    it('does nothing when an earlier attempt has published the result', async () => {
      const job = await create('');
      await job.run({ attempt: 1 });
      const before = await readFile(job.path('store/output', job.id, 'result.json'));
      const { code, output } = await job.run({ attempt: 2 });
      assert.equal(code, 0);
      assert.doesNotMatch(output, /engine \d+ works/);
      assert.deepEqual(await readFile(job.path('store/output', job.id, 'result.json')), before);
    });

    it('has one result with files of one attempt when several run at once', async () => {
      const job = await create('ms=600 models=4');
      const ends = await Promise.all([1, 1, 2, 3].map((attempt) => job.run({ attempt })));
      assert.deepEqual(
        ends.map(({ code }) => code),
        [0, 0, 0, 0],
      );
      const result = resultSchema.parse(await job.outputJson('result.json'));
      assert.equal(ends.filter(({ output }) => output.includes('The result was published.')).length, 1);
      assert.equal(new Set(result.files.map(({ path }) => path.split('/')[0])).size, 1);
      assert.deepEqual(await job.published(), [...result.files.map(({ path }) => path), 'result.json'].sort());
      assert.deepEqual(await job.leftovers(), []);
    });
  });

  describe('that is ended', () => {
    it('ends its engine and everything that it started on SIGTERM, and publishes no result', async () => {
      const job = await create('ms=60000 fork=2');
      const runner = job.start();
      const [, engine] = await runner.says(/engine (\d+) works/);
      await runner.says(/grandchild \d+\n(.*\n)*.*grandchild \d+\n/);
      const pids = [...runner.output().matchAll(/grandchild (\d+)/g)].map(([, pid]) => Number(pid));
      assert.equal(pids.length, 2);
      runner.child.kill('SIGTERM');
      const { code } = await runner.ended;
      assert.equal(code, 143);
      for (const pid of [Number(engine), ...pids]) await waitUntilGone(pid);
      assert.deepEqual(await job.published(), []);
      assert.deepEqual(await job.leftovers(), []);
      const { exit_code, reason } = await status(job);
      assert.deepEqual({ exit_code, reason }, { exit_code: 143, reason: 'The run was ended by SIGTERM.' });
    });

    it('kills an engine that takes no notice', async () => {
      const job = await create('ms=60000 ignoreSigterm=1');
      const runner = job.start();
      const [, engine] = await runner.says(/engine (\d+) works/);
      runner.child.kill('SIGTERM');
      await runner.says(/SIGTERM, so what/);
      assert.equal((await runner.ended).code, 143);
      await waitUntilGone(Number(engine));
    });

    it('takes its engine with it even when it is killed without a word', async () => {
      const job = await create('ms=60000 fork=1 ignoreSigterm=1');
      const runner = job.start();
      const [, engine] = await runner.says(/engine (\d+) works/);
      const [, grandchild] = await runner.says(/grandchild (\d+)/);
      assert.ok(await isRunning(Number(grandchild)));
      runner.child.kill('SIGKILL');
      for (const pid of [Number(engine), Number(grandchild)]) await waitUntilGone(pid);
    });

    it('does not wait for a process that has left the engine’s group', async () => {
      const job = await create('fork=1 setsid=1');
      const { code, output } = await job.run();
      process.kill(Number(/grandchild (\d+)/.exec(output)?.[1]), 'SIGKILL');
      assert.equal(code, 0);
    });
  });

  describe('with a command line that makes no sense', () => {
    it('shows its usage', async () => {
      const job = await create('');
      const { code, errors } = await job.run({ args: ['--stage', 'dream'] });
      assert.equal(code, 1);
      assert.match(errors, /--stage must be one of features, predict, not "dream"[\s\S]*Usage:/);
    });
  });
});
