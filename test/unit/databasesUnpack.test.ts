import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unpack } from '../../container/databases/unpack.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('unpacking a database', () => {
  let home: ReturnType<typeof temporaryFolder>;
  const never = new AbortController().signal;

  beforeEach(() => {
    home = temporaryFolder();
  });

  afterEach(() => home.remove());

  for (const packing of ['tar', 'tar.gz'] as const) {
    it(`leaves what every user can read, whatever modes the publisher's ${packing} names`, async () => {
      const source = path.join(home.folder, 'source');
      mkdirSync(path.join(source, 'closed'), { recursive: true });
      writeFileSync(path.join(source, 'closed', 'own'), 'own');
      writeFileSync(path.join(source, 'group'), 'group');
      chmodSync(path.join(source, 'closed', 'own'), 0o600);
      chmodSync(path.join(source, 'group'), 0o440);
      chmodSync(path.join(source, 'closed'), 0o700);
      const archive = path.join(home.folder, 'archive');
      const flags = packing === 'tar' ? '-cf' : '-czf';
      execFileSync('tar', [flags, archive, '-C', source, 'closed', 'group']);

      const target = path.join(home.folder, 'target');
      await unpack(archive, packing, target, never);
      const mode = (name: string) => statSync(path.join(target, name)).mode & 0o777;
      // No file becomes a program, and what is moved away later can be.
      assert.deepEqual([mode('closed'), mode('closed/own'), mode('group')], [0o755, 0o644, 0o644]);
      assert.equal(readFileSync(path.join(target, 'closed', 'own'), 'utf8'), 'own');
    });
  }
});
