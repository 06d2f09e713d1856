import { ConnectionError } from '../api/connectionError.ts';
import { ProblemError } from '../api/problem.ts';
import { describeDetail } from '../api/requests.ts';
import { EXIT_CODES } from './exitCodes.ts';

/** What the user is told, and the exit code that goes with it. `message` says what happened, why, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_CODES.error, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The command line cannot be understood. */
export function usageError(message: string): CliError {
  return new CliError(message, EXIT_CODES.usage);
}

/** An error as `--json` prints it, on standard error. */
export interface ErrorReport {
  readonly message: string;
  readonly exit_code: number;
  /** Kind of problem that the backend named, for example `not-found`. */
  readonly kind?: string;
  /** Single mistakes of a request, one sentence each. */
  readonly details?: readonly string[];
}

/** Explains whatever was thrown. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof CliError) return { message: error.message, exit_code: error.exitCode };
  if (error instanceof ConnectionError) return { message: error.message, exit_code: EXIT_CODES.connection };
  if (error instanceof ProblemError) {
    const errors = error.problem.errors ?? [];
    const severalJobs = errors.some(({ item }) => item !== undefined && item > 0);
    const details = errors.map((detail) => {
      const job = severalJobs && detail.item !== undefined ? `job ${detail.item + 1}: ` : '';
      return [`${job}${describeDetail(detail).replace(/\.$/, '')}.`, detail.remedy].filter(Boolean).join(' ');
    });
    return {
      message: error.message,
      exit_code: EXIT_CODES.error,
      kind: error.kind,
      // With one mistake, the message says it already.
      ...(details.length > 1 ? { details } : {}),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, exit_code: EXIT_CODES.error };
}
