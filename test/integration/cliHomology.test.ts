// From a FASTA file to a structure with the real backend, the real runner and the real engine, all found by `foldpad`.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { resultSchema } from '../../backend/api/result.ts';
import { runCliProcess } from '../support/cliProcess.ts';
import { needsFitEngine } from '../support/homologyEngine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples');

describe('foldpad with the homology engine', function () {
  this.timeout(900_000);
  const { folder, remove } = temporaryFolder();
  const data = path.join(folder, 'data');

  before(async function () {
    await needsFitEngine(this);
  });
  after(() => {
    const file = path.join(data, 'server.json');
    if (existsSync(file)) process.kill(JSON.parse(readFileSync(file, 'utf8')).pid, 'SIGTERM');
    remove();
  });

  it('predicts ubiquitin and saves a model that says what made it', async () => {
    const target = path.join(folder, 'out');
    const args = ['--data', data, 'predict', path.join(EXAMPLES, 'ubiquitin.fasta'), '-o', target];
    const { code, stdout, stderr } = await runCliProcess(args);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /Starting the local backend/);
    assert.match(stdout, /SUCCEEDED {2}estimated CA-lDDT \d/);
    const result = resultSchema.parse(JSON.parse(readFileSync(path.join(target, 'result.json'), 'utf8')));
    const pdb = readFileSync(path.join(target, result.models[0]?.files.pdb ?? ''), 'utf8');
    assert.ok(pdb.split('\n').filter((line) => /^ATOM .{7} CA /.test(line)).length > 60);
    assert.match(pdb, /homology/i);
    assert.doesNotMatch(pdb, /^(?!.*not).*AlphaFold/im);
  });
});
