// The launcher on real processes: what it passes on, what it installs, and that two of them do not get in each other's way.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withLock } from '../../scripts/launcher/lock.mjs';
import { isInstalled } from '../../scripts/launcher/nodeModules.mjs';
import { ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';

const LAUNCHER = path.join(ROOT, 'scripts', 'launch.mjs');

describe('the launcher', function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'foldpad-launcher-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  async function program(name: string, source: string): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, source);
    return file;
  }

  it('runs TypeScript under Node 24 or later, first on PATH, with the arguments it was given', async () => {
    const file = await program(
      'show.ts',
      `import { execFileSync } from 'node:child_process';
       const args: string[] = process.argv.slice(2);
       const onPath = execFileSync('node', ['--version'], { encoding: 'utf8' }).trim();
       console.log(JSON.stringify({ args, version: process.version, onPath }));`,
    );
    const { code, output } = await runCommand(process.execPath, [LAUNCHER, file, '--a', 'b c', '']);
    assert.equal(code, 0, output);
    const shown = JSON.parse(output) as { args: string[]; version: string; onPath: string };
    assert.deepEqual(shown.args, ['--a', 'b c', '']);
    assert.ok(Number.parseInt(shown.version.slice(1), 10) >= 24);
    assert.equal(shown.onPath, shown.version);
  });

  it('prints nothing of its own when nothing is to be done', async () => {
    const file = await program('silent.ts', 'export {};');
    assert.deepEqual(await runCommand(process.execPath, [LAUNCHER, file]), {
      code: 0,
      signal: null,
      timedOut: false,
      output: '',
      complaints: '',
    });
  });

  it('passes the exit code on', async () => {
    const file = await program('exit.ts', 'process.exitCode = 37;');
    assert.equal((await runCommand(process.execPath, [LAUNCHER, file])).code, 37);
  });

  it('passes signals on and waits for the program to end by itself', async () => {
    const file = await program(
      'wait.ts',
      `process.on('SIGTERM', () => { console.log('asked to end'); setTimeout(() => process.exit(5), 100); });
       setInterval(() => {}, 1000);
       console.log('ready');`,
    );
    const child = spawn(process.execPath, [LAUNCHER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') child.kill('SIGTERM');
      output += text;
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.deepEqual({ code, output }, { code: 5, output: 'ready\nasked to end\n' });
  });

  it('says which program is missing', async () => {
    const { code, output } = await runCommand(process.execPath, [LAUNCHER, 'scripts/nothing.ts']);
    assert.equal(code, 1);
    assert.match(output, /there is no scripts\/nothing\.ts/);
  });
});

describe('installed packages', () => {
  let folder: string;

  /** A folder as npm leaves it, with one package for every platform and one for another platform. */
  async function installed(version: string): Promise<string> {
    const place = await mkdtemp(path.join(tmpdir(), 'foldpad-modules-'));
    const entry = { version, integrity: `sha512-${version}` };
    const packages = { '': {}, 'node_modules/a': entry, 'node_modules/other-os': { version: '1.0.0', optional: true } };
    await writeFile(path.join(place, 'package-lock.json'), JSON.stringify({ packages }));
    await mkdir(path.join(place, 'node_modules'));
    const present = { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-1.0.0' } } };
    await writeFile(path.join(place, 'node_modules', '.package-lock.json'), JSON.stringify(present));
    return place;
  }

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are recognised when npm installed them by hand', async () => {
    folder = await installed('1.0.0');
    assert.equal(isInstalled(folder), true);
  });

  it('are out of date when the lock file names another version', async () => {
    folder = await installed('1.0.1');
    assert.equal(isInstalled(folder), false);
  });

  it('are looked at again when the lock file changes after they were found in order', async () => {
    folder = await installed('1.0.0');
    assert.equal(isInstalled(folder), true);
    const lock = path.join(folder, 'package-lock.json');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace('sha512-1.0.0', 'sha512-other'));
    assert.equal(isInstalled(folder), false);
  });

  it('are missing in a fresh clone', async () => {
    folder = await installed('1.0.0');
    await rm(path.join(folder, 'node_modules'), { recursive: true });
    assert.equal(isInstalled(folder), false);
  });
});

