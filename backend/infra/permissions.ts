/**
 * What each function may do, written out action by action. A policy that is too narrow is found by the integration tests,
 * which deploy it into an emulator that enforces it; one that is too wide by reading this file.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { featuresKeys } from '../api/featuresIndex.ts';
import { jobKeys } from '../api/runner.ts';
import { isChina } from './config.ts';
import type { Permission } from './explain.ts';
import type { FoldpadStack } from './foldpadStack.ts';
import { BUCKET_FOLDERS, type FunctionName, functionName, mailKeyAlias } from './names.ts';

const JOB_FOLDERS = [BUCKET_FOLDERS.input, BUCKET_FOLDERS.output] as const;

/** @returns the statements of the function's own role */
export function permissionsOf(stack: FoldpadStack, name: FunctionName): Permission[] {
  const may = new Statements(stack);
  const specific: Record<FunctionName, () => Permission[]> = {
    authorizer: () => [may.table('dynamodb:GetItem', 'dynamodb:UpdateItem')],
    query: () => [
      may.readJobs(),
      may.objects(JOB_FOLDERS, 's3:GetObject'),
      may.listObjects(JOB_FOLDERS),
      may.readLogs(),
      may.describeBatch(),
      may.readShareKey(),
    ],
    // It takes the inputs back of a submission that was made before, or that could not be stored.
    command: () => [...may.changeJobs(), may.objects([BUCKET_FOLDERS.input], 's3:DeleteObject', 's3:PutObject')],
    dispatcher: () => [
      ...may.changeJobs(),
      may.receiveWork(),
      may.objects([BUCKET_FOLDERS.input], 's3:PutObject'),
      may.objects(JOB_FOLDERS, 's3:DeleteObject'),
      ...may.useKnownFeatures(),
      may.submitToBatch(),
      may.deleteLogs(),
    ],
    tracker: () => [...may.changeJobs(), may.deadEvents()],
    reconciler: () => [...may.changeJobs(), may.lookAtDeadWork(), may.deadEvents()],
  };
  return [may.writeOwnLog(name), ...specific[name]()];
}

const STREAMS = 'Streams of one group, named by AWS Batch, later.';

/** The building blocks: one statement for one kind of access, to the deployment's own resources only. */
class Statements {
  readonly #stack: FoldpadStack;

  constructor(stack: FoldpadStack) {
    this.#stack = stack;
  }

  /**
   * What it takes to move a job from one state to another, and so perhaps to its end: to read and write it, to check its
   * result, to stop what still runs, to hand on the next work, and to tell people (with the end of its log and a link).
   */
  changeJobs(): Permission[] {
    return [
      this.readJobs(),
      this.table('dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'),
      this.objects(JOB_FOLDERS, 's3:GetObject'),
      this.listObjects(JOB_FOLDERS),
      this.sendWork(),
      this.describeBatch(),
      this.endInBatch(),
      this.readLogs(),
      this.readShareKey(),
      ...this.notify(),
    ];
  }

