// The rules of .dependency-cruiser.js are worth nothing unless a violation fails: each is broken here once.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';

/** Files of a small house, by path, and what each imports. */
type House = Record<string, string[]>;

/** Every room, importing as much as it may. */
const CLEAN: House = {
  'backend/api/job.ts': ['zod'],
  'backend/api/hash.node.ts': ['node:crypto', './job.ts'],
  'backend/core/ports.ts': ['../api/job.ts'],
  'backend/http/app.ts': ['../core/ports.ts', '../api/job.ts'],
  'backend/local/main.ts': ['../http/app.ts', '../core/ports.ts', '../api/hash.node.ts', 'node:sqlite'],
  'backend/aws/store.ts': ['../core/ports.ts', '../api/job.ts'],
  'backend/lambda/query.ts': ['../aws/store.ts', '../http/app.ts', '../core/ports.ts', '../api/job.ts'],
  'backend/infra/app.ts': ['../api/job.ts'],
  'backend/cli/main.ts': ['../api/job.ts', 'node:fs'],
  'container/engines/homology.ts': ['../../backend/api/job.ts'],
  'container/runner/main.ts': ['../engines/homology.ts', '../../backend/api/job.ts', 'node:fs'],
  'extension/extension.ts': ['vscode', '../backend/api/job.ts', './structure/protocol.ts', 'node:path'],
  'extension/structure/protocol.ts': [],
  'webview/viewer.ts': ['../backend/api/job.ts', '../extension/structure/protocol.ts', 'ngl'],
  'scripts/tool.ts': ['../backend/local/main.ts', 'node:fs'],
  'test/e2e/inhost/index.ts': ['vscode'],
  'test/unit/job.test.ts': ['../../backend/core/ports.ts', '../../scripts/tool.ts'],
};

/** The rule that must speak up, the file that breaks it, and what it imports to do so. */
const VIOLATIONS: [rule: string, file: string, imported: string][] = [
  ['api-stands-alone', 'backend/api/job.ts', '../core/other.ts'],
  ['api-stands-alone', 'backend/api/job.ts', '../../extension/structure/protocol.ts'],
  ['core-knows-only-api', 'backend/core/ports.ts', '../http/other.ts'],
  ['http-knows-api-and-core', 'backend/http/app.ts', '../local/other.ts'],
  ['local-implements-ports', 'backend/local/main.ts', '../aws/store.ts'],
  ['local-implements-ports', 'backend/local/main.ts', '../../container/runner/main.ts'],
  ['aws-implements-ports', 'backend/aws/store.ts', '../local/main.ts'],
  ['aws-implements-ports', 'backend/aws/store.ts', '../http/app.ts'],
  ['lambda-mounts-the-parts', 'backend/lambda/query.ts', '../local/main.ts'],
  ['infra-knows-only-api', 'backend/infra/app.ts', '../lambda/query.ts'],
  ['cli-knows-only-api', 'backend/cli/main.ts', '../core/ports.ts'],
  ['extension-knows-only-api', 'extension/extension.ts', '../backend/core/ports.ts'],
  ['extension-knows-only-api', 'extension/extension.ts', '../webview/viewer.ts'],
  ['webview-knows-only-api-and-protocol', 'webview/viewer.ts', '../backend/core/ports.ts'],
  ['webview-knows-only-api-and-protocol', 'webview/viewer.ts', '../extension/extension.ts'],
  ['container-knows-only-api', 'container/runner/main.ts', '../../backend/core/ports.ts'],
  ['engines-belong-to-the-runner', 'backend/local/main.ts', '../../container/engines/homology.ts'],
  ['api-has-no-node', 'backend/api/job.ts', 'node:fs'],
  ['api-has-no-node', 'backend/api/job.ts', 'path'],
  ['api-has-no-node-behind-a-file', 'backend/api/other.ts', './hash.node.ts'],
  ['core-has-no-node', 'backend/core/ports.ts', 'node:fs'],
  ['webview-has-no-node', 'webview/viewer.ts', 'node:path'],
  ['webview-reaches-no-node', 'webview/viewer.ts', '../backend/api/hash.node.ts'],
  ['webview-reaches-no-node', 'webview/viewer.ts', 'vscode'],
  ['vscode-only-in-the-extension', 'backend/cli/main.ts', 'vscode'],
  ['vscode-only-in-the-extension', 'scripts/tool.ts', 'vscode'],
  ['production-imports-no-tools', 'backend/local/main.ts', '../../scripts/other.ts'],
  ['production-imports-no-tools', 'container/runner/main.ts', '../../test/support/other.ts'],
  ['no-cycles', 'container/engines/homology.ts', '../runner/main.ts'],
  ['everything-resolves', 'backend/http/app.ts', 'no-such-package'],
];

