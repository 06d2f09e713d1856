// Debian and Ubuntu packages, installed where we may and named where we may not.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withLock } from '../launcher/lock.mjs';
import { CACHE } from '../lib/paths.ts';
import { type CommandResult, runCommand } from '../lib/process.ts';
import { formatDuration, say } from '../lib/say.ts';
import type { SetupResult } from './result.ts';

const APT_GET = '/usr/bin/apt-get';
const INSTALL = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
const UPDATE = ['update', '-o', 'DPkg::Lock::Timeout=300'];
const TIMEOUT_MS = 20 * 60_000;

/** What may install packages here: nothing in front of the command, `sudo`, or nobody. */
export type Privilege = 'root' | 'sudo' | 'none';

/** True on Debian, Ubuntu and their relatives. */
export function hasApt(): boolean {
  return process.platform === 'linux' && existsSync(APT_GET);
}

/** The command that a person with the right to do so would run. */
export function installCommand(packages: readonly string[]): string {
  return `sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Which of the packages are not installed.
 *
 * @param statusLines what `dpkg-query -W -f '${Package} ${db:Status-Status}\n'` printed; unknown packages are absent
 */
export function missingAmong(packages: readonly string[], statusLines: string): string[] {
  const installed = new Set(
    statusLines
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

async function missingPackages(packages: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg's own.
  const format = '-f=${Package} ${db:Status-Status}\\n';
  const { output } = await runCommand('dpkg-query', ['-W', format, ...packages]);
  return missingAmong(packages, output);
}

async function privilege(): Promise<Privilege> {
  if (process.getuid?.() === 0) return 'root';
  // -n: never ask. A question would wait for ever in a build.
  const { code } = await runCommand('sudo', ['-n', 'true'], { timeoutMs: 10_000 });
  return code === 0 ? 'sudo' : 'none';
}

function aptGet(rights: Privilege, args: readonly string[]): Promise<CommandResult> {
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', APT_GET, '-q', ...args];
  const [program = '', ...rest] = rights === 'sudo' ? ['sudo', '-n', ...command] : command;
  return runCommand(program, rest, { timeoutMs: TIMEOUT_MS });
}

/** apt's own words about what went wrong. */
function errorLines(output: string): string {
  const lines = output.split('\n').filter((line) => /^(E|Err|W):/.test(line));
  return (lines.length > 0 ? lines : output.trim().split('\n')).slice(-3).join('; ');
}

/** The list of packages has a lock of its own, for which apt does not wait. */
async function update(rights: Privilege): Promise<CommandResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await aptGet(rights, UPDATE);
    if (result.code === 0 || attempt === 10 || !result.output.includes('Could not get lock')) return result;
    await delay(3_000);
  }
}

/** Installs with the lists that are there; fetches fresh ones only when that fails, as it does on a new machine. */
async function install(rights: Privilege, packages: readonly string[]): Promise<SetupResult> {
  const first = await aptGet(rights, [...INSTALL, ...packages]);
  if (first.code === 0) return { ok: true };
  const lists = await update(rights);
  const second = await aptGet(rights, [...INSTALL, ...packages]);
  if (second.code === 0) return { ok: true };
  const why = second.timedOut ? 'it took too long' : errorLines(second.output);
  const listsWhy = lists.code === 0 ? '' : ` (apt-get update failed too: ${errorLines(lists.output)})`;
  return {
    ok: false,
    reason: `apt-get could not install ${packages.join(', ')}: ${why}${listsWhy}`,
    remedy: `Run: sudo apt-get update && ${installCommand(packages)}`,
  };
}

/**
 * Makes sure that Debian packages are installed.
 *
 * @param packages names of binary packages
 * @param what what they are for, in words a user knows ("the editor's build tools")
 */
export async function ensurePackages(packages: readonly string[], what: string): Promise<SetupResult> {
  if (!hasApt()) {
    return {
      ok: false,
      reason: `${what} can be installed by this program on Debian and Ubuntu only`,
      remedy: `Install what Debian calls ${packages.join(', ')} with your system's own package manager.`,
    };
  }
  if ((await missingPackages(packages)).length === 0) return { ok: true };
  const rights = await privilege();
  return withLock(path.join(CACHE, 'locks', 'apt.lock'), async (): Promise<SetupResult> => {
    const missing = await missingPackages(packages);
    if (missing.length === 0) return { ok: true };
    if (rights === 'none') {
      return {
        ok: false,
        reason: `the packages ${missing.join(', ')} are needed for ${what}, and this user may not install packages`,
        remedy: `Run: ${installCommand(missing)}`,
      };
    }
    say(`installing ${what} (${missing.join(', ')}) …`);
    const started = performance.now();
    const result = await install(rights, missing);
    if (result.ok) say(`installed ${what} in ${formatDuration(performance.now() - started)}`);
    return result;
  });
}
