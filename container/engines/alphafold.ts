/** The AlphaFold engine: DeepMind's AlphaFold 2 behind a Python driver, in two stages. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { featuresHandoverSchema, NO_FEATURES } from '../../backend/api/featuresIndex.ts';
import { type EngineReport, EXIT, type FailureFile } from '../../backend/api/runner.ts';
import {
  type DoctorAnswer,
  type Plan,
  PREDICTION_FILE,
  parseDoctor,
  readCheckpoint,
  readPlan,
  readPrediction,
} from './alphafoldAnswers.ts';
import {
  type DriverSettings,
  driverCommand,
  driverSettings,
  predictArguments,
  targetArguments,
} from './alphafoldDriver.ts';
import type { CommandEnd, DoctorOptions, Engine, EngineContext, EngineOutcome } from './engine.ts';
import {
  FEATURES_FILE,
  fetchFeatures,
  fetchSearches,
  hasFeatures,
  publishFeatures,
  SearchPublisher,
} from './featuresCache.ts';
import { FeaturesClaim } from './featuresClaim.ts';
import { FeaturesIndex } from './featuresIndex.ts';

/** Importing JAX from a cold disk takes its time. */
const DOCTOR_TIMEOUT_MS = 180_000;
const CHECKPOINT = /^done_\w+\.json$/;
const IMAGE_REMEDY =
  "Use Foldpad's image (container/alphafold/Dockerfile), or set FOLDPAD_ALPHAFOLD_PYTHON to a Python with AlphaFold in it.";

/** Only tests give these, in code: no setting and no environment variable leads here. */
export interface AlphafoldTesting {
  /** A JSON file for the driver's `--random-parameters`: a shortened network that was never trained. */
  readonly randomParameters: string;
}

/**
 * @param testing without it, a structure that was made with random parameters is refused, wherever it comes from
 */
export function createAlphafoldEngine(testing?: AlphafoldTesting): Engine {
  return {
    name: 'alphafold2',
    privateFiles: [PREDICTION_FILE],
    doctor,
    predict: (context) => (context.stage === 'features' ? makeFeatures(context) : predict(context, testing)),
  };
}

export const alphafoldEngine: Engine = createAlphafoldEngine();

async function makeFeatures(context: EngineContext): Promise<EngineOutcome> {
  const settings = driverSettings(process.env, context.libraryFolder);
  if (settings.data === undefined) return failed('no-databases', 'The folder of the databases is not known.', NO_DATA);
  const target = targetArguments(context.order, context.fastaFile, settings.data);
  const index = await FeaturesIndex.open(context);
  const planFile = path.join(context.workFolder, 'plan.json');
  const planned = await runDriver(context, settings, ['plan', ...target, `--out=${planFile}`]);
  if (planned) return planned;
  const plan = await readPlan(planFile);
  await index.confirmVersions(plan);
  const outcome = await fetchOrMake(context, settings, plan, target);
  if (outcome.kind === 'prepared') await index.enter(plan);
  return outcome;
}

/** Features that are in the cache, or that this job or another makes now. */
async function fetchOrMake(
  context: EngineContext,
  settings: DriverSettings,
  plan: Plan,
  target: readonly string[],
): Promise<EngineOutcome> {
  const out = path.join(context.workFolder, 'features');
  const key = plan.features_key;
  const known = await fetchFeatures(context.shared, key, out);
  if (known) return prepared(key, known.sha256, 'The features were in the cache; nothing was searched.');
  const wasThere = await hasFeatures(context.shared, key);
  const claim = new FeaturesClaim(context.shared, key);
  const onWait = () => {
    context.progress({ step: 'waiting', fraction: 0.01, message: 'Another job is searching for the same target.' });
    context.log('another job is making the same features; waiting for it');
  };
  // What is there and damaged is not waited for.
  const isMade = async () => !wasThere && (await hasFeatures(context.shared, key));
  if ((await claim.acquire(isMade, onWait, context.signal)) === 'made') {
    const made = await fetchFeatures(context.shared, key, out);
    if (made) return prepared(key, made.sha256, 'Another job has made the features meanwhile; nothing was searched.');
    return searchAndAssemble(context, settings, plan, target);
  }
  try {
    return await searchAndAssemble(context, settings, plan, target);
  } finally {
    await claim.release();
  }
}