describe('the lock files of the project', () => {
  for (const folder of ['.', 'tools/node', 'tools/editor']) {
    const text = readFileSync(path.join(ROOT, folder, 'package-lock.json'), 'utf8');

    it(`name no registry, so that everyone installs from their own (${folder})`, () => {
      assert.doesNotMatch(text, /"resolved"/);
    });

    it(`hold the optional packages of every platform, without which npm ci refuses them (${folder})`, () => {
      const { packages } = JSON.parse(text) as {
        packages: Record<string, { optionalDependencies?: Record<string, string> }>;
      };
      const missing = Object.entries(packages).flatMap(([place, entry]) =>
        Object.keys(entry.optionalDependencies ?? {}).filter(
          (name) => !packages[`node_modules/${name}`] && !packages[`${place}/node_modules/${name}`],
        ),
      );
      assert.deepEqual(missing, []);
    });
  }
});

describe('the lock between processes', function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'foldpad-lock-'));
    file = path.join(folder, 'a.lock');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lets one at a time in', async () => {
    const log = path.join(folder, 'log');
    const script = path.join(folder, 'worker.ts');
    await cp(path.join(ROOT, 'scripts', 'launcher', 'lock.mjs'), path.join(folder, 'lock.mjs'));
    await writeFile(
      script,
      `import { appendFileSync } from 'node:fs';
       import { withLock } from './lock.mjs';
       for (let round = 0; round < 5; round++) {
         await withLock(${JSON.stringify(file)}, async () => {
           appendFileSync(${JSON.stringify(log)}, 'in\\n');
           await new Promise((resolve) => setTimeout(resolve, 10));
           appendFileSync(${JSON.stringify(log)}, 'out\\n');
         });
       }`,
    );
    const runs = await Promise.all([1, 2, 3].map(() => runCommand(process.execPath, [script])));
    assert.deepEqual(
      runs.map(({ code, output }) => ({ code, output })),
      runs.map(() => ({ code: 0, output: '' })),
    );
    assert.equal(await readFile(log, 'utf8'), 'in\nout\n'.repeat(15));
    assert.equal(existsSync(file), false);
  });

  it('is taken over from a process that died', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    await writeFile(file, `${dead.pid}\n`);
    let entered = false;
    await withLock(file, async () => {
      entered = true;
    });
    assert.equal(entered, true);
  });

  it('is given back when the work fails', async () => {
    await assert.rejects(
      withLock(file, () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(existsSync(file), false);
  });

  it('says once that it waits', async () => {
    const waited: (number | undefined)[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = withLock(file, () => held);
    const second = withLock(file, async () => {}, {
      onWait: (pid) => {
        waited.push(pid);
        release();
      },
    });
    await Promise.all([first, second]);
    assert.deepEqual(waited, [process.pid]);
  });
});

/** False also for a process that has ended and only waits for its parent to ask how. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // Without /proc there is no telling a zombie from a process.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

describe('a command that is run', function () {
  this.timeout(60_000);

  it('is killed with everything it started when its time is over', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'foldpad-command-'));
    const pids = path.join(folder, 'pids');
    await appendFile(pids, '');
    // A child that ignores SIGTERM, and a grandchild that keeps the pipe open.
    const script = `trap '' TERM; echo $$ >> ${pids}; (trap '' TERM; sh -c 'echo $$ >> ${pids}; sleep 600') & wait`;
    const result = await runCommand('sh', ['-c', script], { timeoutMs: 500 });
    assert.equal(result.timedOut, true);
    const started = (await readFile(pids, 'utf8')).trim().split('\n').map(Number);
    assert.equal(started.length, 2);
    assert.deepEqual(started.filter(isRunning), []);
    await rm(folder, { recursive: true });
  });

  it('that does not exist is a result, not an exception', async () => {
    const result = await runCommand('foldpad-no-such-program', []);
    assert.equal(result.code, null);
    assert.match(result.output, /could not be started/);
  });
});
