import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';
import { PYTHON_GROUPS } from '../../scripts/setup/python.ts';

const FOLDER = path.join(ROOT, 'tools', 'python');

describe('Python programs of others', () => {
  it('have a file of requirements for each group, and no other', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
    assert.deepEqual(
      files.sort(),
      Object.keys(PYTHON_GROUPS)
        .map((group) => `${group}.txt`)
        .sort(),
    );
  });

  for (const group of Object.keys(PYTHON_GROUPS)) {
    it(`are pinned to one version each (${group})`, () => {
      const lines = readFileSync(path.join(FOLDER, `${group}.txt`), 'utf8').split('\n');
      const requirements = lines
        .map((line) => line.replace(/#.*/, '').trim())
        .filter((line) => line !== '' && !line.startsWith('-'));
      assert.ok(requirements.length > 0);
      for (const requirement of requirements) {
        assert.match(requirement, /^[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?==[\w.+!-]+( *;.*)?$/, requirement);
      }
    });
  }
});
