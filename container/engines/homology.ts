/** The homology engine: HH-suite and ProMod3 behind a Python driver, natively or in its image. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type EngineReport, EXIT, type FailureFile } from '../../backend/api/runner.ts';
import type { CommandEnd, DoctorOptions, Engine, EngineCommand, EngineContext, EngineOutcome } from './engine.ts';
import {
  findLibrary,
  NO_TEMPLATE_FILE,
  PREDICTION_FILE,
  parseDoctor,
  readNoTemplate,
  readPrediction,
} from './homologyAnswers.ts';
import {
  type ContainerIdentity,
  type DriverRuntime,
  defaultLibraryFolder,
  doctorCommand,
  driverRuntime,
  predictCommand,
} from './homologyDriver.ts';

/** Importing OpenStructure from a cold disk takes its time. */
const DOCTOR_TIMEOUT_MS = 60_000;

/** Docker's and Podman's own exit codes: the daemon or the image, the entry point not executable, not found. */
const CONTAINER_FAILURES: readonly (number | null)[] = [125, 126, 127];

const PACKAGES = 'promod3 hhsuite hhsuite-data hmmer libopenmm-plugins python3-numpy';
const INSTALL_REMEDY =
  'On Debian 12 or newer (or Ubuntu with these packages) run "npm run engine:install" in a checkout of Foldpad, or ' +
  `"sudo apt-get install --no-install-recommends ${PACKAGES}". Elsewhere, build the engine's image from ` +
  'container/homology/Dockerfile and set FOLDPAD_ENGINE_RUNTIME=docker (or podman).';

export const homologyEngine: Engine = {
  name: 'homology',
  privateFiles: [PREDICTION_FILE, NO_TEMPLATE_FILE],
  doctor,
  predict,
};

function containerIdentity(): ContainerIdentity {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  const user = uid === undefined || gid === undefined ? {} : { user: { uid, gid } };
  return { name: `foldpad-${randomUUID()}`, ...user };
}

async function predict(context: EngineContext): Promise<EngineOutcome> {
  const env = process.env;
  const runtime = driverRuntime(env);
  const libraryFolder = context.libraryFolder ?? defaultLibraryFolder(env);
  // A container runtime would make a missing folder itself, and root would own it.
  await mkdir(libraryFolder, { recursive: true });
  const { fastaFile, outFolder, workFolder } = context;
  const paths = { fastaFile, outFolder, workFolder, libraryFolder };
  const command = predictCommand(runtime, context.order, paths, context.threads, env, containerIdentity());
  const end = await context.run(command);
  if (end.code === EXIT.done) return { kind: 'predicted', prediction: await readPrediction(outFolder) };
  if (end.code === EXIT.cannotPredict) return { kind: 'cannot-predict', failure: await readNoTemplate(outFolder) };
  return { kind: 'failed', failure: failureOf(end, runtime) };
}

function failureOf(end: CommandEnd, runtime: DriverRuntime): FailureFile {
  const lastLine = lastWords(end.lastLines.join('\n'));
  if (runtime.kind === 'container' && CONTAINER_FAILURES.includes(end.code)) {
    return {
      code: 'engine-missing',
      message: `${runtime.runtime} could not run the engine's image "${runtime.image}"${lastLine ? `: ${lastLine}` : '.'}`,
      remedy: imageRemedy(runtime.runtime, runtime.image),
    };
  }
  if (end.signal === 'SIGKILL') {
    return {
      code: 'engine-failed',
      message: 'The homology engine was killed (SIGKILL), which the system does when memory runs out.',
      remedy: 'Close other programs or run fewer jobs at once, and submit the job again.',
    };
  }
  const how = end.signal === null ? `exit code ${end.code}` : end.signal;
  return {
    code: 'engine-failed',
    message: `The homology engine ended with ${how}${lastLine ? `: ${lastLine}` : ' and said nothing.'}`,
    remedy: 'The log of the job tells more.',
  };
}

function imageRemedy(runtime: string, image: string): string {
  return (
    `Make sure that ${runtime} runs ("${runtime} info"), and build the image in a checkout of Foldpad: ` +
    `"${runtime} build -t ${image} container/homology".`
  );
}

async function doctor(options: DoctorOptions): Promise<EngineReport> {
  const missing = (reason: string, remedy: string): EngineReport => ({
    engine: 'homology',
    available: false,
    reason,
    remedy,
    software: {},
  });
  let runtime: DriverRuntime;
  let command: EngineCommand;
  try {
    runtime = driverRuntime(options.env);
    command = doctorCommand(runtime, options.env, containerIdentity());
  } catch (error) {
    return missing(sentence(error), 'Correct the setting, or install Foldpad again.');
  }
  const answer = await ask(command);
  if (answer.kind === 'error') {
    return runtime.kind === 'container'
      ? missing(
          `${runtime.runtime} cannot run the image "${runtime.image}": ${answer.reason}`,
          imageRemedy(runtime.runtime, runtime.image),
        )
      : missing(`The homology engine cannot run with ${runtime.python}: ${answer.reason}`, INSTALL_REMEDY);
  }
  const { ok, version, software, missing: parts, library } = answer.report;
  const found = await findLibrary(options.libraryFolder ?? defaultLibraryFolder(options.env), library.key);
  return {
    engine: 'homology',
    available: ok,
    ...(ok ? {} : { reason: `The homology engine is not installed: ${parts.map(({ why }) => why).join('; ')}.` }),
    ...(ok
      ? {}
      : { remedy: runtime.kind === 'container' ? imageRemedy(runtime.runtime, runtime.image) : INSTALL_REMEDY }),
    version,
    software,
    ...(found ? { library: found } : {}),
  };
}

type DoctorResult =
  | { readonly kind: 'report'; readonly report: ReturnType<typeof parseDoctor> }
  | { readonly kind: 'error'; readonly reason: string };

/** The driver's doctor exits with 1 when something is missing, and says what; anything else is an error. */
async function ask(command: EngineCommand): Promise<DoctorResult> {
  const options = { timeout: DOCTOR_TIMEOUT_MS, ...(command.env ? { env: { ...command.env } } : {}) };
  try {
    const { stdout } = await promisify(execFile)(command.file, [...command.args], options);
    return { kind: 'report', report: parseDoctor(stdout) };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout?: string; stderr?: string; code?: unknown };
    if (stdout) {
      try {
        return { kind: 'report', report: parseDoctor(stdout) };
      } catch {
        // Not the doctor's words; what went wrong stands on stderr.
      }
    }
    if (code === 'ENOENT') return { kind: 'error', reason: `there is no program ${command.file}.` };
    return { kind: 'error', reason: lastWords(stderr ?? '') ?? sentence(error) };
  }
}

/** The last line that says something: Docker ends its errors with an advice to read its help. */
function lastWords(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '' && !/^(Run|See) '/.test(line));
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
