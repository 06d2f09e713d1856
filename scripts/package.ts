// npm run package: builds foldpad.vsix, with everything that predicting on one's own machine needs.
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.ts';
import { DIST, isMain, ROOT } from './lib/paths.ts';
import { runCommand } from './lib/process.ts';
import { formatSize, messageOf } from './lib/say.ts';

/** Bytes. What the project promises of the package, and of the code that starts with the editor. */
const LIMITS = { vsix: 3_000_000, extension: 300_000 };

/** What a package without one of these would lack. */
const NEEDED = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'dist/extension.cjs',
  'dist/server.mjs',
  'dist/runner.mjs',
  'dist/foldpad.mjs',
  'dist/webview/viewer.js',
  'dist/webview/ngl.js',
  'dist/THIRD_PARTY_NOTICES.md',
  'container/homology/main.py',
];

/** What has no business in a package. */
const UNWANTED = [
  /\.map$/,
  /^dist\/lambda\//,
  /(^|\/)(node_modules|test|tests|scripts|tools)\//,
  /\.(ts|pyc|vsix)$/,
  /(^|\/)\.[^/]+$/,
];

export const VSIX = path.join(ROOT, 'foldpad.vsix');

async function vsce(...args: string[]): Promise<string> {
  const program = path.join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
  const env = { ...process.env, NO_COLOR: '1' };
  const { code, output } = await runCommand(process.execPath, [program, ...args], {
    cwd: ROOT,
    env,
    timeoutMs: 300_000,
  });
  if (code !== 0) throw new Error(`vsce ${args[0]} failed:\n${output.trim()}`);
  return output;
}

/** What is wrong with a list of packaged files; nothing when all is well. */
export function problemsOf(files: readonly string[]): string[] {
  return [
    ...NEEDED.filter((file) => !files.includes(file)).map((file) => `${file} is not in the package`),
    ...files
      .filter((file) => UNWANTED.some((pattern) => pattern.test(file)))
      .map((file) => `${file} must not be in it`),
  ];
}

/** Paths of this machine have no place in what is shipped; a bundler writes them where code asks for its own file. */
function leaks(): string[] {
  return ['extension.cjs', 'server.mjs', 'runner.mjs', 'foldpad.mjs', 'webview/viewer.js']
    .map((name) => path.join(DIST, name))
    .filter((file) => existsSync(file) && readFileSync(file, 'utf8').includes(ROOT))
    .map((file) => `${path.relative(ROOT, file)} contains this machine's path ${ROOT}`);
}

function tooBig(file: string, limit: number): string[] {
  if (!existsSync(file)) return [];
  const { size } = statSync(file);
  return size > limit ? [`${path.relative(ROOT, file)} is ${formatSize(size)}; the limit is ${formatSize(limit)}`] : [];
}

/**
 * Builds and packs.
 *
 * @param options `inHost`: also bundle the tests that run inside the extension host (they are not packed)
 * @returns the path of the VSIX file
 * @throws Error naming everything that is missing, unwanted or too big
 */
export async function packageExtension(options: { inHost: boolean }): Promise<string> {
  await build({ mode: 'production', inHost: options.inHost, only: 'product' });
  const files = (await vsce('ls', '--no-dependencies')).split('\n').map((line) => line.trim());
  await vsce('package', '--no-dependencies', '--out', VSIX);
  const problems = [
    ...problemsOf(files.filter((file) => file !== '')),
    ...leaks(),
    ...tooBig(path.join(DIST, 'extension.cjs'), LIMITS.extension),
    ...tooBig(VSIX, LIMITS.vsix),
  ];
  if (problems.length > 0) throw new Error(`foldpad.vsix is not fit to be shipped:\n  ${problems.join('\n  ')}`);
  return VSIX;
}

if (isMain(import.meta.url)) {
  try {
    const file = await packageExtension({ inHost: false });
    console.log(`${path.relative(ROOT, file)}  ${formatSize(statSync(file).size)}`);
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
