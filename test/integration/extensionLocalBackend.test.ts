import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FoldpadClient } from '../../backend/api/client.ts';
import { BackendStartError, LocalBackend } from '../../extension/connection/localBackend.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const SERVER = path.join(ROOT, 'backend', 'local', 'main.ts');

describe('the editor’s local backend', function () {
  this.timeout(120_000);
  let own: { readonly folder: string; readonly remove: () => void };
  let folder: string;
  let said: string[];
  let started: LocalBackend[];

  const backend = (changes: { program?: string; version?: string } = {}): LocalBackend => {
    const made = new LocalBackend({
      program: SERVER,
      dataDirectory: () => folder,
      extraArguments: () => [],
      version: '0.0.1',
      say: (message) => said.push(message),
      ...changes,
    });
    started.push(made);
    return made;
  };

  beforeEach(() => {
    own = temporaryFolder();
    folder = path.join(own.folder, 'data');
    said = [];
    started = [];
  });
  afterEach(async () => {
    for (const one of started) await one.stop();
    own.remove();
  });

  it('is started, answers with its key, and is found again by another window', async () => {
    const server = await backend().ensure();
    const client = new FoldpadClient({ url: server.url, key: server.key });
    assert.ok((await client.queues()).length > 0);
    const again = await backend().ensure();
    assert.equal(again.pid, server.pid);
    assert.ok(!said.join('\n').includes(server.key), 'the key is told to nobody');
  });

  it('is one process when two windows start it at the same moment', async () => {
    const [one, two] = await Promise.all([backend().ensure(), backend().ensure()]);
    assert.equal(one.pid, two.pid);
  });

  it('is that of the folder that is set when it is asked for, also while another one starts', async () => {
    const window = backend();
    const [one, two] = [folder, path.join(own.folder, 'other')];
    const first = window.ensure();
    folder = two;
    const second = await window.ensure();
    assert.equal((await window.ensure()).pid, second.pid);
    folder = one;
    assert.equal((await first).pid, (await window.ensure()).pid);
    assert.notEqual((await first).pid, second.pid);
    await window.stop();
    folder = two;
  });

  it('is started again after it was killed', async () => {
    const window = backend();
    const first = await window.ensure();
    process.kill(first.pid, 'SIGKILL');
    await delay(100);
    const second = await window.ensure();
    assert.notEqual(second.pid, first.pid);
    const client = new FoldpadClient({ url: second.url, key: second.key });
    assert.deepEqual((await client.list()).jobs, []);
  });

  it('is replaced when the extension is newer', async () => {
    const old = await backend().ensure();
    const next = await backend({ version: '999.0.0' }).ensure();
    assert.notEqual(next.pid, old.pid);
  });

  it('ends when it is told to', async () => {
    const window = backend();
    const { pid } = await window.ensure();
    await window.stop();
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await assert.rejects(stat(path.join(folder, 'server.json')), { code: 'ENOENT' });
  });

  it('that cannot start says what it said last', async () => {
    const program = path.join(own.folder, 'broken.mjs');
    await writeFile(program, 'console.error("no space left on device"); process.exit(7);\n');
    await assert.rejects(backend({ program }).ensure(), (error: unknown) => {
      assert.ok(error instanceof BackendStartError);
      assert.match(error.message, /code 7/);
      assert.match(error.lastWords, /no space left on device/);
      return true;
    });
  });

  it('that cannot have its folder says which setting to change', async () => {
    folder = '/dev/null/foldpad';
    await assert.rejects(backend().ensure(), /\/dev\/null\/foldpad.*foldpad\.local\.dataDirectory/);
  });

  it('that keeps dying is not started for ever', async () => {
    const program = path.join(own.folder, 'broken.mjs');
    const count = path.join(own.folder, 'count');
    await writeFile(
      program,
      `import fs from 'node:fs'; fs.appendFileSync(${JSON.stringify(count)}, 'x'); process.exit(1);\n`,
    );
    const window = backend({ program });
    for (let tries = 0; tries < 7; tries++) await assert.rejects(window.ensure(), BackendStartError);
    assert.equal(await readFile(count, 'utf8'), 'xxxxx');
    window.forgive();
    await assert.rejects(window.ensure(), BackendStartError);
    assert.equal(await readFile(count, 'utf8'), 'xxxxxx', 'once more, because the user asked for it');
  });
});
