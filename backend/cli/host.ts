import type { Command } from 'commander';
import { reportError } from './errors.ts';
import { EXIT_CODES } from './exitCodes.ts';
import { Output, type Streams } from './output.ts';
import { type GlobalOptions, Session } from './session.ts';

/** What the program runs in. */
export interface Environment {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly streams: Streams;
}

/** Runs command bodies: gives each its session, explains what it throws, and keeps its exit code. */
export class Host {
  readonly #environment: Environment;
  exitCode: number = EXIT_CODES.ok;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** @param body returns the exit code */
  async run(command: Command, body: (session: Session) => Promise<number>): Promise<void> {
    const { json, ...options } = command.optsWithGlobals<GlobalOptions>();
    const output = new Output(this.#environment.streams, json === true);
    const interrupted = new AbortController();
    const onInterrupt = () => interrupted.abort();
    process.once('SIGINT', onInterrupt);
    process.once('SIGTERM', onInterrupt);
    try {
      const { env, stdin } = this.#environment;
      this.exitCode = await body(new Session({ output, signal: interrupted.signal, env, stdin, options }));
    } catch (error) {
      this.exitCode = interrupted.signal.aborted ? EXIT_CODES.interrupted : this.#explain(error, output);
    } finally {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
    }
  }

  #explain(error: unknown, output: Output): number {
    const report = reportError(error);
    if (output.json) output.note(JSON.stringify({ error: report }));
    else {
      output.error(report.message);
      for (const detail of report.details ?? []) output.note(`  ${detail}`);
    }
    return report.exit_code;
  }
}
