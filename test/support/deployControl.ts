import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DeploymentConfig, DeploymentInput } from '../../backend/infra/config.ts';
import { stackName } from '../../backend/infra/names.ts';
import { EMULATED_PARTS } from '../../backend/infra/stacks.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';
import { type Assembly, synthesize } from './assembly.ts';
import type { MiniStack } from './miniStack.ts';
import { P3_MACHINE } from './p3Machine.ts';

export interface DeployOptions {
  /** Further configuration; region and emulator are those of `stack`, and the queues of the article are there. */
  readonly config?: DeploymentInput;
  /** Folder with a folder per function. Default: the project's own, built before. */
  readonly bundles?: string;
  readonly onOutput?: (text: string) => void;
}

export interface DeployedControl {
  readonly config: DeploymentConfig;
  /** All templates, those that an emulator cannot deploy included. */
  readonly assembly: Assembly;
  /** Address of the API. */
  readonly url: string;
  /** CloudFormation's outputs: stack's name → output's name → value. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const DEPLOY_MS = 240_000;

/**
 * Deploys the control plane into the emulator with the CDK's own program: synthesis, bootstrap, deployment.
 *
 * @throws Error with the end of the program's output when it fails
 */
export async function deployControl(stack: MiniStack, options: DeployOptions = {}): Promise<DeployedControl> {
  const input = {
    images: { p3Machine: P3_MACHINE },
    ...options.config,
    region: stack.region,
    account: stack.account,
    emulator: stack.endpoint,
  };
  const assembly = synthesize(input, options.bundles === undefined ? {} : { bundles: options.bundles });
  const { config } = assembly;
  const outputFile = path.join(assembly.folder, 'outputs.json');
  const cdk = async (...args: string[]) => {
    const program = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const result = await runCommand(process.execPath, [program, ...args, '--app', assembly.folder, '--no-notices'], {
      cwd: ROOT,
      env: cdkEnvironment(stack),
      timeoutMs: DEPLOY_MS,
      ...(options.onOutput && { onOutput: options.onOutput }),
    });
    if (result.code === 0) return;
    const end = result.output.trim().split('\n').slice(-40).join('\n');
    throw new Error(`cdk ${args[0]} failed:\n${end}\nThe emulator's log:\n${stack.log().slice(-4_000)}`);
  };
  await cdk('bootstrap', `aws://${stack.account}/${stack.region}`);
  await cdk(
    'deploy',
    ...EMULATED_PARTS,
    '--exclusively',
    '--require-approval=never',
    '--method=direct',
    `--concurrency=${EMULATED_PARTS.length}`,
    `--outputs-file=${outputFile}`,
  );
  const outputs = JSON.parse(readFileSync(outputFile, 'utf8')) as DeployedControl['outputs'];
  const url = outputs[stackName(config.name, 'Api')]?.Url;
  if (url === undefined) throw new Error(`The Api stack told no Url: ${JSON.stringify(outputs)}`);
  return { config, assembly, url, outputs };
}

/** The CDK sees the emulator's variables and nothing of the AWS configuration of whoever runs this. */
function cdkEnvironment(stack: MiniStack): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return { ...Object.fromEntries(own), ...stack.environment, CDK_DISABLE_CLI_TELEMETRY: 'true', CI: 'true' };
}
