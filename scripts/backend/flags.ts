// What the commands around a deployment take on the command line.
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line cannot be understood; the message says what it can be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options of all three commands. */
const COMMON = {
  config: { type: 'string' },
  name: { type: 'string' },
  region: { type: 'string' },
  profile: { type: 'string' },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

const DEPLOY = {
  ...COMMON,
  mail: { type: 'string', multiple: true },
  databases: { type: 'string' },
  queues: { type: 'string' },
  spot: { type: 'string' },
  'build-images': { type: 'boolean' },
  'stage-databases': { type: 'boolean' },
  wait: { type: 'boolean', default: true },
  build: { type: 'boolean', default: true },
  'editor-settings': { type: 'string' },
  'new-admin-key': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

const DESTROY = {
  ...COMMON,
  'delete-data': { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

function parse<const T extends ParseArgsConfig['options']>(command: string, options: T, argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowNegative: true }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (npm run ${command} -- --help lists the options)`);
  }
}

export type CommonFlags = ReturnType<typeof parseDoctorFlags>;
export type DeployFlags = ReturnType<typeof parseDeployFlags>;

/** @throws UsageError */
export function parseDeployFlags(argv: readonly string[]) {
  return parse('deploy:backend', DEPLOY, argv);
}

/** @throws UsageError */
export function parseDestroyFlags(argv: readonly string[]) {
  return parse('destroy:backend', DESTROY, argv);
}

/** @throws UsageError */
export function parseDoctorFlags(argv: readonly string[]) {
  return parse('doctor:backend', COMMON, argv);
}

const COMMON_HELP = `  --config FILE      configuration (default foldpad.config.json, if there is one)
  --name NAME        prefix of every resource's name (default foldpad)
  --region REGION    AWS region (default us-east-1)
  --profile NAME     AWS profile; otherwise AWS_PROFILE or whatever credentials the environment has
  --yes              ask nothing; what was not said takes its default`;

export const DEPLOY_HELP = `npm run deploy:backend -- [options]    puts Foldpad's backend into an AWS account, or updates it

${COMMON_HELP}
  --mail ADDRESS     who is told when predictions end; may be given several times
  --databases WHICH  reduced or full
  --queues LIST      for example p4,g6,cpu
  --spot LIST        queues that get a Spot twin as well
  --[no-]build-images       build the container images in the cloud (default: those that are missing or out of date)
  --[no-]stage-databases    start the one-time job that downloads the databases
  --no-wait          do not wait for image builds
  --no-build         deploy the functions in dist/ as they are
  --editor-settings FILE    write the address into this settings.json of VS Code
  --new-admin-key    make another admin key, for example when the first was lost
  --dry-run          show what would be created and what it costs, and stop`;

export const DESTROY_HELP = `npm run destroy:backend -- [options]    removes Foldpad's backend from an AWS account

${COMMON_HELP}
  --delete-data      remove the bucket (inputs, results, databases) and the table (jobs, keys) as well`;

export const DOCTOR_HELP = `npm run doctor:backend -- [options]    says what a deployment lacks, and how to mend it

${COMMON_HELP}`;
