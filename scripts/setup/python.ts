// Python programs of others, pinned, each group of them in an environment of its own below `.venv/`: groups may need
// versions that exclude each other, and nobody's own Python is touched.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '../launcher/lock.mjs';
import { CACHE, ROOT } from '../lib/paths.ts';
import { runCommand } from '../lib/process.ts';
import { formatDuration, say } from '../lib/say.ts';
import { ensurePackages, hasApt } from './apt.ts';
import type { SetupResult, SetupResultWith } from './result.ts';

/** What there is to install; the requirements of each are in `tools/python/<group>.txt`. */
export const PYTHON_GROUPS = {
  aws: 'the AWS emulator and the template linters (about 60 MB)',
  alphafold: 'AlphaFold’s code, JAX and OpenMM for the CPU (about 250 MB)',
} as const;
export type PythonGroup = keyof typeof PYTHON_GROUPS;

/** The oldest Python that the pinned packages run on. */
const OLDEST = { major: 3, minor: 11 } as const;

/** `python3` comes first, as that is what the person at the keyboard chose; a version manager's may be broken. */
const CANDIDATES = ['python3', '/usr/bin/python3', 'python3.13', 'python3.12', 'python3.11', 'python'];

/** Debian leaves these two out of its `python3`. */
const VENV_PACKAGES = ['python3-venv', 'python3-pip'] as const;

const INSTALL_MS = 20 * 60_000;

/** Folder of a group's environment. */
export function pythonFolder(group: PythonGroup): string {
  return path.join(ROOT, '.venv', group);
}

/** A program of a group's environment: `python`, `ministack`, `cfn-lint` … It is there once the group is set up. */
export function pythonProgram(group: PythonGroup, name: string): string {
  const isWindows = process.platform === 'win32';
  return path.join(pythonFolder(group), isWindows ? 'Scripts' : 'bin', isWindows ? `${name}.exe` : name);
}

function requirementsFile(group: PythonGroup): string {
  return path.join(ROOT, 'tools', 'python', `${group}.txt`);
}

function stampFile(group: PythonGroup): string {
  return path.join(pythonFolder(group), 'foldpad-stamp');
}

/** Changes whenever something else would be installed. */
function stampOf(group: PythonGroup): string {
  return createHash('sha256')
    .update(readFileSync(requirementsFile(group)))
    .digest('hex');
}

/** Whether the group is installed just as its requirements say. */
export function isPythonReady(group: PythonGroup): boolean {
  const file = stampFile(group);
  return (
    existsSync(file) &&
    existsSync(pythonProgram(group, 'python')) &&
    readFileSync(file, 'utf8').trim() === stampOf(group)
  );
}

type PythonCheck = 'usable' | 'no-venv' | 'unusable';

/** Asks the interpreter itself: its version, and whether it can make environments with pip in them. */
async function checkPython(python: string): Promise<PythonCheck> {
  const program = [
    'import sys',
    `sys.exit(2) if sys.version_info < (${OLDEST.major}, ${OLDEST.minor}) else None`,
    'try:',
    '    import venv, ensurepip',
    'except ImportError:',
    '    sys.exit(3)',
  ].join('\n');
  const { code } = await runCommand(python, ['-c', program], { timeoutMs: 30_000 });
  if (code === 0) return 'usable';
  return code === 3 ? 'no-venv' : 'unusable';
}

async function findPython(): Promise<SetupResultWith<{ python: string }>> {
  let lacksVenv = false;
  for (const python of CANDIDATES) {
    const found = await checkPython(python);
    if (found === 'usable') return { ok: true, python };
    lacksVenv ||= found === 'no-venv';
  }
  if (lacksVenv && hasApt()) {
    const installed = await ensurePackages(VENV_PACKAGES, 'environments for Python programs');
    if (!installed.ok) return installed;
    if ((await checkPython('/usr/bin/python3')) === 'usable') return { ok: true, python: '/usr/bin/python3' };
  }
  const version = `${OLDEST.major}.${OLDEST.minor}`;
  return {
    ok: false,
    reason: lacksVenv ? 'the Python here cannot make environments (venv)' : `there is no Python ${version} or newer`,
    remedy: hasApt()
      ? `Run: sudo apt-get install -y python3 ${VENV_PACKAGES.join(' ')}`
      : `Install Python ${version} or newer with its venv module, so that it is on PATH as python3.`,
  };
}

/** pip's own words about what went wrong. */
function pipErrors(output: string): string {
  const lines = output.trim().split('\n');
  const errors = lines.filter((line) => /^\s*ERROR/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-3).join('; ');
}

async function install(group: PythonGroup, python: string): Promise<SetupResult> {
  const folder = pythonFolder(group);
  // What a broken or an older set-up left would be mixed with what comes.
  rmSync(folder, { recursive: true, force: true });
  const made = await runCommand(python, ['-m', 'venv', folder], { timeoutMs: 120_000 });
  if (made.code !== 0) {
    return {
      ok: false,
      reason: `${python} could not make an environment in ${folder}: ${pipErrors(made.output)}`,
      remedy: `Run: ${python} -m venv ${folder}`,
    };
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const args = [...pip, '--requirement', requirementsFile(group)];
  const installed = await runCommand(pythonProgram(group, 'python'), args, { timeoutMs: INSTALL_MS });
  if (installed.code === 0) return { ok: true };
  const why = installed.timedOut ? 'it took too long' : pipErrors(installed.output);
  return {
    ok: false,
    reason: `pip could not install ${PYTHON_GROUPS[group]}: ${why}`,
    remedy: `Check the network and the package index, then run: ${pythonProgram(group, 'python')} ${args.join(' ')}`,
  };
}

/**
 * Makes sure that a group's programs are installed in just the versions asked for. Quiet and at once done when they
 * are; of several processes that come at the same time, one installs and the others wait.
 */
export async function setUpPython(group: PythonGroup): Promise<SetupResult> {
  if (isPythonReady(group)) return { ok: true };
  return withLock(path.join(CACHE, 'locks', `python-${group}.lock`), async (): Promise<SetupResult> => {
    if (isPythonReady(group)) return { ok: true };
    const found = await findPython();
    if (!found.ok) return found;
    say(`installing ${PYTHON_GROUPS[group]} into .venv/${group} …`);
    const started = performance.now();
    const result = await install(group, found.python);
    if (!result.ok) return result;
    writeFileSync(stampFile(group), `${stampOf(group)}\n`);
    say(`installed them in ${formatDuration(performance.now() - started)}`);
    return result;
  });
}
