import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

/** Answers come on a channel of their own: standard output is the function's log, as in Lambda. */
const RUNTIME = `
import { createInterface } from 'node:readline';
import { createWriteStream } from 'node:fs';
const { handler } = await import(process.env.FUNCTION_BUNDLE);
const answers = createWriteStream('', { fd: 3 });
for await (const line of createInterface({ input: process.stdin })) {
  const { event, context } = JSON.parse(line);
  try {
    const value = await handler(event, { ...context, getRemainingTimeInMillis: () => 30000 });
    answers.write(JSON.stringify({ value: value ?? null }) + '\\n');
  } catch (error) {
    answers.write(JSON.stringify({ error: String(error) }) + '\\n');
  }
}
`;

/** One instance of a function: its bundle, loaded by a process of its own that has nothing but the given environment. */
export class FunctionProcess {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #log = '';

  /** @param bundle file of the function */
  constructor(bundle: string, environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, ['--input-type=module', '--eval', RUNTIME], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: { ...environment, FUNCTION_BUNDLE: pathToFileURL(bundle).href },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
      });
    }
    const channel = this.#child.stdio[3] as Readable;
    this.#answers = createInterface({ input: channel })[Symbol.asyncIterator]();
  }

  /** What it has written since the last look. */
  takeLog(): string {
    const log = this.#log;
    this.#log = '';
    return log;
  }

  /** @throws Error with what the handler threw, or with the log of a function that could not start */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  async invoke(event: unknown, context: object): Promise<any> {
    (this.#child.stdin as Writable).write(`${JSON.stringify({ event, context })}\n`);
    const { value: line, done } = await this.#answers.next();
    if (done) throw new Error(`The function ended:\n${this.#log}`);
    const answer = JSON.parse(line) as { value?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }
}
