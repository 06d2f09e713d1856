import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const PROGRAM = path.resolve(import.meta.dirname, '../../backend/cli/main.ts');

export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What comes on standard input. */
  readonly input?: string | Uint8Array;
}

/** `foldpad` as a process of its own, in pipes. */
export class CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliEnd>;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], { env = {}, input = '' }: CliOptions = {}) {
    const { FOLDPAD_URL: _url, FOLDPAD_KEY_FILE: _file, FORCE_COLOR: _color, ...inherited } = process.env;
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...inherited, ...env },
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    // A program that reads no input may have ended before it is written.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  /** Resolves when what it has written matches. */
  says(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpMatchArray> {
    const text = () => (stream === 'stdout' ? this.#stdout : this.#stderr);
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = text().match(pattern);
        if (match) resolve(match);
      };
      this.child[stream]?.on('data', look);
      this.child.once('close', () => {
        look();
        reject(new Error(`it ended without saying ${pattern}:\n${this.#stdout}${this.#stderr}`));
      });
      look();
    });
  }
}

export function runCliProcess(args: readonly string[], options?: CliOptions): Promise<CliEnd> {
  return new CliProcess(args, options).ended;
}
