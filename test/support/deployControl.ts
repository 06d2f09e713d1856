import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeploymentConfig, DeploymentInput } from '../../backend/infra/config.ts';
import { resourceNames, stackName } from '../../backend/infra/names.ts';
import { EMULATED_PARTS } from '../../backend/infra/stacks.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';
import { type Assembly, synthesize } from './assembly.ts';
import type { MiniStack } from './miniStack.ts';

export interface DeployOptions {
  /** Further configuration; region and emulator are those of `stack`. */
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
  const input = { ...options.config, region: stack.region, account: stack.account, emulator: stack.endpoint };
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
  await applyRedrivePolicy(stack, assembly);
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

/**
 * The emulator's CloudFormation makes queues without their redrive policy, so it is set from the template. On AWS,
 * CloudFormation does this.
 */
async function applyRedrivePolicy(stack: MiniStack, assembly: Assembly): Promise<void> {
  const { workQueue, deadQueue } = resourceNames(assembly.config.name);
  const queues = Object.values(assembly.template('Api').Resources).filter(({ Type }) => Type === 'AWS::SQS::Queue');
  const work = queues.find(({ Properties }) => Properties.QueueName === workQueue);
  const policy = work?.Properties.RedrivePolicy as { maxReceiveCount?: number } | undefined;
  if (policy?.maxReceiveCount === undefined) throw new Error(`The template gives ${workQueue} no redrive policy.`);

  const client = new SQSClient(stack.clientConfig);
  const queueUrl = async (name: string) => (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  const deadArn = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: await queueUrl(deadQueue), AttributeNames: ['QueueArn'] }),
  );
  const redrive = { deadLetterTargetArn: deadArn.Attributes?.QueueArn, maxReceiveCount: policy.maxReceiveCount };
  await client.send(
    new SetQueueAttributesCommand({
      QueueUrl: await queueUrl(workQueue),
      Attributes: { RedrivePolicy: JSON.stringify(redrive) },
    }),
  );
  client.destroy();
}
