// A real VS Code that needs no desktop: code-server, from npm, in tools/editor.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '../launcher/lock.mjs';
import { ensureNodeModules } from '../launcher/nodeModules.mjs';
import { runNpm } from '../launcher/npm.mjs';
import { ensurePinnedNode, type PinnedNode } from '../launcher/pinnedNode.mjs';
import { CACHE, ROOT } from '../lib/paths.ts';
import { runCommand } from '../lib/process.ts';
import { formatDuration, messageOf, say } from '../lib/say.ts';
import { ensurePackages, hasApt } from './apt.ts';
import type { SetupResult, SetupResultWith } from './result.ts';

const FOLDER = path.join(ROOT, 'tools', 'editor');
const PACKAGE = path.join(FOLDER, 'node_modules', 'code-server');
const WORKBENCH = path.join(PACKAGE, 'lib', 'vscode');
const ENTRY = path.join(PACKAGE, 'out', 'node', 'entry.js');
/**
 * The native modules that must be built; the others come built or are not needed. Without spdlog every output channel
 * stays empty; without the watchdog an extension host outlives an editor that was killed.
 */
const BUILT = [
  ['@vscode/spdlog', 'spdlog.node'],
  ['@vscode/native-watchdog', 'watchdog.node'],
] as const;
const BINARIES = BUILT.map(([name, file]) => path.join(WORKBENCH, 'node_modules', name, 'build', 'Release', file));
/** Inside node_modules, because a fresh `npm ci` wipes the packages that we install deeper down along with it. */
const STAMP = path.join(FOLDER, 'node_modules', '.foldpad-editor-ready');

export interface EditorProgram {
  /** The Node that the editor must run under (it refuses others). */
  node: string;
  /** The script to give to it. */
  entry: string;
}

/** Changes whenever the editor or the Node it is built for does. */
function fingerprint(node: PinnedNode): string {
  return createHash('sha256')
    .update(readFileSync(path.join(FOLDER, 'package-lock.json')))
    .update(readFileSync(path.join(node.packageFolder, 'package.json')))
    .digest('hex');
}

function isReady(node: PinnedNode): boolean {
  if (![STAMP, ENTRY, ...BINARIES].every((file) => existsSync(file))) return false;
  return readFileSync(STAMP, 'utf8').trim() === fingerprint(node);
}

async function onPath(program: string): Promise<boolean> {
  const { code } = await runCommand(program, ['--version'], { timeoutMs: 20_000 });
  return code === 0;
}

async function ensureBuildTools(): Promise<SetupResult> {
  const needed = ['g++', 'make', 'python3'];
  const found = await Promise.all(needed.map(onPath));
  const missing = needed.filter((_, index) => !found[index]);
  if (missing.length === 0) return { ok: true };
  if (hasApt()) return ensurePackages(missing, 'the build tools of the editor');
  return {
    ok: false,
    reason: `${missing.join(', ')} are needed to build one part of the editor`,
    remedy:
      process.platform === 'darwin'
        ? 'Run: xcode-select --install'
        : `Install ${missing.join(', ')} with your system's own package manager.`,
  };
}

async function install(node: PinnedNode): Promise<void> {
  await ensureNodeModules(FOLDER, 'the editor (code-server)', say);
  rmSync(STAMP, { force: true });
  const env: NodeJS.ProcessEnv = { PATH: `${node.binFolder}${path.delimiter}${process.env.PATH ?? ''}` };
  // `npm ci` fails here: code-server's own lock file lacks a package. `npm install` follows the rest of that file.
  await runNpm(WORKBENCH, ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], env);
  const headers = existsSync(path.join(node.packageFolder, 'include'))
    ? { npm_config_nodedir: node.packageFolder }
    : {};
  const names = BUILT.map(([name]) => name);
  await runNpm(WORKBENCH, ['rebuild', ...names, '--foreground-scripts'], { ...env, ...headers });
  const absent = BINARIES.filter((file) => !existsSync(file));
  if (absent.length > 0) throw new Error(`building ${names.join(' and ')} left no ${absent.join(', ')}`);
  writeFileSync(STAMP, `${fingerprint(node)}\n`);
}

/** Installs the editor where it is missing (about two minutes and 700 MB the first time). */
export async function setUpEditor(): Promise<SetupResultWith<{ editor: EditorProgram }>> {
  const remedy = 'Check the network, remove tools/editor/node_modules and run the same command again.';
  try {
    const node = await ensurePinnedNode(say);
    const ready = { ok: true, editor: { node: node.binary, entry: ENTRY } } as const;
    if (isReady(node)) return ready;
    const tools = await ensureBuildTools();
    if (!tools.ok) return tools;
    await withLock(path.join(CACHE, 'locks', 'editor.lock'), async () => {
      if (isReady(node)) return;
      say('setting up a VS Code in the browser, once; this takes a few minutes …');
      const started = performance.now();
      await install(node);
      say(`set up the editor in ${formatDuration(performance.now() - started)}`);
    });
    return ready;
  } catch (error) {
    return { ok: false, reason: `the editor could not be set up: ${messageOf(error)}`, remedy };
  }
}
