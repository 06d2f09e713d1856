// The program that stages AlphaFold's databases, as its own process, against a publisher on this machine.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { entryPath, PATHS, RELEASE, SNAPSHOT, STAGED, sources } from '../support/databaseServer.ts';
import { publisherSuite } from '../support/publisherSuite.ts';

const MAIN = path.resolve(import.meta.dirname, '../../container/databases/main.ts');

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

describe('staging the databases', function () {
  this.timeout(60_000);
  const here = publisherSuite();

  function start(preset: string, ...more: string[]): { child: ChildProcess; ended: Promise<End> } {
    const { server, target, staging } = here;
    const args = ['stage', '--preset', preset, '--target', target, '--staging', staging, '--min-free-gb', '0'];
    const options = ['--disable-warning=ExperimentalWarning', MAIN, ...args, ...sources(server), ...more];
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
    const ended = new Promise<End>((resolve) =>
      child.once('close', (code, signal) => resolve({ code, signal, output })),
    );
    return { child, ended };
  }

  async function stage(preset: string, ...more: string[]): Promise<End> {
    return start(preset, ...more).ended;
  }

  function json(name: string): Record<string, unknown> {
    return JSON.parse(readFileSync(path.join(here.target, name), 'utf8')) as Record<string, unknown>;
  }

  /** What the manifest names; none while there is no manifest. */
  function finished(): readonly string[] {
    if (!existsSync(path.join(here.target, 'manifest.json'))) return [];
    return (json('manifest.json').databases as readonly { name: string }[]).map(({ name }) => name);
  }

  function assertAllStaged(wanted: (name: string) => boolean = () => true): void {
    const found = readdirSync(here.target, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath !== here.target)
      .map((entry) => path.relative(here.target, path.join(entry.parentPath, entry.name)));
    assert.deepEqual(found.sort(), Object.keys(STAGED).filter(wanted).sort());
    for (const name of found) assert.equal(readFileSync(path.join(here.target, name), 'utf8'), STAGED[name], name);
  }

  it('puts every database where AlphaFold looks for it, several at a time, and records the versions', async () => {
    // Neither is answered before the other is asked for.
    const both = Promise.all([here.server.asked(PATHS.bfd), here.server.asked(PATHS.uniref30)]);
    here.server.fail(PATHS.bfd, { waitFor: both });
    here.server.fail(PATHS.uniref30, { waitFor: both });
    const { code, output } = await stage('full');
    assert.equal(code, 0, output);
    assertAllStaged();
    assert.deepEqual(json('databases.json'), {
      bfd: 'casp14',
      uniref30: '2021_03',
      uniprot: RELEASE,
      mgnify: '2022_05',
      pdb_mmcif: SNAPSHOT,
      obsolete: SNAPSHOT,
      uniref90: RELEASE,
      pdb70: '200401',
      small_bfd: 'reduced_dbs',
      params: '2022-12-06',
      pdb_seqres: SNAPSHOT,
    });
    const { complete, preset, databases } = json('manifest.json') as {
      complete: boolean;
      preset: string;
      databases: { name: string; checked: string[]; file_count: number }[];
    };
    assert.deepEqual([complete, preset, databases.length], [true, 'full', 10]);
    const checked = Object.fromEntries(databases.map(({ name, checked: how }) => [name, how[0]]));
    assert.deepEqual([checked.bfd, checked.uniref90, checked.pdb70], ['crc32c', 'md5', 'size']);
    assert.equal(databases.find(({ name }) => name === 'pdb_mmcif')?.file_count, 6);
    assert.deepEqual(readdirSync(here.staging), []);
  });

  it('leaves out what the reduced preset does not search', async () => {
    const { code, output } = await stage('reduced');
    assert.equal(code, 0, output);
    assertAllStaged((name) => !/^(bfd|uniref30)\//.test(name));
    assert.equal(here.server.gets(PATHS.bfd).length, 0);
  });

  it('fetches again what came damaged: by checksum, by gzip’s own, and single entries', async () => {
    here.server.fail(PATHS.mgnify, { corrupt: true });
    here.server.fail(PATHS.pdb70, { corrupt: true });
    here.server.fail(PATHS.sprot, { corrupt: true }, { corrupt: true });
    here.server.fail(entryPath('101m'), { corrupt: true });
    const { code, output } = await stage('reduced');
    assert.equal(code, 0, output);
    assertAllStaged((name) => !/^(bfd|uniref30)\//.test(name));
    assert.match(output, /mgnify: damaged, fetched again: .*checksum/);
    assert.match(output, /pdb70: damaged, fetched again: .*(tar|gzip|pigz)/);
    assert.deepEqual(
      [PATHS.mgnify, PATHS.pdb70, PATHS.sprot, entryPath('101m')].map((name) => here.server.gets(name).length),
      [2, 2, 3, 2],
    );
  });

  it('goes on where a connection broke, and asks a busy server again', async () => {
    here.server.fail(PATHS.mgnify, { cutAfter: 5_000 }, { cutAfter: 1_000 }, { status: 503 });
    const { code, output } = await stage('reduced');
    assert.equal(code, 0, output);
    assertAllStaged((name) => !/^(bfd|uniref30)\//.test(name));
    const starts = here.server.gets(PATHS.mgnify).map(({ range }) => /^bytes=(\d+)-/.exec(range ?? '')?.[1]);
    assert.deepEqual(starts, ['0', '5000', '6000', '6000']);
  });

  it('takes files as they are, whatever servers call them, and goes where they send it', async () => {
    for (const name of [PATHS.pdb70, PATHS.uniref90, entryPath('9zzz')]) here.server.fail(name, { encoded: true });
    here.server.put('/moved/params.tar', here.server.published(PATHS.params));
    here.server.fail(PATHS.params, { redirect: '/moved/params.tar' });
    const { code, output } = await stage('reduced');
    assert.equal(code, 0, output);
    assertAllStaged((name) => !/^(bfd|uniref30)\//.test(name));
    assert.equal(here.server.gets('/moved/params.tar').length, 1);
    assert.doesNotMatch(output, /damaged/);
  });

  it('fails with the name of what cannot be had, finishes the others, and needs only that one afterwards', async () => {
    const always = { corrupt: true };
    here.server.fail(PATHS.uniref90, always, always, always);
    here.server.fail(PATHS.params, { status: 404 });
    const first = await stage('reduced');
    assert.equal(first.code, 1, first.output);
    assert.match(first.output, /uniref90 came damaged 3 times/);
    assert.match(first.output, /params: .*404.*--source/);
    assert.equal(json('manifest.json').complete, false);
    assert.ok(!existsSync(path.join(here.target, 'databases.json')), 'databases.json says that all is there');
    assert.ok(!existsSync(path.join(here.target, 'uniref90')), 'a damaged database became visible');

    here.server.requests.length = 0;
    const second = await stage('reduced');
    assert.equal(second.code, 0, second.output);
    assertAllStaged((name) => !/^(bfd|uniref30)\//.test(name));
    const asked = [
      ...new Set(here.server.requests.filter(({ method }) => method === 'HEAD').map(({ path: name }) => name)),
    ];
    assert.deepEqual(asked.sort(), [PATHS.params, PATHS.uniref90].sort());
  });

  it('goes on after it was killed: what was finished, and what was downloaded, is not fetched again', async () => {
    const held = Promise.withResolvers<void>();
    here.server.fail(PATHS.sprot, { waitFor: held.promise });
    const { child, ended } = start('reduced');
    // Its files are there before it counts as finished: only what the manifest names is not staged again.
    while (here.server.gets(PATHS.sprot).length === 0 || !finished().includes('pdb70')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill('SIGKILL');
    assert.equal((await ended).signal, 'SIGKILL');
    held.resolve();

    here.server.requests.length = 0;
    const second = await stage('reduced');
    assert.equal(second.code, 0, second.output);
    assertAllStaged((name) => !/^(bfd|uniref30)\//.test(name));
    assert.equal(here.server.gets(PATHS.trembl).length, 0, 'it lay there whole already');
    assert.equal(here.server.gets(PATHS.pdb70).length, 0, 'it was finished');
    assert.equal(here.server.gets(PATHS.sprot).length, 1);
  });

  it('ends at once on SIGTERM', async () => {
    const held = Promise.withResolvers<void>();
    here.server.fail(PATHS.sprot, { waitFor: held.promise });
    const { child, ended } = start('reduced');
    while (here.server.gets(PATHS.sprot).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGTERM');
    assert.equal((await ended).code, 143);
    held.resolve();
  });

  it('stages again what is missing of a finished database', async () => {
    assert.equal((await stage('reduced')).code, 0);
    rmSync(path.join(here.target, 'pdb70', 'pdb70_a3m.ffdata'));
    here.server.requests.length = 0;
    const { code, output } = await stage('reduced', '--snapshot', SNAPSHOT);
    assert.equal(code, 0, output);
    assertAllStaged((name) => !/^(bfd|uniref30)\//.test(name));
    assert.deepEqual(
      here.server.requests.filter(({ method }) => method === 'HEAD').map(({ path: name }) => name),
      [PATHS.pdb70],
    );
  });

  it('says what is wrong with its arguments, and when there is no room', async () => {
    assert.match((await stage('huge')).output, /--preset must be one of reduced, full/);
    assert.match((await stage('full', '--source', 'nasa=http://x')).output, /--source must be HOST=URL/);
    const { code, output } = await stage('full', '--min-free-gb', '999999');
    assert.equal(code, 1);
    assert.match(output, /GB free; the databases need at least 999999 GB/);
  });
});
