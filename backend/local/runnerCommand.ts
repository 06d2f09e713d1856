import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunSpec } from '../core/ports.ts';
import type { RunCommand } from './attemptProcess.ts';
import type { AttemptPaths } from './runFolders.ts';

/** The runner beside this program: in a bundle `runner.mjs`, in a checkout its source. */
export function findRunner(here: string = import.meta.dirname): readonly string[] {
  const bundled = path.join(here, 'runner.mjs');
  const source = path.join(here, '..', '..', 'container', 'runner', 'main.ts');
  return [process.execPath, existsSync(bundled) ? bundled : source];
}

/** What this program's own runtime needs to run a script: the editor's Electron must be told to behave like Node. */
export function runtimeEnvironment(): Readonly<Record<string, string>> {
  return process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {};
}

/** The command line of one attempt. */
export function attemptCommand(
  runnerCommand: readonly string[],
  run: RunSpec,
  paths: AttemptPaths,
  { library, threads }: { readonly library: string; readonly threads: number },
): RunCommand {
  const options = {
    job: run.jobUri,
    stage: run.stage,
    attempt: String(paths.attempt),
    'status-file': paths.status,
    library,
    threads: String(threads),
    work: paths.work,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return { command: [...runnerCommand, 'run', ...args], environment: runtimeEnvironment() };
}