async function searchAndAssemble(
  context: EngineContext,
  settings: DriverSettings,
  plan: Plan,
  target: readonly string[],
): Promise<EngineOutcome> {
  const out = path.join(context.workFolder, 'features');
  const cache = path.join(context.workFolder, 'searches');
  const brought = await fetchSearches(context.shared, plan, cache);
  context.log(`${brought} of ${plan.searches.length} searches are in the cache`);
  const end = await publishingSearches(context, new SearchPublisher(context.shared, plan, cache), () =>
    runDriver(context, settings, [
      'features',
      ...target,
      `--out=${out}`,
      `--cache=${cache}`,
      `--threads=${context.threads}`,
    ]),
  );
  if (end) return end;
  const made = await publishFeatures(context.shared, plan.features_key, out, path.join(context.workFolder, 'check'));
  if (!made) return failed('engine-failed', 'The features were stored and cannot be read back whole.', RETRY);
  return prepared(plan.features_key, made.sha256, 'The features are ready.');
}

function prepared(key: string, sha256: string, reason: string): EngineOutcome {
  return { kind: 'prepared', handover: { schema: 1, key, sha256 }, reason };
}

/** Runs `work` while finished searches go into the cache, also those that are finished when it fails or is ended. */
async function publishingSearches<T>(
  context: EngineContext,
  publisher: SearchPublisher,
  work: () => Promise<T>,
): Promise<T> {
  await publisher.begin();
  const stop = new AbortController();
  let trouble: unknown;
  const watching = publisher.watch(stop.signal).catch((error: unknown) => {
    trouble = error;
    context.log(`finished searches cannot be put into the cache: ${String(error)}`);
  });
  try {
    return await work();
  } finally {
    stop.abort();
    await watching;
    if (trouble === undefined) await publisher.publishNew();
  }
}

async function predict(context: EngineContext, testing: AlphafoldTesting | undefined): Promise<EngineOutcome> {
  const settings = driverSettings(process.env, context.libraryFolder);
  const handover = featuresHandoverSchema.safeParse(context.prepared);
  if (!handover.success) {
    return failed(NO_FEATURES, 'The features stage of this job has left no features.', RETRY);
  }
  const folder = path.join(context.workFolder, 'features');
  const features = await fetchFeatures(context.shared, handover.data.key, folder);
  if (features?.sha256 !== handover.data.sha256) {
    return failed(NO_FEATURES, 'The features of this job are gone from the cache or were changed there.', RETRY);
  }
  const args = predictArguments(context.order, settings, {
    features: path.join(folder, FEATURES_FILE),
    out: context.outFolder,
    earlier: await fetchEarlier(context),
  });
  const random = testing === undefined ? [] : [`--random-parameters=${testing.randomParameters}`];
  const end = await runDriver(context, settings, [...args, ...random]);
  if (end) return end;
  const { parameters, ...prediction } = await readPrediction(path.join(context.outFolder, PREDICTION_FILE));
  if (parameters === 'random' && testing === undefined) return RANDOM_REFUSED;
  return { kind: 'predicted', prediction };
}

/** Kind `cannot-predict`: then what was published of it is taken back, and nobody tries again. */
const RANDOM_REFUSED: EngineOutcome = {
  kind: 'cannot-predict',
  failure: {
    code: 'random-parameters',
    message: 'AlphaFold ran with random parameters. Its structures mean nothing and are not handed out.',
    remedy: 'Stage the published parameters of AlphaFold, and check the image.',
  },
};

const RETRY = 'Submit the job again.';
const NO_DATA = 'Set FOLDPAD_DATABASES to the folder that AlphaFold’s databases were staged in.';

function failed(code: string, message: string, remedy: string): EngineOutcome {
  return { kind: 'failed', failure: { code, message, remedy } };
}

