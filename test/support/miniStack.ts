import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'mocha';
import { ownGroup } from '../../scripts/lib/process.ts';
import { isPythonReady, pythonFolder, pythonProgram } from '../../scripts/setup/python.ts';
import { freePort } from './ports.ts';

/** The account and region that the emulator plays unless told otherwise. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

export interface MiniStackOptions {
  /** Where SDK clients inside the emulator (deployed functions) find AWS Batch, which the emulator itself has not. */
  readonly batchEndpoint?: string;
  readonly region?: string;
  /** Evaluate IAM policies, as AWS does: functions can do only what their roles allow. */
  readonly enforceIam?: boolean;
  /** Further variables for the emulator; deployed functions inherit them. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What every SDK client needs to talk to the emulator. */
export interface MiniStackClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For S3: host names of buckets do not resolve here. Other clients ignore it. */
  readonly forcePathStyle: true;
}

export interface MiniStack {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly clientConfig: MiniStackClientConfig;
  /** Variables under which any AWS tool (SDK, CDK) talks to the emulator; add them to a process's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the emulator has written so far, deployed functions' complaints included. */
  log(): string;
  /** Forgets everything that was created. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Why the emulator cannot be used here; `undefined` if it can. `npm test` installs it. */
function miniStackMissing(): string | undefined {
  if (process.env.FOLDPAD_AWS_MISSING) return process.env.FOLDPAD_AWS_MISSING;
  return isPythonReady('aws')
    ? undefined
    : 'the AWS emulator, with the linters beside it, is not installed; npm test -- --only contract brings it';
}

/** Skips a test, or a whole suite when called in its `before`, that needs the AWS emulator or a linter that comes with it, where it cannot be had. */
export function needsMiniStack(context: Context): void {
  const reason = miniStackMissing();
  if (reason === undefined) return;
  console.log(`      skipped: ${reason}`);
  context.skip();
}

const START_MS = 60_000;
const KEPT_LOG = 200_000;

/**
 * Starts the AWS emulator on a free port of the loopback interface, with an environment of its own: what the person at
 * the keyboard has configured for AWS never reaches it, nor the functions deployed into it.
 *
 * @throws Error with the end of its log when it does not start
 */
export async function startMiniStack(options: MiniStackOptions = {}): Promise<MiniStack> {
  const missing = miniStackMissing();
  if (missing !== undefined) throw new Error(missing);
  const region = options.region ?? REGION;
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'foldpad-ministack-'));
  const access = awsEnvironment(endpoint, region, options.batchEndpoint);

  const child = spawn(pythonProgram('aws', 'python'), ['-m', 'ministack'], {
    cwd: folder,
    // A group of its own, with the processes of deployed functions: none outlives this one.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      // Deployed functions run under the Node that runs this.
      PATH: [path.dirname(process.execPath), path.join(pythonFolder('aws'), 'bin'), '/usr/bin', '/bin'].join(':'),
      HOME: folder,
      TMPDIR: folder,
      LANG: 'C.UTF-8',
      S3_DATA_DIR: path.join(folder, 's3'),
      STATE_DIR: path.join(folder, 'state'),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: `${port}`,
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: region,
      // Listeners that nobody here needs; the first would be open to the world.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      ...(options.enforceIam && { AUTH: 'true' }),
      ...access,
      ...options.environment,
    },
  });
  const end = ownGroup(child);
  let log = '';
  const keep = (text: string) => {
    log = (log + text).slice(-KEPT_LOG);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const stop = async () => {
    await end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  const deadline = Date.now() + START_MS;
  while (!(await isReady(endpoint))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The AWS emulator did not start:\n${log.split('\n').slice(-20).join('\n')}`);
    }
    await delay(50);
  }

  return {
    endpoint,
    region,
    account: ACCOUNT,
    clientConfig: { endpoint, region, credentials: CREDENTIALS, forcePathStyle: true },
    environment: access,
    log: () => log,
    reset: async () => {
      const answer = await fetch(`${endpoint}/_ministack/reset`, { method: 'POST' });
      if (!answer.ok) throw new Error(`The AWS emulator could not be reset: ${answer.status} ${await answer.text()}`);
    },
    stop,
  };
}

/** The emulator takes an access key of twelve digits for the account. */
const CREDENTIALS = { accessKeyId: ACCOUNT, secretAccessKey: 'test' } as const;

function awsEnvironment(endpoint: string, region: string, batchEndpoint?: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    ...(batchEndpoint !== undefined && { AWS_ENDPOINT_URL_BATCH: batchEndpoint }),
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Nothing here runs on EC2; asking for its metadata would only wait.
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function isReady(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/ready`)).ok;
  } catch {
    return false;
  }
}