const houses: string[] = [];

async function makeHouse(house: House): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'foldpad-house-'));
  houses.push(folder);
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  await symlink(path.join(ROOT, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
  for (const [file, imports] of Object.entries(house)) {
    const lines = imports.map((from, index) => `import type * as x${index} from '${from}';`);
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, file), `${lines.join('\n')}\nexport const here = 1;\n`);
  }
  return folder;
}

/** The house with all the violations in it, and an empty file for each that leads to a new one. */
function brokenHouse(): House {
  const house: House = { ...CLEAN };
  for (const [, file, imported] of VIOLATIONS) {
    house[file] = [...(house[file] ?? []), imported];
    if (imported.endsWith('/other.ts')) house[targetOf(file, imported)] ??= [];
  }
  return house;
}

/** An import as dependency-cruiser writes it. */
function targetOf(file: string, imported: string): string {
  if (!imported.startsWith('.')) return imported.replace(/^node:/, '');
  return path.posix.join(path.posix.dirname(file), imported);
}

interface Cruise {
  code: number | null;
  /** `rule: from → to` */
  errors: string[];
}

async function cruise(folder: string): Promise<Cruise> {
  const program = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = path.join(ROOT, '.dependency-cruiser.js');
  const rooms = ['extension', 'webview', 'backend', 'container', 'scripts', 'test'];
  const { code, output } = await runCommand(process.execPath, [program, '--config', config, ...rooms], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    timeoutMs: 60_000,
  });
  const errors = [...output.matchAll(/error (\S+: \S+ →\s+\S+)/g)].map(([, error = '']) =>
    error.replace(/→\s+(node:)?/, '→ '),
  );
  return { code, errors };
}

describe('import rules', function () {
  this.timeout(120_000);
  let clean: Cruise;
  let broken: Cruise;

  before(async () => {
    clean = await cruise(await makeHouse(CLEAN));
    broken = await cruise(await makeHouse(brokenHouse()));
  });

  after(async () => {
    await Promise.all(houses.map((folder) => rm(folder, { recursive: true, force: true })));
  });

  it('accept a house in which every room imports what it may', () => {
    assert.deepEqual(clean, { code: 0, errors: [] });
  });

  it('make the program fail', () => {
    assert.notEqual(broken.code, 0);
  });

  for (const [rule, file, imported] of VIOLATIONS) {
    it(`${rule}: refuse ${imported} in ${file}`, () => {
      const wanted = `${rule}: ${file} → ${targetOf(file, imported)}`;
      assert.ok(broken.errors.includes(wanted), `expected "${wanted}" among:\n${broken.errors.join('\n')}`);
    });
  }

  it('are each broken by a case above', async () => {
    const config = (await import(path.join(ROOT, '.dependency-cruiser.js'))) as {
      default: { forbidden: { name: string }[] };
    };
    const names = config.default.forbidden.map((rule) => rule.name);
    const tested = new Set(VIOLATIONS.map(([rule]) => rule));
    assert.deepEqual(
      names.filter((name) => !tested.has(name)),
      [],
    );
  });
});
