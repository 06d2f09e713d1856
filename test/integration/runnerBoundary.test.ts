// The test engine writes helices that nobody predicted: nothing that is shipped may be able to reach it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cruise, type IReporterOutput } from 'dependency-cruiser';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PROGRAMS = [
  'extension/extension.ts',
  'webview/viewer.ts',
  'backend/local/main.ts',
  'backend/cli/main.ts',
  'container/runner/main.ts',
];

async function reachableFrom(program: string): Promise<string[]> {
  const { output }: IReporterOutput = await cruise(
    [program],
    { baseDir: ROOT, doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true },
    { extensions: ['.ts', '.js', '.json'] },
  );
  assert.ok(typeof output === 'object');
  return output.modules.map(({ source }) => source);
}

describe('what is shipped', function () {
  this.timeout(60_000);

  for (const program of PROGRAMS.filter((file) => existsSync(path.join(ROOT, file)))) {
    it(`cannot reach the test engine from ${program}`, async () => {
      const reached = await reachableFrom(program);
      assert.ok(reached.includes(program) && reached.length > 1, 'nothing was followed');
      assert.deepEqual(
        reached.filter((file) => /^(test|scripts|tools)\//.test(file)),
        [],
      );
    });
  }

  it('would be seen to reach it', async () => {
    const reached = await reachableFrom('test/support/testRunner.ts');
    for (const file of ['test/support/testEngine.ts', 'container/runner/supervise.ts', 'backend/api/runner.ts']) {
      assert.ok(reached.includes(file), file);
    }
  });
});
