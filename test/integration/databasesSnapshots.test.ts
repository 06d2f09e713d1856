// PDB's files come from snapshots: what is staged of them has to be of one.
import assert from 'node:assert/strict';
import { parseArguments, type StageArguments } from '../../container/databases/arguments.ts';
import { databasesOf } from '../../container/databases/catalogue.ts';
import { type DatabaseRecord, readRecords, writeManifest } from '../../container/databases/record.ts';
import { stageAll } from '../../container/databases/stageAll.ts';
import { SNAPSHOT, sources } from '../support/databaseServer.ts';
import { publisherSuite } from '../support/publisherSuite.ts';

const OLD = '20250101';

describe("PDB's snapshots", () => {
  const here = publisherSuite();
  const { signal } = new AbortController();

  function recordOf(name: string, version: string): DatabaseRecord {
    const empty = { sources: [], checked: [], file_count: 0, bytes: 0, files: [], finished_at: '2025-02-01T00:00:00Z' };
    return { name, version, ...empty };
  }

  /** Stages what is not recorded. @returns database → the snapshot that it is staged from */
  async function stagedFrom(recorded: readonly DatabaseRecord[], ...more: string[]): Promise<Map<string, string>> {
    await writeManifest(here.target, { schema: 1, preset: 'reduced', complete: false, databases: recorded });
    const folders = ['--target', here.target, '--staging', here.staging, '--min-free-gb', '0'];
    const options = parseArguments(['stage', '--preset', 'reduced', ...folders, ...sources(here.server), ...more]);
    const snapshots = new Map<string, string>();
    await stageAll(options as StageArguments, {
      stageOne: async ({ name, version }, snapshot) => {
        snapshots.set(name, snapshot);
        return recordOf(name, version.kind === 'snapshot' ? snapshot : '1');
      },
      announcer: { tell: async () => {}, mail: async () => {} },
      onChange: async () => {},
      log: () => {},
      signal,
    });
    return snapshots;
  }

  const without = (name: string) =>
    databasesOf('reduced')
      .filter((database) => database.name !== name)
      .map((database) => recordOf(database.name, database.version.kind === 'snapshot' ? OLD : '1'));

  it('are not mixed: what is missing is of the snapshot that the rest is of, though there is a newer one', async () => {
    assert.deepEqual([...(await stagedFrom(without('pdb_seqres')))], [['pdb_seqres', OLD]]);
    assert.deepEqual([...(await stagedFrom(without('pdb_mmcif')))], [['pdb_mmcif', OLD]]);
    const versions = new Map((await readRecords(here.target)).map(({ name, version }) => [name, version]));
    assert.deepEqual([versions.get('pdb_seqres'), versions.get('pdb_mmcif')], [OLD, OLD]);
  });

  it('are the newest where there is none yet, and the one that is asked for always', async () => {
    assert.equal((await stagedFrom([])).get('pdb_mmcif'), SNAPSHOT);
    // What is recorded and not there any more is staged anew, and nothing has to go with it.
    const lost = {
      ...recordOf('pdb_mmcif', OLD),
      file_count: 1,
      files: [{ path: 'pdb_mmcif/obsolete.dat', bytes: 1 }],
    };
    assert.equal((await stagedFrom([lost])).get('pdb_seqres'), SNAPSHOT);
    const asked = await stagedFrom(without('pdb_seqres'), '--snapshot', '20240101');
    assert.deepEqual([...asked], [['pdb_seqres', '20240101']]);
  });
});
