// The decisions that the project's own tools make.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeProblem, WATCH_BEGINS, WATCH_ENDS } from '../../scripts/build.ts';
import { checkManifestTexts } from '../../scripts/check.ts';
import { packageFolder } from '../../scripts/lib/notices.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { formatDuration, formatSize } from '../../scripts/lib/say.ts';
import { problemsOf } from '../../scripts/package.ts';
import { missingAmong } from '../../scripts/setup/apt.ts';
import { findBrowser } from '../../scripts/setup/browser.ts';
import { libraryFolder } from '../../scripts/setup/engine.ts';
import { countsLine, summarize } from '../../scripts/test/summary.ts';
import { chooseParts } from '../../scripts/test.ts';

describe('the summary of npm test', () => {
  it('ends with the counts, alone on the last line', () => {
    const text = summarize([
      { name: 'unit', milliseconds: 1_500, records: [{ title: 'adds', state: 'passed' }] },
      {
        name: 'e2e',
        milliseconds: 61_000,
        records: [
          { title: 'opens', state: 'failed', error: 'Error: it did not open\n    at here' },
          { title: 'closes', state: 'skipped', error: 'no door' },
        ],
      },
    ]);
    assert.match(text, /\n1 passed, 1 failed, 1 skipped$/);
    assert.match(text, /1\) e2e: opens\n\n +Error: it did not open\n +at here/);
    assert.match(text, /e2e: closes: no door/);
  });

  it('leaves out skipped tests when there are none', () => {
    assert.equal(countsLine({ passed: 12, failed: 0, skipped: 0 }), '12 passed, 0 failed');
  });

  it('shortens a line that nobody would read', () => {
    const error = 'x'.repeat(10_000);
    const text = summarize([{ name: 'unit', milliseconds: 1, records: [{ title: 'a', state: 'failed', error }] }]);
    assert.ok(text.length < 1_000);
    assert.match(text, /and 9600 more characters/);
  });
});

describe('the parts of npm test', () => {
  it('are all of them when none is named', () => {
    assert.deepEqual(
      chooseParts(undefined).map(({ name }) => name),
      ['check', 'unit', 'infra', 'contract', 'integration', 'homology', 'alphafold', 'inhost', 'e2e'],
    );
  });

  it('can be named; e2e means everything in the editor', () => {
    assert.deepEqual(
      chooseParts('e2e, unit').map(({ name }) => name),
      ['unit', 'inhost', 'e2e'],
    );
  });

  it('are listed when a name is unknown', () => {
    assert.throws(() => chooseParts('unti'), /no part "unti"; there are check, unit, .*e2e/);
  });
});

describe('missing Debian packages', () => {
  it('are those that dpkg does not call installed', () => {
    const status = 'g++ installed\nmake config-files\nlibfoo-dev not-installed\n';
    assert.deepEqual(missingAmong(['g++', 'make', 'libfoo-dev', 'chromium'], status), [
      'make',
      'libfoo-dev',
      'chromium',
    ]);
  });
});

describe('the browser that is found', () => {
  it('is the first place that holds a program', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'foldpad-browser-'));
    try {
      const [absent, plain, program] = ['absent', 'plain', 'program'].map((name) => path.join(folder, name));
      assert.ok(absent && plain && program);
      await writeFile(plain, '');
      await writeFile(program, '#!/bin/sh\n');
      await chmod(program, 0o755);
      assert.equal(findBrowser([absent, plain, program]), program);
      assert.equal(findBrowser([absent]), undefined);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the template library', () => {
  it('lies in the cache folder unless a variable names another', () => {
    assert.equal(libraryFolder({ FOLDPAD_LIBRARY: '/data/library' }), '/data/library');
    assert.equal(libraryFolder({ XDG_CACHE_HOME: '/cache' }), '/cache/foldpad/library');
    assert.match(libraryFolder({}), /\/\.cache\/foldpad\/library$/);
  });
});

