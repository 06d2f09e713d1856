// A database that is staged once more, from another snapshot, over what is there.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DATABASES, HOSTS } from '../../container/databases/catalogue.ts';
import { stageDatabase } from '../../container/databases/stageDatabase.ts';
import { warm } from '../../container/databases/warm.ts';
import { DatabaseServer, entryPath, publishAll, SNAPSHOT } from '../support/databaseServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('staging a database again', () => {
  let home: ReturnType<typeof temporaryFolder>;
  let server: DatabaseServer;
  let target: string;
  const { signal } = new AbortController();

  beforeEach(async () => {
    server = new DatabaseServer();
    publishAll(server);
    await server.start();
    home = temporaryFolder();
    target = path.join(home.folder, 'databases');
  });

  afterEach(async () => {
    await server.stop();
    home.remove();
  });

  it('leaves no entry of the snapshot before, to be found or to be counted', async () => {
    const entries = path.join(target, 'pdb_mmcif', 'mmcif_files');
    mkdirSync(entries, { recursive: true });
    writeFileSync(path.join(entries, '1old.cif'), 'withdrawn since');
    writeFileSync(path.join(entries, '101m.cif'), 'revised since');
    writeFileSync(path.join(target, 'of-the-user'), '');
    const database = DATABASES.find(({ name }) => name === 'pdb_mmcif');
    assert.ok(database);
    const record = await stageDatabase(database, {
      hosts: { ...HOSTS, pdb: `${server.url}/pdb` },
      target,
      staging: path.join(home.folder, 'staging'),
      snapshot: SNAPSHOT,
      connections: 2,
      patience: { tries: 2, pauseMs: 1, stallMs: 60_000 },
      signal,
      log: () => {},
      onBytes: () => {},
    });
    assert.ok(!existsSync(path.join(entries, '1old.cif')));
    assert.ok(existsSync(path.join(target, 'of-the-user')));
    assert.equal(server.gets(entryPath('101m')).length, 1);
    // As the real one is recorded, of more files than are listed one by one.
    const { files, ...counted } = record;
    assert.equal(files?.length, 6);
    assert.equal(await warm(counted, target, signal, () => {}), true);
    rmSync(path.join(entries, '101m.cif'));
    assert.equal(await warm(counted, target, signal, () => {}), false);
  });
});
