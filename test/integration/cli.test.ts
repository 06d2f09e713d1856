import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CliBench } from '../support/cliBench.ts';
import { runCliProcess } from '../support/cliProcess.ts';

describe('foldpad', function () {
  this.timeout(180_000);
  let bench: CliBench;

  before(async () => {
    bench = await CliBench.start();
  });
  after(() => bench?.stop());
  afterEach(() => bench.clear());

  describe('estimate, queues, doctor', () => {
    it('answers for people and for programs', async () => {
      assert.match(
        (await bench.foldpad(['estimate', bench.fasta('')])).stdout,
        /p1 +154 residues +homology on local .* free +fits/,
      );
      assert.equal(
        JSON.parse((await bench.foldpad(['estimate', bench.fasta(''), '--json'])).stdout).estimates[0].length,
        154,
      );
      assert.match((await bench.foldpad(['queues'])).stdout, /^local +homology +ready/);
      assert.equal(JSON.parse((await bench.foldpad(['queues', '--json'])).stdout).queues[0].name, 'local');
      const doctor = await bench.foldpad(['doctor']);
      assert.equal(doctor.code, 0);
      assert.match(doctor.stdout, /✓ backend: local .*\n✓ queue local: homology is ready/);
    });
  });

  describe('connection', () => {
    let key: string;
    before(() => {
      key = path.join(bench.folder, 'key');
    });

    it('takes address and key file from options or the environment', async () => {
      writeFileSync(key, `${bench.server.key}\n`, { mode: 0o600 });
      assert.equal((await runCliProcess(['--url', bench.server.url, '--key-file', key, 'list'])).code, 0);
      const env = { FOLDPAD_URL: bench.server.url, FOLDPAD_KEY_FILE: key };
      assert.equal((await runCliProcess(['list'], { env })).code, 0);
      assert.equal(
        (await runCliProcess(['list'], { env: { FOLDPAD_URL: bench.server.url, FOLDPAD_KEY: bench.server.key } })).code,
        0,
      );
    });

    it('never shows the key, whatever goes wrong', async () => {
      const secret = 'not-the-key-but-secret';
      writeFileSync(key, secret, { mode: 0o600 });
      const refused = await runCliProcess(['--url', bench.server.url, '--key-file', key, 'list']);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /key/i);
      const unreachable = await runCliProcess(['--url', 'http://127.0.0.1:4', '--key-file', key, 'list', '--json']);
      assert.equal(unreachable.code, 5);
      for (const { stdout, stderr } of [refused, unreachable]) assert.ok(!(stdout + stderr).includes(secret));
    });

    it('asks for a key file, and warns of one that others can read', async () => {
      assert.match((await runCliProcess(['--url', bench.server.url, 'list'])).stderr, /A key is needed/);
      assert.equal((await runCliProcess(['--url', bench.server.url, 'list'])).code, 2);
      writeFileSync(key, bench.server.key);
      chmodSync(key, 0o644);
      assert.match((await runCliProcess(['--url', bench.server.url, '--key-file', key, 'list'])).stderr, /chmod 600/);
    });

    it('starts the backend of a data directory once, also when asked by several at once', async () => {
      const own = path.join(bench.folder, 'own');
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
