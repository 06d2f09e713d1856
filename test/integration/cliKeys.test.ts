// `foldpad keys` as admins run it: a process, against the app with real HTTP in between.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { type ApiWorld, apiWorld } from '../support/apiWorld.ts';
import { runCliProcess } from '../support/cliProcess.ts';
import { MemoryKeyStore } from '../support/memoryKeyStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const KEY = /^fp_([a-z2-7]{12})_([A-Za-z0-9_-]{43})$/;

describe('foldpad keys', function () {
  this.timeout(60_000);
  const { folder, remove } = temporaryFolder();
  const keyFile = path.join(folder, 'root.key');
  let world: ApiWorld;
  let store: MemoryKeyStore;
  let server: Server;
  let url: string;

  before(async () => {
    writeFileSync(keyFile, 'root-key\n');
    chmodSync(keyFile, 0o600);
    store = new MemoryKeyStore();
    world = apiWorld({ keys: store });
    url = await new Promise((resolve) => {
      server = serve({ fetch: world.app.fetch, port: 0, hostname: '127.0.0.1' }, (address: AddressInfo) =>
        resolve(`http://127.0.0.1:${address.port}`),
      ) as Server;
    });
  });
  after(() => {
    server.close();
    world.close();
    remove();
  });

  const keys = (...args: readonly string[]) => runCliProcess(['--url', url, '--key-file', keyFile, 'keys', ...args]);

  it('makes a key, whose text is on standard output and nowhere else', async () => {
    const { code, stdout, stderr } = await keys('create', '--name', 'Ada Lovelace');
    assert.equal(code, 0, stderr);
    const [, id = '', secret = ''] = KEY.exec(stdout.trim()) ?? [];
    assert.ok(secret, stdout);
    assert.match(stderr, new RegExp(`Key ${id} for "Ada Lovelace" \\(user, owner ada-lovelace\\)`));
    assert.ok(!stderr.includes(secret));
    assert.equal((await store.find(id))?.secretHash, createHash('sha256').update(secret).digest('hex'));
  });

  it('takes role and owner, and lists and revokes without telling a text', async () => {
    const made = await keys('create', '--name', 'deploy', '--role', 'admin', '--owner', 'platform', '--json');
    const { data, key } = JSON.parse(made.stdout);
    assert.match(key, KEY);
    assert.deepEqual([data.role, data.owner], ['admin', 'platform']);
    const revoked = await keys('revoke', data.id);
    assert.equal(revoked.stdout, `${data.id}\trevoked\tdeploy\n`);
    const listed = await keys('list');
    assert.match(listed.stdout, new RegExp(`^${data.id}\tdeploy\tplatform\tadmin\t2026-11-22\tnever\trevoked$`, 'm'));
    const json = await keys('list', '--json');
    assert.equal(JSON.parse(json.stdout).keys[0].id, data.id);
    for (const { stdout, stderr } of [revoked, listed, json]) assert.ok(!(stdout + stderr).includes(key.slice(16)));
  });

  it('says what is wrong', async () => {
    assert.equal((await keys('create')).code, 2);
    assert.equal((await keys('create', '--name', 'x', '--role', 'root')).code, 2);
    assert.equal((await keys('revoke')).code, 2);
    const unknown = await keys('revoke', 'nosuchkey234');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /There is no key with this id/);
    const owner = await keys('create', '--name', 'x', '--owner', 'a b');
    assert.equal(owner.code, 1);
    assert.match(owner.stderr, /owner: must have 1 to 64 letters/);
    const help = await keys('create', '--help');
    assert.equal(help.code, 0);
    assert.match(help.stdout, /once and nowhere else/);
  });

  it('is refused to those who are no admins', async () => {
    const { code, stdout, stderr } = await runCliProcess(['keys', 'list'], {
      env: { FOLDPAD_URL: url, FOLDPAD_KEY: 'ada-key' },
    });
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /Only an admin may manage keys/);
  });
});
