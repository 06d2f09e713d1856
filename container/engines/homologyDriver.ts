import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { JobOrder } from '../../backend/api/runner.ts';
import { CONTAINER_RUNTIMES, type ContainerRuntime, containerCommand } from './containerCommand.ts';
import type { EngineCommand } from './engine.ts';

/** Debian's own Python is the one that has OpenStructure and ProMod3; a pyenv or conda Python in front of it has not. */
const DEFAULT_PYTHON = '/usr/bin/python3';
const DEFAULT_IMAGE = 'foldpad-homology';

/** How the Python driver is started on this machine. */
export type DriverRuntime =
  | { readonly kind: 'native'; readonly python: string; readonly driver: string }
  | { readonly kind: 'container'; readonly runtime: ContainerRuntime; readonly image: string };

/** A setting of the engine cannot be used; the message names it and says what to do. */
export class EngineSettingError extends Error {
  override readonly name = 'EngineSettingError';
}

/**
 * Reads `FOLDPAD_ENGINE_RUNTIME` (docker, podman; native without it), `FOLDPAD_ENGINE_IMAGE` and `FOLDPAD_PYTHON`.
 *
 * @throws EngineSettingError
 */
export function driverRuntime(env: NodeJS.ProcessEnv): DriverRuntime {
  const wanted = env.FOLDPAD_ENGINE_RUNTIME ?? '';
  if (wanted === '' || wanted === 'native') {
    return { kind: 'native', python: env.FOLDPAD_PYTHON || DEFAULT_PYTHON, driver: driverScript() };
  }
  const runtime = CONTAINER_RUNTIMES.find((candidate) => candidate === wanted);
  if (!runtime) {
    throw new EngineSettingError(
      `FOLDPAD_ENGINE_RUNTIME is "${wanted}"; set it to native, ${CONTAINER_RUNTIMES.join(' or ')}, or not at all.`,
    );
  }
  return { kind: 'container', runtime, image: env.FOLDPAD_ENGINE_IMAGE || DEFAULT_IMAGE };
}

/** The driver lies beside this folder in a checkout, and in container/ beside dist/ where Foldpad is installed. */
function driverScript(): string {
  const here = import.meta.dirname;
  const candidates = ['../homology/main.py', '../container/homology/main.py'].map((place) => path.resolve(here, place));
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new EngineSettingError(
      `The homology engine's driver is missing: there is no ${candidates.join(' and no ')}. Install Foldpad again.`,
    );
  }
  return found;
}

/** Where the template library is kept when nobody says otherwise. */
export function defaultLibraryFolder(env: NodeJS.ProcessEnv): string {
  const cache = env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  return env.FOLDPAD_LIBRARY || path.join(cache, 'foldpad', 'library');
}

/** What one prediction reads and writes: absolute paths on this machine. */
export interface PredictionPaths {
  readonly fastaFile: string;
  readonly outFolder: string;
  readonly workFolder: string;
  readonly libraryFolder: string;
}

/** Names the container of one prediction and says who owns what it writes. */
export interface ContainerIdentity {
  readonly name: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

const INSIDE: PredictionPaths = {
  fastaFile: '/input/target.fasta',
  outFolder: '/output',
  workFolder: '/scratch',
  libraryFolder: '/library',
};

export function predictCommand(
  runtime: DriverRuntime,
  order: JobOrder,
  paths: PredictionPaths,
  threads: number,
  env: NodeJS.ProcessEnv,
  identity: ContainerIdentity,
): EngineCommand {
  if (runtime.kind === 'native') return native(runtime, predictArguments(order, paths, threads), env, paths.workFolder);
  const mount = (role: keyof PredictionPaths, readOnly: boolean) => ({
    source: paths[role],
    target: INSIDE[role],
    readOnly,
  });
  return containerCommand({
    ...runtime,
    ...identity,
    mounts: [
      mount('fastaFile', true),
      mount('outFolder', false),
      mount('workFolder', false),
      mount('libraryFolder', false),
    ],
    args: predictArguments(order, INSIDE, threads),
  });
}

/** Asks whether all software is there. The library is looked for without the driver: it lies on this machine. */
export function doctorCommand(
  runtime: DriverRuntime,
  env: NodeJS.ProcessEnv,
  identity: ContainerIdentity,
): EngineCommand {
  if (runtime.kind === 'native') return native(runtime, ['doctor'], env);
  return containerCommand({ ...runtime, ...identity, mounts: [], args: ['doctor'] });
}

/** What the driver is asked for; see `container/homology/foldpad_homology/cli.py`. */
export function predictArguments(order: JobOrder, paths: PredictionPaths, threads: number): string[] {
  const { exclude_templates, max_template_identity, random_seed } = order.parameters;
  return [
    'predict',
    `--fasta=${paths.fastaFile}`,
    `--out=${paths.outFolder}`,
    `--work=${paths.workFolder}`,
    `--library=${paths.libraryFolder}`,
    `--threads=${threads}`,
    ...(exclude_templates.length > 0 ? [`--exclude-templates=${exclude_templates.join(',')}`] : []),
    ...(max_template_identity === undefined ? [] : [`--max-identity=${max_template_identity}`]),
    ...(random_seed === undefined ? [] : [`--seed=${random_seed}`]),
  ];
}

function native(
  { python, driver }: Extract<DriverRuntime, { kind: 'native' }>,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): EngineCommand {
  return {
    file: python,
    args: [driver, ...args],
    ...(cwd === undefined ? {} : { cwd }),
    env: pythonEnvironment(env),
  };
}

/** The user's own Python settings (virtual environments, conda) would hide Debian's packages from Debian's Python. */
function pythonEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept = ['HOME', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL', 'USER', 'LOGNAME'];
  return {
    ...Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    PYTHONUNBUFFERED: '1',
    PYTHONIOENCODING: 'utf-8',
    PYTHONNOUSERSITE: '1',
  };
}
