// What `npm test` reads from Python's unittest, on what unittest really prints.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../scripts/lib/process.ts';
import { parseUnittest } from '../../scripts/test/pythonResults.ts';

const TESTS = `
import unittest

class Sums(unittest.TestCase):
    def test_right(self):
        self.assertEqual(1 + 1, 2)

    def test_described(self):
        """With a sentence of its own."""
        self.assertTrue(True)

    def test_wrong(self):
        """Also described."""
        self.assertEqual(1 + 1, 3, "one and one")

    def test_breaks(self):
        raise ValueError("broken")

    def test_prints(self):
        print("something in between")

    @unittest.skip("not today")
    def test_left_out(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.fail()

class Unprepared(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("no library")

    def test_never_runs(self):
        pass
`;

describe('results of Python tests', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'foldpad-python-'));
    await writeFile(path.join(folder, 'test_sums.py'), TESTS);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('are one record for each test, with the traceback of each failure', async () => {
    const { complaints } = await runCommand('python3', ['-m', 'unittest', 'discover', '-v', '-s', folder]);
    const { records, ended } = parseUnittest(complaints);
    assert.equal(ended, true);
    const states = Object.fromEntries(records.map(({ title, state }) => [title.replace(/^.*\./, ''), state]));
    assert.deepEqual(states, {
      test_right: 'passed',
      test_described: 'passed',
      test_prints: 'passed',
      test_known: 'passed',
      test_left_out: 'skipped',
      test_wrong: 'failed',
      test_breaks: 'failed',
      'Unprepared)': 'failed',
    });
    const errorOf = (name: string) => records.find(({ title }) => title.includes(name))?.error ?? '';
    assert.match(errorOf('test_wrong'), /AssertionError: 2 != 3 : one and one$/);
    assert.match(errorOf('test_breaks'), /ValueError: broken$/);
    assert.match(errorOf('Unprepared'), /RuntimeError: no library$/);
  });

  it('are incomplete when Python ends early', () => {
    const { records, ended } = parseUnittest('test_right (test_sums.Sums.test_right) ... ok\nSegmentation fault\n');
    assert.equal(ended, false);
    assert.equal(records.length, 1);
  });
});
