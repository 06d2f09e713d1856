import type { FailureFile } from '../../backend/api/runner.ts';

/** Something the runner knows to be wrong, with what to do about it; ends in `failure.json` and exit 1. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError';
  readonly failure: FailureFile;

  constructor(code: string, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.failure = { code, message, ...(options.remedy === undefined ? {} : { remedy: options.remedy }) };
  }
}

/** The run has to end because a signal asked for it. */
export class Terminated extends Error {
  override readonly name = 'Terminated';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`The run was ended by ${signal}.`);
    this.signal = signal;
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** The sentence in an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
