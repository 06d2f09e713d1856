import { parseArgs } from 'node:util';
import { HOSTS, type Host, type Hosts, PRESETS, type Preset } from './catalogue.ts';
import { StagingError } from './errors.ts';

export const USAGE = `Usage:
  databases stage --preset reduced|full --target DIR --staging DIR [options]
      Downloads AlphaFold's databases and parameters, verifies and unpacks them. What an earlier run has finished is
      read once, so that a file system linked to a bucket fetches it; what it has begun is gone on with.
Options:
  --snapshot DATE     PDB's snapshot, such as 20260101 (default: that of what is there, else the newest)
  --source HOST=URL   a mirror with the same paths; HOST is ${Object.keys(HOSTS).join(', ')}
  --parallel N        databases at the same time (default 4)
  --connections N     for each large file (default 8)
  --min-free-gb N     free space to ask for (default: what the databases surely need)
  --no-warm           do not read what is there already
`;

export interface StageArguments {
  readonly preset: Preset;
  readonly target: string;
  readonly staging: string;
  readonly snapshot: string | undefined;
  readonly hosts: Hosts;
  readonly parallel: number;
  readonly connections: number;
  readonly minFreeGB: number | undefined;
  readonly warm: boolean;
  /** Only this database, for a process of its own; what it does is told to the process that started it. */
  readonly only: string | undefined;
}

/** @returns `undefined` when help was asked for
 *  @throws StagingError naming the option */
export function parseArguments(argv: readonly string[]): StageArguments | undefined {
  const [command, ...args] = argv;
  if (command === undefined || ['help', '--help', '-h'].includes(command)) return undefined;
  if (command !== 'stage') throw new StagingError(`There is no command "${command}"; use stage.`);
  const values = parse(args);
  return {
    preset: oneOf('--preset', values.preset, PRESETS),
    target: required('--target', values.target),
    staging: required('--staging', values.staging),
    snapshot: snapshotOf(values.snapshot),
    hosts: hostsOf(values.source ?? []),
    parallel: positive('--parallel', values.parallel, 4),
    connections: positive('--connections', values.connections, 8),
    minFreeGB: values['min-free-gb'] === undefined ? undefined : natural('--min-free-gb', values['min-free-gb']),
    warm: values['no-warm'] !== true,
    only: values.only,
  };
}

const text = { type: 'string' } as const;

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        preset: text,
        target: text,
        staging: text,
        snapshot: text,
        source: { ...text, multiple: true },
        parallel: text,
        connections: text,
        'min-free-gb': text,
        'no-warm': { type: 'boolean' },
        only: text,
      },
    }).values;
  } catch (error) {
    throw new StagingError((error as Error).message);
  }
}

function required(option: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new StagingError(`${option} is missing.`);
  return value;
}

function oneOf<T extends string>(option: string, value: string | undefined, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new StagingError(`${option} must be one of ${choices.join(', ')}.`);
  return found;
}

function natural(option: string, value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new StagingError(`${option} must be a whole number, not "${value}".`);
  return Number(value);
}

function positive(option: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  const number = natural(option, value);
  if (number < 1) throw new StagingError(`${option} must be at least 1.`);
  return number;
}

function snapshotOf(value: string | undefined): string | undefined {
  if (value === undefined || /^\d{8}$/.test(value)) return value;
  throw new StagingError(`--snapshot must be a date such as 20260101, not "${value}".`);
}

function hostsOf(sources: readonly string[]): Hosts {
  const hosts: Record<Host, string> = { ...HOSTS };
  for (const source of sources) {
    const [, name = '', url = ''] = /^([a-z]+)=(https?:\/\/\S+?)\/*$/.exec(source) ?? [];
    if (!(name in HOSTS))
      throw new StagingError(
        `--source must be HOST=URL with a HOST of ${Object.keys(HOSTS).join(', ')}, not "${source}".`,
      );
    hosts[name as Host] = url;
  }
  return hosts;
}
