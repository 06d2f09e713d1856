import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { LocalServerOptions } from './server.ts';

export const USAGE = `Usage: npm run backend:local -- [options]
  --port P             port on 127.0.0.1; 0 lets the system choose (default 0)
  --data DIR           data directory (default: ~/.local/share/foldpad)
  --slots N            predictions at the same time (default: CPUs / threads)
  --threads N          CPU threads of one prediction (default: 4, or all CPUs if there are fewer)
  --library DIR        template library of the engine (default: DIR/library, or the one in ~/.cache/foldpad)
  --idle-exit SECONDS  end after so long without a request and without a live job
  --help               this text
When ready, one line of JSON is printed: {"url", "keyFile", "pid", "version"}.
SIGTERM and Ctrl+C end the server, not its predictions: the next one on the same directory takes them over.
`;

/** The command line cannot be understood; the message says where and what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const text = { type: 'string' } as const;

/**
 * @returns `help` if that was asked for
 * @throws UsageError
 */
export function parseArguments(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): LocalServerOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const slots = wholeNumber('--slots', values.slots, 1, 1024);
  const threads = wholeNumber('--threads', values.threads, 1, 1024);
  const idleExitSeconds = wholeNumber('--idle-exit', values['idle-exit'], 1, 30 * 24 * 3600);
  const library = folder('--library', values.library);
  return {
    port: wholeNumber('--port', values.port, 0, 65_535) ?? 0,
    dataDirectory: folder('--data', values.data) ?? defaultDataDirectory(environment),
    ...(slots === undefined ? {} : { slots }),
    ...(threads === undefined ? {} : { threads }),
    ...(idleExitSeconds === undefined ? {} : { idleExitSeconds }),
    ...(library === undefined ? {} : { library }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: text,
        data: text,
        slots: text,
        threads: text,
        library: text,
        'idle-exit': text,
        help: { type: 'boolean', short: 'h' },
      },
      strict: true,
      allowPositionals: false,
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, value: string | undefined, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`${option} must be a whole number from ${min} to ${max}, not "${value}".`);
}

function folder(option: string, value: string | undefined): string | undefined {
  if (value === '') throw new UsageError(`${option} must name a folder.`);
  return value === undefined ? undefined : path.resolve(value);
}

/** XDG base directory specification: user data goes to `$XDG_DATA_HOME`, else `~/.local/share`. */
function defaultDataDirectory(environment: NodeJS.ProcessEnv): string {
  return path.join(environment.XDG_DATA_HOME || path.join(homedir(), '.local', 'share'), 'foldpad');
}
