import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { resultSchema } from '../../backend/api/result.ts';
import { wireJobSchema } from '../../backend/api/wire.ts';
import { CliBench } from '../support/cliBench.ts';
import { CliProcess } from '../support/cliProcess.ts';
import { MYOGLOBIN } from '../support/runnerJob.ts';
import { ServerProcess } from '../support/serverProcess.ts';

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/;

describe('foldpad predict', function () {
  this.timeout(180_000);
  let bench: CliBench;

  before(async () => {
    bench = await CliBench.start();
  });
  after(() => bench?.stop());
  afterEach(() => bench.clear());

  it('waits, saves what was predicted, and ends with 0', async () => {
    const { code, stdout, stderr } = await bench.foldpad(['predict', bench.fasta('models=2'), '-o', bench.target()]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^[0-9a-f-]{36} {2}p1 {2}SUCCEEDED {2}estimated CA-lDDT 90\.0\n/);
    const saved = resultSchema.parse(JSON.parse(readFileSync(path.join(bench.target(), 'result.json'), 'utf8')));
    assert.deepEqual(readdirSync(bench.target()).sort(), ['ranked_0.pdb', 'ranked_1.pdb', 'result.json']);
    for (const file of saved.files) {
      const body = readFileSync(path.join(bench.target(), file.path));
      assert.equal(createHash('sha256').update(body).digest('hex'), file.sha256);
    }
    assert.equal(saved.models[0]?.files.pdb, 'ranked_0.pdb');
  });

  it('writes plain lines into a pipe: no colours, no moving cursor', async () => {
    const { stdout, stderr } = await bench.foldpad(['predict', bench.fasta('ms=1200')]);
    for (const sign of ['\u001b', '\r']) assert.ok(!(stdout + stderr).includes(sign));
    assert.match(stderr, /submitted [0-9a-f-]{36} p1\n[\s\S]*p1: RUNNING[\s\S]*p1: SUCCEEDED\n/);
  });

  it('reads standard input, also compressed, and with --no-wait prints the id and nothing else', async () => {
    const input = gzipSync(readFileSync(bench.fasta('')));
    const { code, stdout } = await bench.foldpad(['predict', '-', '--no-wait', '--name', 'from a pipe'], { input });
    assert.equal(code, 0);
    assert.match(stdout, /^[0-9a-f-]{36}\n$/);
    assert.equal((await bench.server.client.get(stdout.trim())).job.name, 'from a pipe');
  });

  it('makes each record a job of its own, says so, and saves each into its own folder', async () => {
    const { code, stderr } = await bench.foldpad(['predict', bench.fasta('', 'exit=1'), '-o', bench.target()]);
    assert.equal(code, 4, 'some of several failed');
    assert.match(stderr, /2 records, each becomes a job of its own; --multimer makes one complex of them/);
    assert.deepEqual(readdirSync(bench.target()), ['p1']);
    assert.deepEqual(readdirSync(path.join(bench.target(), 'p1')).sort(), ['ranked_0.pdb', 'result.json']);
  });

  it('ends with 3 when the engine cannot predict, and says what it found', async () => {
    const { code, stdout } = await bench.foldpad(['predict', bench.fasta('exit=3')]);
    assert.equal(code, 3);
    assert.match(stdout, /FAILED\n {2}No template was found: the best hit 1ABC_A has probability 37 %/);
  });

  it('shows mistakes with file, line and column, and submits nothing', async () => {
    const before = (await bench.server.client.list({ limit: 1000 })).jobs.length;
    const good = bench.fasta('');
    const bad = path.join(bench.folder, 'bad.fasta');
    writeFileSync(bad, `>x\n${MYOGLOBIN.slice(0, 40)}\nMK1V\n`);
    const { code, stderr } = await bench.foldpad(['predict', good, bad, '--no-wait']);
    assert.equal(code, 1);
    assert.match(stderr, /bad\.fasta:3:3: error: "1" is not an amino acid letter/);
    assert.match(stderr, /Nothing was submitted/);
    assert.equal((await bench.server.client.list({ limit: 1000 })).jobs.length, before);
  });

  it('refuses a complex, which this engine cannot predict, with what to do', async () => {
    const { code, stderr } = await bench.foldpad(['predict', bench.fasta('', ''), '--multimer', '--no-wait']);
    assert.equal(code, 1);
    assert.match(stderr, /models single chains, not complexes/);
  });

  it('leaves the job alone when waiting is interrupted, and says how to go on', async () => {
    const cli = new CliProcess(['--data', bench.data, 'predict', bench.fasta('ms=60000')]);
    const [id = ''] = await cli.says('stderr', ID);
    await cli.says('stderr', /RUNNING/);
    cli.child.kill('SIGINT');
    const { code, stderr } = await cli.ended;
    assert.equal(code, 130);
    assert.match(
      stderr,
      new RegExp(`The job goes on\\. Look: foldpad show ${id.slice(0, 8)}\\. End it: foldpad cancel`),
    );
    assert.equal((await bench.server.client.get(id)).job.status, 'RUNNING');
  });

  it('answers with one JSON document', async () => {
    const { code, stdout } = await bench.foldpad([
      'predict',
      bench.fasta('', 'exit=3'),
      '--json',
      '-o',
      bench.target(),
    ]);
    assert.equal(code, 4);
    const { jobs } = JSON.parse(stdout);
    assert.deepEqual(
      jobs.map((job: unknown) => wireJobSchema.parse(job).job_status),
      ['SUCCEEDED', 'FAILED'],
    );
    assert.equal(jobs[0].saved.files[0].path, 'ranked_0.pdb');
    assert.equal(jobs[1].saved, undefined);
  });

  it('goes on waiting when the backend is killed: starts another one, which takes the job over', async () => {
    const own = path.join(bench.folder, 'killed');
    const first = await ServerProcess.start(own);
    const cli = new CliProcess(['--data', own, 'predict', bench.fasta('ms=8000'), '-o', bench.target()]);
    await cli.says('stderr', /RUNNING – \d/);
    await first.signal('SIGKILL');
    const { code, stdout, stderr } = await cli.ended;
    process.kill(JSON.parse(readFileSync(path.join(own, 'server.json'), 'utf8')).pid, 'SIGTERM');
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /does not answer; trying again\. The jobs are not lost\.\n(.*\n)*Starting the local backend/);
    assert.deepEqual(readdirSync(bench.target()).sort(), ['ranked_0.pdb', 'result.json']);
  });
});
