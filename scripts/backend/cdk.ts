// Runs the CDK, as pinned in package.json.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { StackPart } from '../../backend/infra/names.ts';
import { ROOT } from '../lib/paths.ts';
import { ownGroup, runCommand } from '../lib/process.ts';

const PROGRAM = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
/** Synthesis reads no account; it is only as slow as the machine. */
const SYNTH_MS = 10 * 60_000;

/** The CDK ended with an error, which it has explained itself. */
export class CdkError extends Error {
  override readonly name = 'CdkError';
}

function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, CDK_DISABLE_CLI_TELEMETRY: 'true', JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1' };
}

/** Where the CDK takes the deployment from. */
export interface CdkApp {
  /** Folder that `synthesize` wrote. */
  readonly assembly: string;
  /** Environment with credentials; that of this process by default. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Makes the templates and the bundles of the functions.
 *
 * @param configFile absolute
 * @throws CdkError with what the CDK has said
 */
export async function synthesize(configFile: string, assembly: string, env = process.env): Promise<CdkApp> {
  const args = [PROGRAM, 'synth', '--quiet', '--no-notices', '-c', `config=${configFile}`, '--output', assembly];
  const result = await runCommand(process.execPath, args, { cwd: ROOT, env: environment(env), timeoutMs: SYNTH_MS });
  if (result.code !== 0) throw new CdkError(`The templates could not be made:\n${result.output.trim()}`);
  return { assembly, env };
}

/** What to do with each line that the CDK prints. */
export type Tell = (line: string) => void;

async function run(args: readonly string[], { env = process.env }: CdkApp, tell: Tell): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, ...args, '--no-notices'], {
    cwd: ROOT,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const stop = ownGroup(child);
  let rest = '';
  let last = '';
  const read = (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() === '') continue;
      last = `${last}\n${line}`.slice(-4_000);
      tell(line);
    }
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
  const [code] = (await once(child, 'close')) as [number | null];
  read('\n');
  await stop();
  if (code !== 0) throw new CdkError(`cdk ${args[0]} ended with ${code ?? 'a signal'}:${last}`);
}

/** Prepares an account and region for the CDK; nothing happens where that was done. @throws CdkError */
export async function bootstrap(app: CdkApp, account: string, region: string, tell: Tell): Promise<void> {
  await run(['bootstrap', `aws://${account}/${region}`, '--app', app.assembly], app, tell);
}

/** Creates or updates one stack. @throws CdkError with the last lines, among them CloudFormation's reason */
export async function deployStack(app: CdkApp, part: StackPart, tell: Tell): Promise<void> {
  const args = ['deploy', part, '--exclusively', '--app', app.assembly, '--require-approval', 'never'];
  await run([...args, '--progress', 'events'], app, tell);
}