  table(...actions: string[]): Permission {
    return allow(actions, [this.#tableArn]);
  }

  readJobs(): Permission {
    const actions = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
    return allow(actions, [this.#tableArn, `${this.#tableArn}/index/*`], 'All indexes of the one table are read.');
  }

  objects(folders: readonly string[], ...actions: string[]): Permission {
    const resources = folders.map((folder) => `${this.#stack.bucketArn}/${folder}*`);
    return allow(actions, resources, 'Objects are named after jobs, which are made later.');
  }

  /** To read the index of the features cache, never features; and to tell a job which of them are its own. */
  useKnownFeatures(): Permission[] {
    const within = (...keys: string[]): string[] => keys.map((key) => `${this.#stack.bucketArn}/${key}`);
    const { present, target, manifest } = featuresKeys;
    return [
      allow(
        ['s3:GetObject'],
        within(present('*'), target('*'), manifest('*')),
        'Objects are named after databases, targets and features, which are made later.',
      ),
      allow(['s3:PutObject'], within(jobKeys.prepared('*')), 'It is named after a job, which is made later.'),
    ];
  }

  /** Without it, S3 answers 403 in place of 404 for an object that is not there. */
  listObjects(folders: readonly string[]): Permission {
    // Reading a single object has no prefix in its request, hence IfExists.
    const conditions = { StringLikeIfExists: { 's3:prefix': folders.map((folder) => `${folder}*`) } };
    return {
      statement: new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.#stack.bucketArn], conditions }),
    };
  }

  sendWork(): Permission {
    // AWS asks for one right, however many messages are sent; an emulator has a name of its own for many.
    const many = this.#stack.config.emulator === undefined ? [] : ['sqs:SendMessageBatch'];
    return this.#queue(this.#stack.names.workQueue, 'sqs:SendMessage', ...many);
  }

  receiveWork(): Permission {
    const actions = [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ];
    return this.#queue(this.#stack.names.workQueue, ...actions);
  }

  /** The messages stay, for people to look at. */
  lookAtDeadWork(): Permission {
    return this.#queue(this.#stack.names.deadQueue, 'sqs:ReceiveMessage');
  }

  /** Where Lambda puts events that a function failed on again and again. */
  deadEvents(): Permission {
    return this.#queue(this.#stack.names.deadEvents, 'sqs:SendMessage');
  }

  submitToBatch(): Permission {
    const { config } = this.#stack;
    const resources = [
      this.#stack.arn('batch', `job-definition/${config.name}-*`),
      this.#stack.arn('batch', `job-queue/${config.name}-*`),
      this.#stack.arn('batch', 'job/*'),
    ];
    const why = 'The queues and definitions of this deployment, whose revisions count up; ids of jobs are made later.';
    return allow(['batch:SubmitJob', 'batch:TagResource'], resources, why);
  }

  /** Jobs of AWS Batch have no names that a policy could match. */
  endInBatch(): Permission {
    const resources = [this.#stack.arn('batch', 'job/*')];
    return allow(['batch:CancelJob', 'batch:TerminateJob'], resources, 'Ids of jobs are made by AWS Batch, later.');
  }

  /** None of these can be limited to a resource. */
  describeBatch(): Permission {
    const actions = [
      'batch:DescribeComputeEnvironments',
      'batch:DescribeJobDefinitions',
      'batch:DescribeJobQueues',
      'batch:DescribeJobs',
      'batch:ListJobs',
    ];
    return allow(actions, ['*'], 'AWS Batch limits none of these reading actions to a resource.');
  }

  readLogs(): Permission {
    return allow(['logs:GetLogEvents'], this.#batchStreams, STREAMS);
  }

  deleteLogs(): Permission {
    return allow(['logs:DeleteLogStream'], this.#batchStreams, STREAMS);
  }

  writeOwnLog(name: FunctionName): Permission {
    const group = this.#stack.arn('logs', `log-group:/aws/lambda/${functionName(this.#stack.config.name, name)}`);
    const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    return allow(actions, [`${group}:*`], 'Streams of the function’s own log group, named by Lambda.');
  }

  readShareKey(): Permission {
    return allow(['ssm:GetParameter'], [this.#stack.arn('ssm', `parameter${this.#stack.names.shareKeyParameter}`)]);
  }

  /** Publishing to an encrypted topic also takes its key, which another stack makes: it is known by its alias. */
  notify(): Permission[] {
    const { config, names } = this.#stack;
    const conditions = {
      StringEquals: { 'kms:ViaService': snsHosts(config.region) },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': mailKeyAlias(config.name) },
    };
    const resources = [this.#stack.arn('kms', 'key/*')];
    return [
      allow(['sns:Publish'], [this.#stack.arn('sns', names.topic)]),
      {
        statement: new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources, conditions }),
        wildcard: 'The one key is named by its alias, in the condition, and used through SNS only.',
      },
    ];
  }

  /** AWS asks for the stream, an emulator for its group. */
  get #batchStreams(): string[] {
    const group = this.#stack.arn('logs', `log-group:${this.#stack.names.batchLogGroup}`);
    return [group, `${group}:log-stream:*`];
  }

  get #tableArn(): string {
    return this.#stack.arn('dynamodb', `table/${this.#stack.names.table}`);
  }

  #queue(name: string, ...actions: string[]): Permission {
    return allow(actions, [this.#stack.arn('sqs', name)]);
  }
}

/** @param wildcard why the resources have one */
function allow(actions: string[], resources: string[], wildcard?: string): Permission {
  const statement = new PolicyStatement({ actions, resources });
  return wildcard === undefined ? { statement } : { statement, wildcard };
}

/** What SNS calls itself when it uses a key for somebody; in China the documents show both domains. */
function snsHosts(region: string): string[] {
  const host = `sns.${region}.amazonaws.com`;
  return isChina(region) ? [host, `${host}.cn`] : [host];
}
