/** The Lambda functions and their roles. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { type IRole, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { ConfigError, deployedQueues, isChina } from './config.ts';
import { explainWildcards } from './explain.ts';
import type { FoldpadStack } from './foldpadStack.ts';
import { imageUri } from './imageSource.ts';
import { discardedLogGroup } from './logGroups.ts';
import { FUNCTIONS, type FunctionName, functionName } from './names.ts';
import { permissionsOf } from './permissions.ts';

interface FunctionShape {
  readonly purpose: string;
  readonly timeoutSeconds: number;
  /** MB; a function's share of a CPU grows with it. */
  readonly memory: number;
}

/** API Gateway waits no longer than 29 seconds for an answer. */
const ANSWER_SECONDS = 29;

export const FUNCTION_SHAPES: Readonly<Record<FunctionName, FunctionShape>> = {
  authorizer: { purpose: 'says whose key a request brings', timeoutSeconds: 10, memory: 512 },
  query: { purpose: 'answers what only reads', timeoutSeconds: ANSWER_SECONDS, memory: 1_024 },
  command: { purpose: 'takes submissions, cancellations and deletions', timeoutSeconds: ANSWER_SECONDS, memory: 1_024 },
  dispatcher: { purpose: 'hands queued work to AWS Batch', timeoutSeconds: 60, memory: 512 },
  tracker: { purpose: 'follows what AWS Batch and the runs tell', timeoutSeconds: 60, memory: 512 },
  reconciler: { purpose: 'repairs what events missed', timeoutSeconds: 120, memory: 512 },
};

/** The metrics that the functions publish are found under this. */
export const METRICS_NAMESPACE = 'Foldpad';

/** Where the functions' bundles lie: `<folder>/<name>/index.mjs`. */
export function bundleFolder(root: string, name: FunctionName): string {
  return path.join(root, name);
}

/**
 * Makes all functions of a deployment.
 *
 * @param bundles folder that holds a folder per function
 * @param environment variables that are the same for all
 * @throws ConfigError if a bundle is missing
 */
export function makeFunctions(
  stack: FoldpadStack,
  bundles: string,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<FunctionName, LambdaFunction>> {
  const made = FUNCTIONS.map((name) => [name, makeFunction(stack, bundles, name, environment)] as const);
  return Object.fromEntries(made) as Record<FunctionName, LambdaFunction>;
}

function makeFunction(
  stack: FoldpadStack,
  bundles: string,
  name: FunctionName,
  environment: Readonly<Record<string, string>>,
): LambdaFunction {
  const folder = bundleFolder(bundles, name);
  if (!existsSync(folder))
    throw new ConfigError(`The function "${name}" is not built: there is no ${folder}. Run: npm run build`);
  const { purpose, timeoutSeconds, memory } = FUNCTION_SHAPES[name];
  const { config } = stack;
  const fullName = functionName(config.name, name);
  const id = name.charAt(0).toUpperCase() + name.slice(1);
  const logGroup = new LogGroup(stack, `${id}Log`, discardedLogGroup(`/aws/lambda/${fullName}`, config));
  const permissions = permissionsOf(stack, name);
  const statements = permissions.map(({ statement }) => statement);
  const role = new Role(stack, `${id}Role`, {
    description: `Foldpad: the function that ${purpose}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { Own: new PolicyDocument({ statements }) },
  });
  explainWildcards(role, permissions);
  return new LambdaFunction(stack, id, {
    functionName: fullName,
    description: `Foldpad: ${purpose}`,
    runtime: Runtime.NODEJS_24_X,
    // The documents of the China regions promise arm64 for "most regions" only.
    architecture: isChina(config.region) ? Architecture.X86_64 : Architecture.ARM_64,
    code: Code.fromAsset(folder, { exclude: ['*.map'] }),
    handler: 'index.handler',
    memorySize: memory,
    timeout: Duration.seconds(timeoutSeconds),
    environment: { ...environment },
    loggingFormat: LoggingFormat.JSON,
    // The CDK's own types differ in what may be left out.
    logGroup: logGroup as ILogGroup,
    role: role as IRole,
  });
}

/** What `backend/aws/environment.ts` reads, but for the addresses that only the Api stack knows. */
export function sharedEnvironment(stack: FoldpadStack): Record<string, string> {
  const { config, names } = stack;
  const hasAlphafold = config.queues.some((queue) => queue !== 'cpu');
  return {
    FOLDPAD_PREFIX: config.name,
    FOLDPAD_TABLE: names.table,
    FOLDPAD_BUCKET: stack.bucketName,
    FOLDPAD_TOPIC_ARN: stack.arn('sns', names.topic),
    FOLDPAD_LOG_GROUP: names.batchLogGroup,
    FOLDPAD_QUEUES: deployedQueues(config).join(','),
    FOLDPAD_SHARE_KEY_PARAMETER: names.shareKeyParameter,
    FOLDPAD_ALPHAFOLD: hasAlphafold ? 'on' : 'off',
    ...(hasAlphafold && { FOLDPAD_ALPHAFOLD_IMAGE: imageUri(stack, 'alphafold') }),
  };
}
