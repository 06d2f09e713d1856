import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..', '..');

/**
 * Where the extension may use Node for files or programs, and why. The user's own files may lie on another machine or in a
 * virtual file system: they are read and written through the editor.
 */
const OWN: Readonly<Record<string, string>> = {
  'connection/localBackend.ts': 'starts the local backend where the extension runs, and reads what it says of itself',
  'commands/installEngine.ts': 'looks whether the machine that predicts has apt-get',
};

describe('the extension', () => {
  const sources = readdirSync(path.join(ROOT, 'extension'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({
      file: file.split(path.sep).join('/'),
      text: readFileSync(path.join(ROOT, 'extension', file), 'utf8'),
    }));

  it('reads and writes the user’s files through the editor, wherever they are', () => {
    const direct = /from '(?:node:)?(?:fs|fs\/promises|child_process|worker_threads|net|http|https)'/;
    const users = sources.filter(({ text }) => direct.test(text)).map(({ file }) => file);
    assert.deepEqual(users.sort(), Object.keys(OWN).sort());
  });

  it('takes no path of a file out of its address, except of what is its own', () => {
    const users = sources.filter(({ text }) => /\.fsPath\b/.test(text)).map(({ file }) => file);
    assert.deepEqual(users.sort(), ['connection/profile.ts', 'extension.ts']);
  });

  it('runs where the files and the engine are', () => {
    const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.equal(manifest.capabilities.virtualWorkspaces, true);
  });
});
