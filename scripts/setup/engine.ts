// What the homology engine runs on: Debian packages, and a template library made from one of them.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type DriverRuntime, doctorCommand, driverRuntime } from '../../container/engines/homologyDriver.ts';
import { ROOT } from '../lib/paths.ts';
import { runCommand } from '../lib/process.ts';
import { formatDuration, say } from '../lib/say.ts';
import { ensurePackages, hasApt, installCommand } from './apt.ts';
import type { SetupResult, SetupResultWith } from './result.ts';

/** Never another Python on PATH: ProMod3 and OpenStructure are modules of Debian's own. */
export const ENGINE_PYTHON = '/usr/bin/python3';

const DRIVER = path.join(ROOT, 'container', 'homology', 'main.py');

/** What a prediction needs. */
export const ENGINE_PACKAGES = [
  'promod3',
  'promod3-data',
  'openstructure',
  'hhsuite',
  'hhsuite-data',
  'libopenmm-plugins',
  'python3-numpy',
] as const;

/** What the tests and benchmarks measure models with. */
const MEASURING_PACKAGES = ['tm-align'] as const;

function buildImage(runtime: 'docker' | 'podman'): string {
  return `${runtime} build -t foldpad-homology container/homology`;
}

/** The way for every system that is not Debian's kin. The image's name is the one that the runner looks for. */
export const CONTAINER_WAY =
  `Use the engine in its container instead: ${buildImage('docker')}, then set FOLDPAD_ENGINE_RUNTIME=docker ` +
  `in the environment of Foldpad and VS Code (with Podman: ${buildImage('podman')}, FOLDPAD_ENGINE_RUNTIME=podman).`;

/** The folder that holds the template library, unless FOLDPAD_LIBRARY names another. */
export function libraryFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.FOLDPAD_LIBRARY) return path.resolve(env.FOLDPAD_LIBRARY);
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'foldpad', 'library');
}

/** The last line of a program's output, which is where it says what went wrong. */
function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}

interface Missing {
  what: string;
  why: string;
  remedy: string;
}

/** Reads what the driver's `doctor` printed: one JSON object with a list of what is missing. */
function missingParts(output: string): Missing[] {
  const line = output.split('\n').find((text) => text.startsWith('{'));
  try {
    const report = JSON.parse(line ?? output) as { missing?: Missing[] };
    return report.missing ?? [];
  } catch {
    return [];
  }
}

/** Asks the engine itself whether it can predict, natively or in its container. */
async function askDoctor(runtime: DriverRuntime): Promise<SetupResult> {
  const { file, args } = doctorCommand(runtime, process.env, { name: `foldpad-doctor-${process.pid}` });
  const { code, output } = await runCommand(file, args, { timeoutMs: 120_000 });
  if (code === 0) return { ok: true };
  const missing = missingParts(output);
  return {
    ok: false,
    reason: `the homology engine is not ready: ${missing.map((part) => part.why).join('; ') || lastLine(output)}`,
    remedy: `Run: ${runtime.kind === 'native' ? installCommand(ENGINE_PACKAGES) : buildImage(runtime.runtime)}`,
  };
}

export interface EngineOptions {
  /** Also install what tests and benchmarks measure with. */
  forTests: boolean;
}

/** Installs the engine's packages where that is possible here, and asks the engine whether it is content. */
export async function setUpEngine(options: EngineOptions): Promise<SetupResult> {
  const runtime = driverRuntime(process.env);
  if (runtime.kind === 'container') return askDoctor(runtime);
  if (!hasApt()) {
    return {
      ok: false,
      reason: 'the homology engine is made of Debian packages, and this system has no apt-get',
      remedy: CONTAINER_WAY,
    };
  }
  const packages = options.forTests ? [...ENGINE_PACKAGES, ...MEASURING_PACKAGES] : [...ENGINE_PACKAGES];
  const installed = await ensurePackages(packages, 'the homology engine (about 2 GB)');
  if (!installed.ok) return installed;
  return askDoctor(runtime);
}

/** Turns the driver's progress lines into a line for the user at every tenth of the way. */
function progressSpeaker(): (text: string) => void {
  let rest = '';
  let tenth = -1;
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('{"progress"')) continue;
      const { progress } = JSON.parse(line) as { progress: { step: string; fraction: number } };
      const now = Math.floor(progress.fraction * 10);
      if (now <= tenth || progress.fraction >= 1) continue;
      tenth = now;
      say(`  template library: ${progress.step}, ${Math.round(progress.fraction * 100)} %`);
    }
  };
}

/**
 * Prepares the template library once (about a minute); the engine itself knows when there is nothing to do. In its
 * container, the engine does so with its first prediction.
 */
export async function setUpLibrary(): Promise<SetupResultWith<{ library: string }>> {
  const library = libraryFolder();
  if (driverRuntime(process.env).kind === 'container') return { ok: true, library };
  const started = performance.now();
  const command = ['prepare', '--library', library];
  if (!existsSync(library)) say(`preparing the template library in ${library}, once …`);
  const { code, output } = await runCommand(ENGINE_PYTHON, [DRIVER, ...command], {
    timeoutMs: 20 * 60_000,
    onOutput: progressSpeaker(),
  });
  const elapsed = performance.now() - started;
  if (code !== 0) {
    return {
      ok: false,
      reason: `the template library could not be prepared: ${lastLine(output)}`,
      remedy: `Run it by itself to see more: ${ENGINE_PYTHON} container/homology/main.py ${command.join(' ')}`,
    };
  }
  if (elapsed > 5_000) say(`prepared the template library in ${formatDuration(elapsed)}`);
  return { ok: true, library };
}
