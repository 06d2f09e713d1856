import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { wireJobSchema } from '../../backend/api/wire.ts';
import { CliBench } from '../support/cliBench.ts';

describe('foldpad with jobs that were submitted', function () {
  this.timeout(180_000);
  let bench: CliBench;

  before(async () => {
    bench = await CliBench.start();
  });
  after(() => bench?.stop());
  afterEach(() => bench.clear());

  describe('list, show, logs', () => {
    it('lists full ids between tabs for programs, and by state', async () => {
      const [ended = ''] = await bench.submit('exit=3');
      await bench.foldpad(['logs', '-f', ended]);
      const [id = ''] = await bench.submit('ms=60000');
      const live = await bench.foldpad(['list', '--status', 'live']);
      assert.equal(live.stdout.split('\n')[0]?.split('\t')[0], id);
      const finished = await bench.foldpad(['list', '--status', 'SUCCEEDED,failed']);
      assert.match(finished.stdout, new RegExp(ended));
      assert.doesNotMatch(finished.stdout, new RegExp(id));
      assert.equal((await bench.foldpad(['list', '--limit', '1'])).stdout.trim().split('\n').length, 1);
    });

    it('shows a job by the beginning of its id', async () => {
      const [id = ''] = await bench.submit('ms=60000');
      const { code, stdout } = await bench.foldpad(['show', id.slice(0, 13)]);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`id +${id}`));
      const json = JSON.parse((await bench.foldpad(['show', id, '--json'])).stdout);
      assert.equal(wireJobSchema.parse(json.job).id, id);
    });

    it('says which ids are unknown, too short, or none', async () => {
      assert.match((await bench.foldpad(['show', 'ffffffff'])).stderr, /No job has an id that begins with "ffffffff"/);
      assert.equal((await bench.foldpad(['show', 'ab'])).code, 2);
      assert.equal((await bench.foldpad(['show', 'hello'])).code, 2);
    });

    it('prints a log, and follows it to the end', async () => {
      const [id = ''] = await bench.submit('lines=40 ms=1500');
      const followed = await bench.foldpad(['logs', '-f', id]);
      assert.equal(followed.code, 0);
      assert.equal([...followed.stdout.matchAll(/line \d+ – ångström/g)].length, 40);
      assert.match(followed.stdout, /The result was published\.\n$/);
      assert.equal((await bench.foldpad(['logs', id])).stdout, followed.stdout);
      const lines = (await bench.foldpad(['logs', id, '--json'])).stdout.trim().split('\n');
      assert.ok(lines.every((line) => JSON.parse(line).run_id));
    });
  });

  describe('results', () => {
    it('fetches what is missing or damaged, and only that', async () => {
      const [id = ''] = await bench.submit('models=2');
      await bench.foldpad(['logs', '-f', id]);
      assert.equal((await bench.foldpad(['results', id, '-o', bench.target()])).code, 0);
      writeFileSync(path.join(bench.target(), 'ranked_1.pdb'), 'damaged');
      const again = await bench.foldpad(['results', id, '-o', bench.target(), '--json']);
      assert.deepEqual(
        JSON.parse(again.stdout).files.map(({ path: name, skipped }: { path: string; skipped: boolean }) => [
          name,
          skipped,
        ]),
        [
          ['ranked_0.pdb', true],
          ['ranked_1.pdb', false],
        ],
      );
      assert.match(readFileSync(path.join(bench.target(), 'ranked_1.pdb'), 'utf8'), /^TITLE/);
    });

    it('does not mix the results of two jobs', async () => {
      const ids = await bench.submit('', '');
      for (const id of ids) await bench.foldpad(['logs', '-f', id]);
      const [first = '', second = ''] = ids;
      assert.equal((await bench.foldpad(['results', first, '-o', bench.target()])).code, 0);
      const { code, stderr } = await bench.foldpad(['results', second, '-o', bench.target()]);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`holds the result of job ${first}`));
    });

    it('says so when there is none', async () => {
      const [id = ''] = await bench.submit('ms=60000');
      const { code, stderr } = await bench.foldpad(['results', id, '-o', bench.target(), '--json']);
      assert.equal(code, 1);
      assert.equal(JSON.parse(stderr).error.kind, 'no-result');
    });
  });

  describe('cancel, delete', () => {
    it('cancels one and all, and deletes what has ended', async () => {
      const [one = '', two = ''] = await bench.submit('ms=60000', 'ms=60000');
      assert.match((await bench.foldpad(['cancel', one.slice(0, 12)])).stdout, new RegExp(`${one} +cancell`));
      assert.equal((await bench.foldpad(['delete', two])).code, 1, 'a live job is not deleted');
      assert.match((await bench.foldpad(['cancel', '--all'])).stdout, new RegExp(two));
      for (const id of [one, two]) await bench.foldpad(['logs', '-f', id]);
      const { code, stdout } = await bench.foldpad(['delete', one]);
      assert.equal(code, 0, stdout);
      const finished = await bench.foldpad(['delete', '--finished']);
      assert.equal(finished.code, 0, finished.stderr);
      assert.match(finished.stdout, new RegExp(two));
      // Their files go first; a job that stays in the list ends the test at its time limit.
      const isThere = ({ id }: { readonly id: string }): boolean => id === one || id === two;
      while ((await bench.server.client.list()).jobs.some(isThere)) await delay(50);
    });

    it('wants to know which', async () => {
      assert.equal((await bench.foldpad(['cancel'])).code, 2);
      assert.equal((await bench.foldpad(['delete', 'abcd', '--finished'])).code, 2);
    });
  });
});
