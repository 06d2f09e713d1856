import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ENGINES, type Engine as EngineName, STAGES, type Stage } from '../../backend/api/job.ts';
import type { RunOptions } from './runJob.ts';
import { messageOf } from './runnerError.ts';

export const USAGE = `Usage:
  runner run --job URI --stage features|predict [--run ID] [--attempt N] [--status-file FILE]
             [--library DIR] [--threads N] [--work DIR]
      Runs one stage of the job whose folder is at URI (file:///…/input/JOB-ID/ or s3://…/input/JOB-ID/) and publishes
      what came of it. AWS Batch tells the attempt by AWS_BATCH_JOB_ATTEMPT, the scheduler the threads that are the job's
      own on a shared machine by FOLDPAD_THREADS. With FOLDPAD_EVENTS=eventbridge and --run,
      progress is sent to EventBridge too.
  runner doctor --engine NAME [--library DIR] [--json]
      Says whether an engine can predict on this machine, and if not, what to do.
`;

/** The command line cannot be understood; the message says where. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type RunnerCommand =
  | {
      readonly kind: 'run';
      readonly options: RunOptions;
      /** The backend's id of the run; needed to tell its progress. */
      readonly runId?: string;
      readonly statusFile?: string;
    }
  | { readonly kind: 'doctor'; readonly engine: EngineName; readonly libraryFolder?: string; readonly json: boolean }
  | { readonly kind: 'help' };

/**
 * @param env for the attempt's number, where the command line does not tell it
 * @throws UsageError
 */
export function parseArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): RunnerCommand {
  const [command, ...rest] = argv;
  switch (command) {
    case 'run':
      return parseRun(rest, env);
    case 'doctor':
      return parseDoctor(rest);
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help' };
    case undefined:
      throw new UsageError('Say what to do: run or doctor.');
    default:
      throw new UsageError(`There is no command "${command}"; use run or doctor.`);
  }
}

const text = { type: 'string' } as const;

function parseRun(args: string[], env: Readonly<Record<string, string | undefined>>): RunnerCommand {
  const values = parse(args, {
    job: text,
    stage: text,
    run: text,
    attempt: text,
    'status-file': text,
    library: text,
    threads: text,
    work: text,
  });
  const batchAttempt = positive('AWS_BATCH_JOB_ATTEMPT', env.AWS_BATCH_JOB_ATTEMPT, 1);
  const ownThreads = positive('FOLDPAD_THREADS', env.FOLDPAD_THREADS, availableParallelism());
  if (values.job === undefined) throw new UsageError('--job is missing: the address of the job folder.');
  return {
    kind: 'run',
    options: {
      jobUri: values.job,
      stage: oneOf<Stage>('--stage', values.stage, STAGES),
      attempt: positive('--attempt', values.attempt, batchAttempt),
      threads: positive('--threads', values.threads, ownThreads),
      ...(values.library === undefined ? {} : { libraryFolder: path.resolve(values.library) }),
      ...(values.work === undefined ? {} : { workFolder: path.resolve(values.work) }),
    },
    ...(values.run === undefined ? {} : { runId: values.run }),
    ...(values['status-file'] === undefined ? {} : { statusFile: path.resolve(values['status-file']) }),
  };
}

function parseDoctor(args: string[]): RunnerCommand {
  const values = parse(args, { engine: text, library: text, json: { type: 'boolean' } });
  return {
    kind: 'doctor',
    engine: oneOf<EngineName>('--engine', values.engine, ENGINES),
    json: values.json === true,
    ...(values.library === undefined ? {} : { libraryFolder: path.resolve(values.library) }),
  };
}

type OptionKinds = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;
type OptionValues<T extends OptionKinds> = { [K in keyof T]?: T[K]['type'] extends 'boolean' ? boolean : string };

function parse<T extends OptionKinds>(args: string[], options: T): OptionValues<T> {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values as OptionValues<T>;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function oneOf<T extends string>(option: string, value: string | undefined, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new UsageError(
      `${option} must be one of ${choices.join(', ')}${value === undefined ? '' : `, not "${value}"`}.`,
    );
  }
  return found;
}

function positive(option: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (!/^[1-9][0-9]{0,5}$/.test(value))
    throw new UsageError(`${option} must be a whole number from 1, not "${value}".`);
  return Number(value);
}
