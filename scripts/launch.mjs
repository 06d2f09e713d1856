// Runs one of the project's TypeScript programs: `node scripts/launch.mjs scripts/build.ts --watch`.
//
// The user's Node may be as old as 18. The programs need Node 24, which runs TypeScript directly, and the packages of
// package-lock.json. This launcher brings both where they are missing, says nothing when they are there, and passes
// arguments, streams, signals and the exit code through.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNodeModules } from './launcher/nodeModules.mjs';
import { ensurePinnedNode, MINIMUM_NODE_MAJOR } from './launcher/pinnedNode.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Standard output belongs to the program that is launched. */
function say(line) {
  process.stderr.write(`foldpad: ${line}\n`);
}

async function findNode() {
  const major = Number.parseInt(process.versions.node, 10);
  // Node 25 is out of support, and dependency-cruiser refuses it.
  if (major >= MINIMUM_NODE_MAJOR && major !== 25)
    return { binary: process.execPath, binFolder: path.dirname(process.execPath) };
  return ensurePinnedNode(say);
}

/** esbuild's program comes as an optional package per platform; a half-done install shows here and not in a bundle. */
function checkEsbuild() {
  const windows = process.platform === 'win32';
  const folder = path.join(ROOT, 'node_modules', '@esbuild', `${process.platform}-${process.arch}`);
  const binary = windows ? path.join(folder, 'esbuild.exe') : path.join(folder, 'bin', 'esbuild');
  const probe = fs.existsSync(binary) ? spawnSync(binary, ['--version'], { encoding: 'utf8' }) : undefined;
  if (probe?.status === 0) return;
  throw new Error(
    `esbuild's program for ${process.platform}-${process.arch} ${probe ? 'does not run' : 'was not installed'}. ` +
      'Remove node_modules and run the same command again; optional packages must not be omitted.',
  );
}

/** Environment of the launched program, with Node 24's folder first on PATH (Windows may spell it Path). */
function environment(binFolder) {
  const env = { ...process.env };
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  env[name] = [binFolder, path.join(ROOT, 'node_modules', '.bin'), env[name]].filter(Boolean).join(path.delimiter);
  // What Node made of the sources the last time: programs start in half the time and need 30 MB less.
  env.NODE_COMPILE_CACHE ??= path.join(ROOT, '.cache', 'node');
  return env;
}

/** A terminal sends Ctrl+C to the whole foreground group, so the program has it already; a signal from elsewhere has not. */
function forwardSignals(child) {
  const forward = (signal) => {
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
}

function launch(node, script, args) {
  const child = spawn(node.binary, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: 'inherit',
    env: environment(node.binFolder),
  });
  forwardSignals(child);
  child.on('error', (error) => fail(`${node.binary} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (os.constants.signals[signal] ?? 0) : (code ?? 1)));
}

function fail(message) {
  say(message);
  process.exit(1);
}

async function main() {
  const [script, ...args] = process.argv.slice(2);
  if (!script) fail('say which program to run, for example: node scripts/launch.mjs scripts/build.ts');
  const file = path.resolve(ROOT, script);
  if (!fs.existsSync(file)) fail(`there is no ${path.relative(ROOT, file)} in this checkout.`);
  const node = await findNode();
  if (await ensureNodeModules(ROOT, "the project's packages", say)) checkEsbuild();
  launch(node, file, args);
}

main().catch((error) => fail(error.message));
