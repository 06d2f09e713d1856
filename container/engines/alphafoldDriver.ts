/** How the Python driver around AlphaFold is started; see `container/alphafold/foldpad_alphafold/cli.py`. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { JobOrder } from '../../backend/api/runner.ts';
import type { EngineCommand } from './engine.ts';

/** Where Foldpad's image has the Python that AlphaFold is installed in. */
const IMAGE_PYTHON = '/opt/foldpad/python/bin/python';
/** Largest seed: upstream multiplies it by the number of predictions, and JAX takes 32 bits. */
const SEEDS = 2 ** 31 / 256;

/** What the engine needs to know of this machine. */
export interface DriverSettings {
  readonly python: string;
  readonly driver: string;
  /** Folder of the databases, laid out as AlphaFold's own scripts do. */
  readonly data: string | undefined;
  /** Folder of the networks' parameters. */
  readonly parameters: string | undefined;
  /** `cpu` only when somebody has asked for it: it takes days. */
  readonly device: 'gpu' | 'cpu';
  /** Where compiled networks are kept between runs; not kept without it. */
  readonly compilationCache: string | undefined;
}

/** A setting of the engine cannot be used; the message names it and says what to do. */
export class AlphafoldSettingError extends Error {
  override readonly name = 'AlphafoldSettingError';
}

/**
 * Reads `FOLDPAD_ALPHAFOLD_PYTHON`, `FOLDPAD_DATABASES`, `FOLDPAD_ALPHAFOLD_PARAMETERS` (default: `params` below the
 * databases), `FOLDPAD_ALPHAFOLD_DEVICE` (gpu, cpu) and `FOLDPAD_COMPILATION_CACHE`.
 *
 * @param libraryFolder what the runner was told; `FOLDPAD_DATABASES` wins
 * @throws AlphafoldSettingError
 */
export function driverSettings(env: NodeJS.ProcessEnv, libraryFolder?: string): DriverSettings {
  const device = env.FOLDPAD_ALPHAFOLD_DEVICE || 'gpu';
  if (device !== 'gpu' && device !== 'cpu') {
    throw new AlphafoldSettingError(`FOLDPAD_ALPHAFOLD_DEVICE is "${device}"; set it to gpu or cpu, or not at all.`);
  }
  const data = env.FOLDPAD_DATABASES || libraryFolder;
  return {
    python: env.FOLDPAD_ALPHAFOLD_PYTHON || (existsSync(IMAGE_PYTHON) ? IMAGE_PYTHON : 'python3'),
    driver: driverScript(),
    data,
    parameters: env.FOLDPAD_ALPHAFOLD_PARAMETERS || (data === undefined ? undefined : path.join(data, 'params')),
    device,
    compilationCache: env.FOLDPAD_COMPILATION_CACHE || undefined,
  };
}

/** The driver lies beside this folder in a checkout, and at `/opt/foldpad/alphafold` in the image. */
function driverScript(): string {
  const here = import.meta.dirname;
  const candidates = ['../alphafold/main.py', '../container/alphafold/main.py'].map((place) =>
    path.resolve(here, place),
  );
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new AlphafoldSettingError(
    `AlphaFold's driver is missing: there is no ${candidates.join(' and no ')}. Use Foldpad's image.`,
  );
}

/** The same seed in every attempt of a job, so that a resumed job goes on with what an earlier attempt has predicted. */
export function seedOf(order: JobOrder): number {
  const { random_seed: asked } = order.parameters;
  if (asked !== undefined) return asked;
  return createHash('sha256').update(order.id).digest().readUInt32BE(0) % SEEDS;
}

/** Arguments of `plan` and `features` that say what features depend on. */
export function targetArguments(order: JobOrder, fastaFile: string, data: string): string[] {
  const { parameters } = order;
  return [
    `--fasta=${fastaFile}`,
    `--data=${data}`,
    `--model-preset=${parameters.model_preset}`,
    `--db-preset=${parameters.db_preset}`,
    `--max-template-date=${parameters.max_template_date}`,
    ...(parameters.exclude_templates.length > 0
      ? [`--exclude-templates=${parameters.exclude_templates.join(',')}`]
      : []),
    ...(parameters.max_template_identity === undefined ? [] : [`--max-identity=${parameters.max_template_identity}`]),
  ];
}

export interface PredictPaths {
  /** `features.pkl`, with `features.json` beside it. */
  readonly features: string;
  readonly out: string;
  /** One folder for each earlier attempt. */
  readonly earlier: readonly string[];
}

export function predictArguments(order: JobOrder, settings: DriverSettings, paths: PredictPaths): string[] {
  const { parameters } = order;
  return [
    'predict',
    `--features=${paths.features}`,
    `--model-preset=${parameters.model_preset}`,
    `--models=${parameters.model_names.join(',')}`,
    `--predictions-per-model=${parameters.num_multimer_predictions_per_model}`,
    `--seed=${seedOf(order)}`,
    `--device=${settings.device}`,
    `--relax=${parameters.models_to_relax}`,
    `--out=${paths.out}`,
    ...paths.earlier.map((folder) => `--earlier=${folder}`),
    ...(settings.parameters === undefined ? [] : [`--params=${settings.parameters}`]),
    ...(settings.compilationCache === undefined ? [] : [`--compilation-cache=${settings.compilationCache}`]),
    ...(parameters.stop_at_confidence === undefined ? [] : [`--stop-at-confidence=${parameters.stop_at_confidence}`]),
  ];
}

/**
 * The command that runs the driver.
 *
 * @param scratch folder for what its programs leave behind when they are killed
 */
export function driverCommand(
  { python, driver }: DriverSettings,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  scratch?: string,
): EngineCommand {
  const temporary = scratch === undefined ? {} : { TMPDIR: scratch };
  return { file: python, args: [driver, ...args], env: { ...driverEnvironment(env), ...temporary } };
}

/** Nothing that AlphaFold and its programs have no business to know. What CUDA, JAX and TensorFlow read is let through. */
function driverEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const secret = /^FOLDPAD_KEY$|^AWS_|^ECS_|SECRET|TOKEN|PASSWORD|CREDENTIAL/i;
  return {
    ...Object.fromEntries(
      Object.entries(env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && !secret.test(entry[0]),
      ),
    ),
    PYTHONUNBUFFERED: '1',
    PYTHONIOENCODING: 'utf-8',
    PYTHONNOUSERSITE: '1',
  };
}