describe('the texts of the manifest', () => {
  const manifest = {
    displayName: '%name%',
    contributes: { commands: [{ title: '%predict%' }, { title: 'plain 100%' }] },
  };

  it('pass when every language has exactly those that are used', () => {
    const texts = { name: 'Foldpad', predict: 'Predict' };
    assert.deepEqual(checkManifestTexts(manifest, new Map([['a.json', texts]])), []);
  });

  it('fail when one is missing or left over', () => {
    const problems = checkManifestTexts(manifest, new Map([['a.json', { name: 'Foldpad', old: 'Old' }]]));
    assert.equal(problems.length, 2);
    assert.match(problems.join('\n'), /a\.json: the manifest uses %predict%/);
    assert.match(problems.join('\n'), /a\.json: "old" is used nowhere/);
  });
});

describe('the contents of the package', () => {
  it('must include what predicting needs and nothing of the workshop', () => {
    const problems = problemsOf([
      'package.json',
      'dist/extension.cjs.map',
      'scripts/build.ts',
      'dist/lambda/query/index.mjs',
      'container/homology/main.py',
    ]);
    assert.ok(problems.includes('dist/server.mjs is not in the package'));
    assert.ok(problems.includes('dist/extension.cjs.map must not be in it'));
    assert.ok(problems.includes('scripts/build.ts must not be in it'));
    assert.ok(problems.includes('dist/lambda/query/index.mjs must not be in it'));
    assert.ok(!problems.some((problem) => problem.startsWith('container/homology/main.py')));
  });

  it('name the package of each bundled file', () => {
    assert.equal(packageFolder('/a/node_modules/zod/v4/core.js'), '/a/node_modules/zod');
    assert.equal(packageFolder('/a/node_modules/@x/y/z.js'), '/a/node_modules/@x/y');
    assert.equal(packageFolder('/a/node_modules/b/node_modules/c/d.js'), '/a/node_modules/b/node_modules/c');
    assert.equal(packageFolder('/a/backend/api/job.ts'), undefined);
  });
});

describe('what npm run watch prints', () => {
  interface Matcher {
    pattern: { regexp: string };
    background: { beginsPattern: string; endsPattern: string };
  }

  function matcher(): Matcher {
    const file = readFileSync(path.join(ROOT, '.vscode', 'tasks.json'), 'utf8');
    const { tasks } = JSON.parse(file) as { tasks: { label: string; problemMatcher: Matcher }[] };
    const task = tasks.find(({ label }) => label === 'watch');
    assert.ok(task);
    return task.problemMatcher;
  }

  it('is understood by the task that F5 starts', () => {
    const { pattern, background } = matcher();
    assert.match(WATCH_BEGINS, new RegExp(background.beginsPattern));
    assert.match(WATCH_ENDS, new RegExp(background.endsPattern));
    const syntax = `Transform failed with 1 error:\n${path.join(ROOT, 'extension/jobs/a.ts')}:12:4: ERROR: Unexpected ";"`;
    const lines = [
      describeProblem({ message: syntax }),
      describeProblem({ message: "Can't resolve './b.ts'\n  more", moduleName: './webview/a.ts', loc: '3:0-19' }),
    ];
    assert.deepEqual(lines, [
      'extension/jobs/a.ts:12:5: error: Unexpected ";"',
      "webview/a.ts:3:1: error: Can't resolve './b.ts'",
    ]);
    for (const line of lines) assert.match(line, new RegExp(pattern.regexp));
  });
});

describe('amounts', () => {
  it('are written as exactly as a person needs them', () => {
    assert.deepEqual([12, 2_340, 59_000, 185_000].map(formatDuration), ['12 ms', '2.3 s', '59 s', '3 min 5 s']);
    assert.deepEqual([10, 287_400, 1_372_663].map(formatSize), ['1 kB', '287 kB', '1.37 MB']);
  });
});
