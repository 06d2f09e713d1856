// `foldpad` as users run it: a process, against the real local server whose runner has the test engine.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { resultSchema } from '../../backend/api/result.ts';
import { wireJobSchema } from '../../backend/api/wire.ts';
import { type CliOptions, CliProcess, runCliProcess } from '../support/cliProcess.ts';
import { MYOGLOBIN } from '../support/runnerJob.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/;

describe('foldpad', function () {
  this.timeout(180_000);
  const { folder, remove } = temporaryFolder();
  const data = path.join(folder, 'data');
  let server: ServerProcess;
  let files = 0;

  before(async () => {
    server = await ServerProcess.start(data, ['--slots', '2']);
  });
  after(async () => {
    await server.stop();
    remove();
  });
  afterEach(async () => {
    await server.client.cancelAll();
  });

  const foldpad = (args: readonly string[], options?: CliOptions) => runCliProcess(['--data', data, ...args], options);
  /** A FASTA file with one record for each line of what the test engine is told. */
  function fasta(...told: readonly string[]): string {
    files += 1;
    const file = path.join(folder, `target ${files}.fasta`);
    writeFileSync(file, told.map((words, i) => `>p${i + 1} ${words}\n${MYOGLOBIN}\n`).join(''));
    return file;
  }
  const target = () => path.join(folder, `out ${files}`);
  async function submit(...told: readonly string[]): Promise<string[]> {
    const { stdout, code, stderr } = await foldpad(['predict', fasta(...told), '--no-wait']);
    assert.equal(code, 0, stderr);
    return stdout.trim().split('\n');
  }

  describe('predict', () => {
    it('waits, saves what was predicted, and ends with 0', async () => {
      const { code, stdout, stderr } = await foldpad(['predict', fasta('models=2'), '-o', target()]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^[0-9a-f-]{36} {2}p1 {2}SUCCEEDED {2}estimated CA-lDDT 90\.0\n/);
      const saved = resultSchema.parse(JSON.parse(readFileSync(path.join(target(), 'result.json'), 'utf8')));
      assert.deepEqual(readdirSync(target()).sort(), ['ranked_0.pdb', 'ranked_1.pdb', 'result.json']);
      for (const file of saved.files) {
        const body = readFileSync(path.join(target(), file.path));
        assert.equal(createHash('sha256').update(body).digest('hex'), file.sha256);
      }
      assert.equal(saved.models[0]?.files.pdb, 'ranked_0.pdb');
    });

    it('writes plain lines into a pipe: no colours, no moving cursor', async () => {
      const { stdout, stderr } = await foldpad(['predict', fasta('ms=1200')]);
      for (const sign of ['\u001b', '\r']) assert.ok(!(stdout + stderr).includes(sign));
      assert.match(stderr, /submitted [0-9a-f-]{36} p1\n[\s\S]*p1: RUNNING[\s\S]*p1: SUCCEEDED\n/);
    });

    it('reads standard input, also compressed, and with --no-wait prints the id and nothing else', async () => {
      const input = gzipSync(readFileSync(fasta('')));
      const { code, stdout } = await foldpad(['predict', '-', '--no-wait', '--name', 'from a pipe'], { input });
      assert.equal(code, 0);
      assert.match(stdout, /^[0-9a-f-]{36}\n$/);
      assert.equal((await server.client.get(stdout.trim())).job.name, 'from a pipe');
    });

    it('makes each record a job of its own, says so, and saves each into its own folder', async () => {
      const { code, stderr } = await foldpad(['predict', fasta('', 'exit=1'), '-o', target()]);
      assert.equal(code, 4, 'some of several failed');
      assert.match(stderr, /2 records, each becomes a job of its own; --multimer makes one complex of them/);
      assert.deepEqual(readdirSync(target()), ['p1']);
      assert.deepEqual(readdirSync(path.join(target(), 'p1')).sort(), ['ranked_0.pdb', 'result.json']);
    });

    it('ends with 3 when the engine cannot predict, and says what it found', async () => {
      const { code, stdout } = await foldpad(['predict', fasta('exit=3')]);
      assert.equal(code, 3);
      assert.match(stdout, /FAILED\n {2}No template was found: the best hit 1ABC_A has probability 37 %/);
    });

    it('shows mistakes with file, line and column, and submits nothing', async () => {
      const before = (await server.client.list({ limit: 1000 })).jobs.length;
      const good = fasta('');
      const bad = path.join(folder, 'bad.fasta');
      writeFileSync(bad, `>x\n${MYOGLOBIN.slice(0, 40)}\nMK1V\n`);
      const { code, stderr } = await foldpad(['predict', good, bad, '--no-wait']);
      assert.equal(code, 1);
      assert.match(stderr, /bad\.fasta:3:3: error: "1" is not an amino acid letter/);
      assert.match(stderr, /Nothing was submitted/);
      assert.equal((await server.client.list({ limit: 1000 })).jobs.length, before);
    });

    it('refuses a complex, which this engine cannot predict, with what to do', async () => {
      const { code, stderr } = await foldpad(['predict', fasta('', ''), '--multimer', '--no-wait']);
      assert.equal(code, 1);
      assert.match(stderr, /models single chains, not complexes/);
    });

    it('leaves the job alone when waiting is interrupted, and says how to go on', async () => {
      const cli = new CliProcess(['--data', data, 'predict', fasta('ms=60000')]);
      const [id = ''] = await cli.says('stderr', ID);
      await cli.says('stderr', /RUNNING/);
      cli.child.kill('SIGINT');
      const { code, stderr } = await cli.ended;
      assert.equal(code, 130);
      assert.match(
        stderr,
        new RegExp(`The job goes on\\. Look: foldpad show ${id.slice(0, 8)}\\. End it: foldpad cancel`),
      );
      assert.equal((await server.client.get(id)).job.status, 'RUNNING');
    });

    it('answers with one JSON document', async () => {
      const { code, stdout } = await foldpad(['predict', fasta('', 'exit=3'), '--json', '-o', target()]);
      assert.equal(code, 4);
      const { jobs } = JSON.parse(stdout);
      assert.deepEqual(
        jobs.map((job: unknown) => wireJobSchema.parse(job).job_status),
        ['SUCCEEDED', 'FAILED'],
      );
      assert.equal(jobs[0].saved.files[0].path, 'ranked_0.pdb');
      assert.equal(jobs[1].saved, undefined);
    });
  });

  it('goes on waiting when the backend is killed: starts another one, which takes the job over', async () => {
    const own = path.join(folder, 'killed');
    const first = await ServerProcess.start(own);
    const cli = new CliProcess(['--data', own, 'predict', fasta('ms=8000'), '-o', target()]);
    await cli.says('stderr', /RUNNING – \d/);
    await first.signal('SIGKILL');
    const { code, stdout, stderr } = await cli.ended;
    process.kill(JSON.parse(readFileSync(path.join(own, 'server.json'), 'utf8')).pid, 'SIGTERM');
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /does not answer; trying again\. The jobs are not lost\.\n(.*\n)*Starting the local backend/);
    assert.deepEqual(readdirSync(target()).sort(), ['ranked_0.pdb', 'result.json']);
  });

  describe('list, show, logs', () => {
    it('lists full ids between tabs for programs, and by state', async () => {
      const [id = ''] = await submit('ms=60000');
      const live = await foldpad(['list', '--status', 'live']);
      assert.equal(live.stdout.split('\n')[0]?.split('\t')[0], id);
      const finished = await foldpad(['list', '--status', 'SUCCEEDED,failed']);
      assert.doesNotMatch(finished.stdout, new RegExp(id));
      assert.equal((await foldpad(['list', '--limit', '1'])).stdout.trim().split('\n').length, 1);
    });

    it('shows a job by the beginning of its id', async () => {
      const [id = ''] = await submit('ms=60000');
      const { code, stdout } = await foldpad(['show', id.slice(0, 13)]);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`id +${id}`));
      const json = JSON.parse((await foldpad(['show', id, '--json'])).stdout);
      assert.equal(wireJobSchema.parse(json.job).id, id);
    });

    it('says which ids are unknown, not unique, or none', async () => {
      assert.match((await foldpad(['show', 'ffffffff'])).stderr, /No job has an id that begins with "ffffffff"/);
      assert.equal((await foldpad(['show', 'ab'])).code, 2);
      assert.equal((await foldpad(['show', 'hello'])).code, 2);
    });

    it('prints a log, and follows it to the end', async () => {
      const [id = ''] = await submit('lines=40 ms=1500');
      const followed = await foldpad(['logs', '-f', id]);
      assert.equal(followed.code, 0);
      assert.equal([...followed.stdout.matchAll(/line \d+ – ångström/g)].length, 40);
      assert.match(followed.stdout, /The result was published\.\n$/);
      assert.equal((await foldpad(['logs', id])).stdout, followed.stdout);
      const lines = (await foldpad(['logs', id, '--json'])).stdout.trim().split('\n');
      assert.ok(lines.every((line) => JSON.parse(line).run_id));
    });
  });

  describe('results', () => {
    it('fetches what is missing or damaged, and only that', async () => {
      const [id = ''] = await submit('models=2');
      await foldpad(['logs', '-f', id]);
      assert.equal((await foldpad(['results', id, '-o', target()])).code, 0);
      writeFileSync(path.join(target(), 'ranked_1.pdb'), 'damaged');
      const again = await foldpad(['results', id, '-o', target(), '--json']);
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
      assert.match(readFileSync(path.join(target(), 'ranked_1.pdb'), 'utf8'), /^TITLE/);
    });

    it('does not mix the results of two jobs', async () => {
      const ids = await submit('', '');
      for (const id of ids) await foldpad(['logs', '-f', id]);
      const [first = '', second = ''] = ids;
      assert.equal((await foldpad(['results', first, '-o', target()])).code, 0);
      const { code, stderr } = await foldpad(['results', second, '-o', target()]);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`holds the result of job ${first}`));
    });

    it('says so when there is none', async () => {
      const [id = ''] = await submit('ms=60000');
      const { code, stderr } = await foldpad(['results', id, '-o', target(), '--json']);
      assert.equal(code, 1);
      assert.equal(JSON.parse(stderr).error.kind, 'no-result');
    });
  });

  describe('cancel, delete', () => {
    it('cancels one and all, and deletes what has ended', async () => {
      const [one = '', two = ''] = await submit('ms=60000', 'ms=60000');
      assert.match((await foldpad(['cancel', one.slice(0, 12)])).stdout, new RegExp(`${one} +cancell`));
      assert.equal((await foldpad(['delete', two])).code, 1, 'a live job is not deleted');
      assert.match((await foldpad(['cancel', '--all'])).stdout, new RegExp(two));
      for (const id of [one, two]) await foldpad(['logs', '-f', id]);
      const { code, stdout } = await foldpad(['delete', one, two]);
      assert.equal(code, 0, stdout);
      assert.equal((await foldpad(['delete', '--finished'])).code, 0);
    });

    it('wants to know which', async () => {
      assert.equal((await foldpad(['cancel'])).code, 2);
      assert.equal((await foldpad(['delete', 'abcd', '--finished'])).code, 2);
    });
  });

  describe('estimate, queues, doctor', () => {
    it('answers for people and for programs', async () => {
      assert.match(
        (await foldpad(['estimate', fasta('')])).stdout,
        /p1 +154 residues +homology on local .* free +fits/,
      );
      assert.equal(JSON.parse((await foldpad(['estimate', fasta(''), '--json'])).stdout).estimates[0].length, 154);
      assert.match((await foldpad(['queues'])).stdout, /^local +homology +ready/);
      assert.equal(JSON.parse((await foldpad(['queues', '--json'])).stdout).queues[0].name, 'local');
      const doctor = await foldpad(['doctor']);
      assert.equal(doctor.code, 0);
      assert.match(doctor.stdout, /✓ backend: local .*\n✓ queue local: homology is ready/);
    });
  });

  describe('connection', () => {
    const key = path.join(folder, 'key');

    it('takes address and key file from options or the environment', async () => {
      writeFileSync(key, `${server.key}\n`, { mode: 0o600 });
      assert.equal((await runCliProcess(['--url', server.url, '--key-file', key, 'list'])).code, 0);
      const env = { FOLDPAD_URL: server.url, FOLDPAD_KEY_FILE: key };
      assert.equal((await runCliProcess(['list'], { env })).code, 0);
      assert.equal(
        (await runCliProcess(['list'], { env: { FOLDPAD_URL: server.url, FOLDPAD_KEY: server.key } })).code,
        0,
      );
    });

    it('never shows the key, whatever goes wrong', async () => {
      const secret = 'not-the-key-but-secret';
      writeFileSync(key, secret, { mode: 0o600 });
      const refused = await runCliProcess(['--url', server.url, '--key-file', key, 'list']);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /key/i);
      const unreachable = await runCliProcess(['--url', 'http://127.0.0.1:4', '--key-file', key, 'list', '--json']);
      assert.equal(unreachable.code, 5);
      for (const { stdout, stderr } of [refused, unreachable]) assert.ok(!(stdout + stderr).includes(secret));
    });

    it('asks for a key file, and warns of one that others can read', async () => {
      assert.match((await runCliProcess(['--url', server.url, 'list'])).stderr, /A key is needed/);
      assert.equal((await runCliProcess(['--url', server.url, 'list'])).code, 2);
      writeFileSync(key, server.key);
      chmodSync(key, 0o644);
      assert.match((await runCliProcess(['--url', server.url, '--key-file', key, 'list'])).stderr, /chmod 600/);
    });

    it('starts the backend of a data directory once, also when asked by several at once', async () => {
      const own = path.join(folder, 'own');
      mkdirSync(own);
      const ends = await Promise.all([1, 2, 3].map(() => runCliProcess(['--data', own, 'queues', '--json'])));
      const { pid } = JSON.parse(readFileSync(path.join(own, 'server.json'), 'utf8'));
      try {
        assert.deepEqual(
          ends.map(({ code, stderr }) => [code, code === 0 ? '' : stderr]),
          [0, 0, 0].map((code) => [code, '']),
        );
        const later = await runCliProcess(['--data', own, 'list']);
        assert.doesNotMatch(later.stderr, /Starting/);
        assert.equal(JSON.parse(readFileSync(path.join(own, 'server.json'), 'utf8')).pid, pid);
      } finally {
        process.kill(pid, 'SIGTERM');
      }
    });
  });

  describe('usage', () => {
    const mistakes: [string[], RegExp][] = [
      [[], /Usage: foldpad/],
      [['fly'], /unknown command 'fly'/],
      [['list', '--limit', '0'], /whole number from 1/],
      [['list', '--status', 'SLEEPING'], /"SLEEPING" is not one of live, finished, QUEUED/],
      [['predict'], /missing required argument 'file'/],
      [['predict', 'x', '--max-template-identity', '2'], /fraction above 0 and up to 1/],
      [['predict', 'x', '--exclude-templates', '1CRN,crambin'], /"CRAMBIN" is not a PDB id/],
      [['predict', 'x', '--monomers', '--multimer'], /exclude each other/],
      [['predict', 'x', '--no-wait', '-o', 'y'], /-o saves results/],
      [['results', 'abcd'], /required option '-o, --output <dir>'/],
    ];
    for (const [args, message] of mistakes) {
      it(`explains "foldpad ${args.join(' ')}"`, async () => {
        const { code, stderr } = await runCliProcess(args);
        assert.match(stderr, message);
        assert.equal(code, 2);
      });
    }

    it('helps with every command, and tells its version', async () => {
      assert.match((await runCliProcess(['--help'])).stdout, /Exit codes: 0 done/);
      assert.match((await runCliProcess(['predict', '--help'])).stdout, /--exclude-templates/);
      assert.match((await runCliProcess(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
    });
  });
});
