import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { FEATURES_FILE, FEATURES_MANIFEST, publishFeatures } from '../../container/engines/featuresCache.ts';
import { FileStore } from '../../container/runner/fileStore.ts';
import { sharedObjects } from '../../container/runner/sharedObjects.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('publishing features', () => {
  let home: ReturnType<typeof temporaryFolder>;
  let root: string;

  beforeEach(() => {
    home = temporaryFolder();
    root = path.join(home.folder, 'store');
    mkdirSync(root);
  });

  afterEach(() => home.remove());

  /** A job that has made features of its own: hhblits alone makes those of two jobs differ. */
  async function publish(job: string): Promise<string | undefined> {
    const folder = path.join(home.folder, job);
    mkdirSync(folder);
    writeFileSync(path.join(folder, FEATURES_FILE), job);
    const sha256 = createHash('sha256').update(job).digest('hex');
    writeFileSync(
      path.join(folder, FEATURES_MANIFEST),
      JSON.stringify({ file: FEATURES_FILE, size: job.length, sha256 }),
    );
    const shared = sharedObjects(new FileStore(pathToFileURL(`${root}/`)));
    const manifest = await publishFeatures(shared, 'k', folder, path.join(home.folder, `${job}-check`));
    assert.equal(manifest?.sha256, createHash('sha256').update(readFileSync(stored())).digest('hex'));
    return readFileSync(stored(), 'utf8');
  }

  const stored = () => path.join(root, 'features', 'k', FEATURES_FILE);

  it('leaves what another job has published meanwhile, which others may be predicting from', async () => {
    assert.equal(await publish('first'), 'first');
    assert.equal(await publish('second'), 'first');
  });

  it('replaces what is damaged', async () => {
    await publish('first');
    writeFileSync(stored(), 'fir');
    assert.equal(await publish('second'), 'second');
  });
});