/** Brings whole steps of earlier attempts to this machine. @returns one folder for each attempt that has any */
async function fetchEarlier(context: EngineContext): Promise<readonly string[]> {
  const files = await context.earlier();
  const attempts = [...new Set(files.map(({ attempt }) => attempt))];
  const folders: string[] = [];
  for (const [number, attempt] of attempts.entries()) {
    const own = files.filter((file) => file.attempt === attempt);
    const folder = path.join(context.workFolder, `earlier-${number}`);
    await mkdir(folder);
    for (const record of own.filter(({ path: name }) => CHECKPOINT.test(name))) {
      const place = path.join(folder, record.path);
      if (!(await record.fetch(place))) continue;
      const wanted = await readCheckpoint(place);
      for (const file of own) if (wanted.includes(file.path)) await file.fetch(path.join(folder, file.path));
      if (!folders.includes(folder)) folders.push(folder);
    }
  }
  if (folders.length > 0) context.log(`earlier attempts have left finished steps; they are not repeated`);
  return folders;
}

/** @returns what went wrong; `undefined` when nothing did */
async function runDriver(
  context: EngineContext,
  settings: DriverSettings,
  args: readonly string[],
): Promise<EngineOutcome | undefined> {
  const end = await context.run(driverCommand(settings, args, process.env, context.workFolder));
  if (end.code === EXIT.done) return undefined;
  if (end.code === EXIT.cannotPredict) {
    const message = (end.lastLines.at(-1) ?? '').replace(/^Cannot predict: /, '');
    return { kind: 'cannot-predict', failure: { code: 'unsuitable-target', message } };
  }
  return { kind: 'failed', failure: failureOf(end) };
}

function failureOf(end: CommandEnd): FailureFile {
  if (end.signal === 'SIGKILL') {
    return {
      code: 'out-of-memory',
      message: 'AlphaFold was killed (SIGKILL), which the system does when memory runs out.',
      remedy: 'Choose a queue with more memory, or ask for more GPUs: each brings its share of the host’s memory.',
    };
  }
  const lastLine = end.lastLines.findLast((line) => line.trim() !== '')?.trim();
  const how = end.signal === null ? `exit code ${end.code}` : end.signal;
  return {
    code: lastLine?.includes('ran out of memory') ? 'out-of-memory' : 'engine-failed',
    message: `AlphaFold ended with ${how}${lastLine ? `: ${lastLine}` : ' and said nothing.'}`,
    remedy: 'The log of the job tells more.',
  };
}

async function doctor(options: DoctorOptions): Promise<EngineReport> {
  try {
    const settings = driverSettings(options.env, options.libraryFolder);
    const data = settings.data === undefined ? [] : [`--data=${settings.data}`];
    const gpu = settings.device === 'gpu' ? ['--gpu'] : [];
    const report = await ask(settings, ['doctor', ...data, ...gpu], options.env);
    const [first] = report.missing;
    return {
      engine: 'alphafold2',
      available: report.ok,
      ...(first && { reason: report.missing.map(({ why }) => why).join(' '), remedy: first.remedy }),
      version: report.version,
      software: report.software,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { engine: 'alphafold2', available: false, reason, remedy: IMAGE_REMEDY, software: {} };
  }
}

/** The driver's doctor exits with 1 when something is missing, and says what on stdout. */
async function ask(settings: DriverSettings, args: readonly string[], env: NodeJS.ProcessEnv): Promise<DoctorAnswer> {
  const command = driverCommand(settings, args, env);
  const options = { timeout: DOCTOR_TIMEOUT_MS, ...(command.env ? { env: { ...command.env } } : {}) };
  try {
    return parseDoctor((await promisify(execFile)(command.file, [...command.args], options)).stdout);
  } catch (error) {
    const { stdout, code } = error as { stdout?: string; code?: unknown };
    if (code === 'ENOENT') throw new Error(`There is no program ${command.file}.`);
    if (!stdout) throw error;
    return parseDoctor(stdout);
  }
}
