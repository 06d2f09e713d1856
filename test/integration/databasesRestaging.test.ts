// A database that is staged once more, from another snapshot, over what is there.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DATABASES, HOSTS } from '../../container/databases/catalogue.ts';
import { stageDatabase } from '../../container/databases/stageDatabase.ts';
import { warm } from '../../container/databases/warm.ts';
import { entryPath, SNAPSHOT } from '../support/databaseServer.ts';
import { publisherSuite } from '../support/publisherSuite.ts';

describe('staging a database again', () => {
  const here = publisherSuite();
  const { signal } = new AbortController();

  it('leaves no entry of the snapshot before, to be found or to be counted', async () => {
    const entries = path.join(here.target, 'pdb_mmcif', 'mmcif_files');
    mkdirSync(entries, { recursive: true });
    writeFileSync(path.join(entries, '1old.cif'), 'withdrawn since');
    writeFileSync(path.join(entries, '101m.cif'), 'revised since');
    writeFileSync(path.join(here.target, 'of-the-user'), '');
    const database = DATABASES.find(({ name }) => name === 'pdb_mmcif');
    assert.ok(database);
    const record = await stageDatabase(database, {
      hosts: { ...HOSTS, pdb: `${here.server.url}/pdb` },
      target: here.target,
      staging: here.staging,
      snapshot: SNAPSHOT,
      connections: 2,
      patience: { tries: 2, pauseMs: 1, stallMs: 60_000 },
      signal,
      log: () => {},
      onBytes: () => {},
    });
    assert.ok(!existsSync(path.join(entries, '1old.cif')));
    assert.ok(existsSync(path.join(here.target, 'of-the-user')));
    assert.equal(here.server.gets(entryPath('101m')).length, 1);
    // As the real one is recorded, of more files than are listed one by one.
    const { files, ...counted } = record;
    assert.equal(files?.length, 6);
    assert.equal(await warm(counted, here.target, signal, () => {}), true);
    rmSync(path.join(entries, '101m.cif'));
    assert.equal(await warm(counted, here.target, signal, () => {}), false);
  });
});
