// What `npm test` learns from a run of mocha: every test, with the whole error, also when the process ends in between.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';
import { readResults } from '../../scripts/test/results.ts';

const RUNNER = path.join(ROOT, 'scripts', 'test', 'mochaRunner.ts');

describe('results of mocha tests', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'foldpad-mocha-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function run(source: string, ...args: string[]) {
    const file = path.join(folder, 'some.test.ts');
    const results = path.join(folder, 'results.jsonl');
    await writeFile(file, source);
    const { code, output } = await runCommand(process.execPath, [RUNNER, '--results', results, ...args, file]);
    return { code, output, ...readResults(results) };
  }

  it('are one record for each, with error and cause', async () => {
    const { code, records, ended } = await run(`
      describe('sums', () => {
        it('add up', () => {});
        it('fail', () => { throw new Error('too much', { cause: new RangeError('by one') }); });
        it('wait', function () { this.skip(); });
      });`);
    assert.equal(code, 1);
    assert.equal(ended, true);
    assert.deepEqual(
      records.map(({ title, state }) => `${title}: ${state}`),
      ['sums add up: passed', 'sums fail: failed', 'sums wait: skipped'],
    );
    assert.match(records[1]?.error ?? '', /^Error: too much\n[\s\S]+Caused by: RangeError: by one\n/);
  });

  it('are all there is when a title is asked for', async () => {
    const { code, records } = await run("it('one', () => {}); it('two', () => {});", '--grep', 'two');
    assert.equal(code, 0);
    assert.deepEqual(records, [{ title: 'two', state: 'passed' }]);
  });

  it('name the test during which the process ended', async () => {
    const { code, records, ended, interrupted } = await run("it('one', () => {}); it('two', () => process.exit(0));");
    assert.equal(code, 0);
    assert.deepEqual(records, [{ title: 'one', state: 'passed' }]);
    assert.deepEqual({ ended, interrupted }, { ended: false, interrupted: 'two' });
  });

  it('are none when a file cannot be loaded', async () => {
    const { code, output, records, ended } = await run("import './nowhere.ts';");
    assert.notEqual(code, 0);
    assert.match(output, /nowhere\.ts/);
    assert.deepEqual({ records, ended }, { records: [], ended: false });
  });
});
