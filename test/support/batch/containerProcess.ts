/** A "container": the program that an image would start, as a process group of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ContainerOptions {
  /** The image's entry point followed by the job's command. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Called with every line of stdout and stderr. */
  readonly onLine: (line: string) => void;
  /** Between SIGTERM and SIGKILL, in milliseconds. */
  readonly graceMs: number;
}

/** Exit code of a program that cannot be started, as Docker tells it. */
const NOT_FOUND = 127;

export class ContainerProcess {
  /** The exit code (128 + signal for a killed one), once all output was read. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  readonly #graceMs: number;
  #killTimer: NodeJS.Timeout | undefined;

  constructor({ argv: [program = '', ...args], environment, onLine, graceMs }: ContainerOptions) {
    this.#graceMs = graceMs;
    this.#child = spawn(program, args, {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { stdout, stderr } = this.#child;
    const read = Promise.all([stdout, stderr].map((stream) => lines(stream, onLine)));
    const exited = new Promise<number>((resolve) => {
      this.#child.once('error', (error) => {
        onLine(error.message);
        resolve(NOT_FOUND);
      });
      this.#child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
    });
    this.ended = exited.then(async (code) => {
      clearTimeout(this.#killTimer);
      // A container takes everything in it along.
      this.kill();
      await read;
      return code;
    });
  }

  /** As Docker stops a container: asks, and after a while insists. */
  stop(): void {
    this.#signal('SIGTERM');
    this.#killTimer ??= setTimeout(() => this.kill(), this.#graceMs);
  }

  /** As a machine that is switched off. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  }
}

function lines(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  if (!stream) return Promise.resolve();
  return new Promise((resolve) => {
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine).once('close', resolve);
  });
}
