// npm run check, npm run format: what a reader would complain about, found by programs.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMain, ROOT } from './lib/paths.ts';
import { type CommandResult, runCommand } from './lib/process.ts';
import { formatDuration } from './lib/say.ts';

/** One check: what it is called, and what it found (nothing when it passed). */
export interface CheckResult {
  name: string;
  passed: boolean;
  /** What is wrong, as the tool printed it. */
  output: string;
  milliseconds: number;
}

const PACKAGES = path.join(ROOT, 'node_modules');
const FOLDERS = ['extension', 'webview', 'backend', 'container', 'scripts', 'test'];

/** Runs a tool of node_modules with this same Node: no shell and no lookup in between. */
function tool(script: string, args: string[]): Promise<CommandResult> {
  return runCommand(process.execPath, [path.join(PACKAGES, script), ...args], { cwd: ROOT, timeoutMs: 300_000 });
}

function biome(write: boolean): Promise<CommandResult> {
  return tool('@biomejs/biome/bin/biome', ['check', '--colors=off', ...(write ? ['--write'] : []), '.']);
}

function dependencies(): Promise<CommandResult> {
  const folders = FOLDERS.filter((folder) => existsSync(path.join(ROOT, folder)));
  return tool('dependency-cruiser/bin/dependency-cruiser.mjs', ['--config', '.dependency-cruiser.js', ...folders]);
}

type Json = Record<string, unknown>;

function readJson(name: string): Json {
  return JSON.parse(readFileSync(path.join(ROOT, name), 'utf8')) as Json;
}

/** Every `%key%` in the manifest, wherever it stands. */
function manifestKeys(value: unknown): string[] {
  if (typeof value === 'string') return /^%[^%]+%$/.test(value) ? [value.slice(1, -1)] : [];
  if (Array.isArray(value)) return value.flatMap(manifestKeys);
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(manifestKeys);
  return [];
}

/** The manifest's texts must exist in every language, and none may be left over. */
export function checkManifestTexts(manifest: unknown, texts: ReadonlyMap<string, Json>): string[] {
  const wanted = new Set(manifestKeys(manifest));
  return [...texts].flatMap(([file, entries]) => {
    const present = new Set(Object.keys(entries));
    return [
      ...[...wanted]
        .filter((key) => !present.has(key))
        .map((key) => `${file}: the manifest uses %${key}%, which has no text here`),
      ...[...present]
        .filter((key) => !wanted.has(key))
        .map((key) => `${file}: "${key}" is used nowhere in package.json`),
    ];
  });
}

async function manifestTexts(): Promise<CommandResult> {
  const files = ['package.nls.json', 'package.nls.zh-cn.json'].filter((file) => existsSync(path.join(ROOT, file)));
  const problems = checkManifestTexts(readJson('package.json'), new Map(files.map((file) => [file, readJson(file)])));
  const output = problems.join('\n');
  return { code: output === '' ? 0 : 1, signal: null, timedOut: false, output, complaints: '' };
}

/**
 * Runs every check, one after the other.
 *
 * @param write let Biome repair what it can
 */
export async function runChecks(write: boolean): Promise<CheckResult[]> {
  const checks: [string, () => Promise<CommandResult>][] = [
    ['format and lint (Biome)', () => biome(write)],
    ['types (tsc)', () => tool('typescript/bin/tsc', ['--noEmit', '--pretty', 'false'])],
    ['import directions (dependency-cruiser)', dependencies],
    ['texts of the manifest', manifestTexts],
  ];
  const results: CheckResult[] = [];
  for (const [name, check] of checks) {
    const started = performance.now();
    const { code, output } = await check();
    const milliseconds = performance.now() - started;
    const passed = code === 0;
    console.log(`${passed ? '✔' : '✖'} ${name} (${formatDuration(milliseconds)})`);
    if (!passed) console.log(output.trim());
    results.push({ name, passed, output, milliseconds });
  }
  return results;
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
  const results = await runChecks(values.write);
  process.exitCode = results.every((result) => result.passed) ? 0 : 1;
}
