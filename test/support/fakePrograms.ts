import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface ScriptEnd {
  readonly code: number;
  readonly output: string;
  /** Every call of a fake program, in order: name and arguments. */
  readonly calls: readonly string[];
}

/**
 * Programs that do nothing but note that they were called, for running the shell scripts of instances on this machine.
 * A program can be given a behaviour: lines of bash.
 */
export class FakePrograms {
  readonly #folder: string;
  readonly #log: string;

  /** @param folder of the test's own */
  constructor(folder: string, names: readonly string[]) {
    this.#folder = path.join(folder, 'bin');
    this.#log = path.join(folder, 'calls');
    mkdirSync(this.#folder);
    for (const name of names) this.behave(name, 'exit 0');
  }

  behave(name: string, behaviour: string): void {
    const file = path.join(this.#folder, name);
    writeFileSync(file, `#!/bin/bash\necho "${name} $*" >>'${this.#log}'\n${behaviour}\n`);
    chmodSync(file, 0o755);
  }

  /** Runs a script of bash with the fakes in front of everything else. */
  run(script: string, env: Readonly<Record<string, string>>): ScriptEnd {
    writeFileSync(this.#log, '');
    let code = 0;
    let output = '';
    try {
      output = execFileSync('/bin/bash', ['-c', script], {
        env: { PATH: `${this.#folder}:/usr/bin:/bin`, ...env },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
      });
    } catch (error) {
      const end = error as { status?: number; stdout?: string; stderr?: string };
      code = end.status ?? -1;
      output = `${end.stdout ?? ''}${end.stderr ?? ''}`;
    }
    const calls = existsSync(this.#log) ? readFileSync(this.#log, 'utf8').trim().split('\n').filter(Boolean) : [];
    return { code, output, calls };
  }
}
