/** The functions as they are deployed: a process for each bundle, on the AWS emulator and the Batch stand-in. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Result } from '../../../backend/api/result.ts';
import { jobKeys } from '../../../backend/api/runner.ts';
import { DynamoKeyStore } from '../../../backend/aws/dynamoKeyStore.ts';
import { S3ObjectStore } from '../../../backend/aws/s3ObjectStore.ts';
import type { SqsQueues } from '../../../backend/aws/sqsWorkQueue.ts';
import { AwsWorld } from '../awsWorld.ts';
import { computeTemplate } from '../batch/computeTemplate.ts';
import { CloudWatchSink } from '../batch/sinks.ts';
import { type BatchStandIn, startBatchStandIn } from '../batch/standIn.ts';
import { Mailbox } from '../mailbox.ts';
import { type MiniStack, startMiniStack } from '../miniStack.ts';
import { lambdaBundles } from './bundles.ts';
import { FUNCTION_ENVIRONMENT } from './environment.ts';
import { type HttpRequest, httpEvent, lambdaContext } from './events.ts';
import { FunctionProcess } from './functionProcess.ts';

export const FUNCTION_NAMES = ['authorizer', 'query', 'command', 'dispatcher', 'tracker', 'reconciler'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Where the deployment says that its API is; the tests call the functions themselves. */
export const PUBLIC_URL = 'https://api.example.org';
/** What a container does; its result is put there by the test. */
const SCRIPT = 'echo searching; echo done';

/** What SQS allows a message before it puts it aside. */
const MAX_RECEIVES = 3;

/** An answer of one of the two HTTP functions, its body unpacked. */
export interface FunctionAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

interface Parts {
  readonly bundles: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stack: MiniStack;
  readonly world: AwsWorld;
  readonly standIn: BatchStandIn;
  readonly events: object[];
  readonly queues: SqsQueues;
  readonly objects: S3ObjectStore;
  readonly keys: DynamoKeyStore;
  readonly mailbox: Mailbox;
}

export class DeployedFunctions {
  readonly #parts: Parts;
  readonly #processes: FunctionProcess[] = [];
  readonly functions: Readonly<Record<FunctionName, FunctionProcess>>;

  private constructor(parts: Parts) {
    this.#parts = parts;
    const started = FUNCTION_NAMES.map((name) => [name, this.another(name)] as const);
    this.functions = Object.fromEntries(started) as Record<FunctionName, FunctionProcess>;
  }

  static async start(): Promise<DeployedFunctions> {
    const bundles = await lambdaBundles();
    const stack = await startMiniStack();
    const world = new AwsWorld(stack);
    const events: object[] = [];
    const standIn = await startBatchStandIn({
      templates: [computeTemplate({ name: 'foldpad' })],
      images: ['foldpad/alphafold', 'foldpad/homology'].map((repository) => ({
        repository,
        entrypoint: ['/bin/sh', '-c', SCRIPT, 'runner'],
      })),
      environment: { PATH: '/usr/bin:/bin' },
      logs: new CloudWatchSink(stack.clientConfig),
      events: [{ deliver: async (event) => void events.push({ id: randomUUID(), ...event }), close: () => {} }],
    });
    const table = await world.table();
    const bucket = await world.bucket();
    const queues = await world.queues(MAX_RECEIVES);
    const topicArn = await setUpTheRest(stack);
    const environment = {
      ...FUNCTION_ENVIRONMENT,
      ...stack.environment,
      AWS_ENDPOINT_URL_BATCH: standIn.endpoint,
      FOLDPAD_TABLE: table.tableName,
      FOLDPAD_BUCKET: bucket.bucket,
      FOLDPAD_WORK_QUEUE_URL: queues.queueUrl,
      FOLDPAD_DEAD_QUEUE_URL: queues.deadQueueUrl,
      FOLDPAD_TOPIC_ARN: topicArn,
      FOLDPAD_PUBLIC_URL: PUBLIC_URL,
    };
    const stores = { objects: new S3ObjectStore(bucket), keys: new DynamoKeyStore(table), queues };
    const mailbox = await Mailbox.open(stack.clientConfig, topicArn);
    return new DeployedFunctions({ bundles, environment, stack, world, standIn, events, mailbox, ...stores });
  }

  /** One more instance of a function. */
  another(name: FunctionName): FunctionProcess {
    const { bundles, environment } = this.#parts;
    const started = new FunctionProcess(path.join(bundles, name, 'index.mjs'), environment);
    this.#processes.push(started);
    return started;
  }

  get standIn(): BatchStandIn {
    return this.#parts.standIn;
  }

  /** What Batch has told EventBridge and nobody has handed to the tracker. */
  get events(): object[] {
    return this.#parts.events;
  }

  get queues(): SqsQueues {
    return this.#parts.queues;
  }

  get objects(): S3ObjectStore {
    return this.#parts.objects;
  }

  get keys(): DynamoKeyStore {
    return this.#parts.keys;
  }

  get mailbox(): Mailbox {
    return this.#parts.mailbox;
  }

  async ask(name: 'query' | 'command', request: HttpRequest): Promise<FunctionAnswer> {
    const answer = await this.functions[name].invoke(httpEvent(request), lambdaContext());
    const { statusCode, headers, body, isBase64Encoded } = answer;
    const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    const isJson = String(headers['content-type']).includes('json');
    return { status: statusCode, headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  /** Puts a valid result of one file where the runner would. */
  async publish(jobId: string): Promise<void> {
    const file = 'attempt-1-9f3c2a/ranked_0.pdb';
    const pdb = 'ATOM      1  CA  ALA A   1       0.000   0.000   0.000  1.00 90.00           C\n';
    const bytes = new TextEncoder().encode(pdb);
    await this.objects.write(jobKeys.outputFolder(jobId) + file, bytes);
    const result = JSON.stringify(resultOf(jobId, file, bytes));
    await this.objects.write(jobKeys.result(jobId), new TextEncoder().encode(result));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop()));
    await this.standIn.stop();
    this.mailbox.close();
    this.#parts.world.close();
    await this.#parts.stack.stop();
  }
}

/** The topic of mails, the key of share links, and the log group. @returns the topic's ARN */
async function setUpTheRest({ clientConfig }: MiniStack): Promise<string> {
  const ssm = new SSMClient(clientConfig);
  const Value = randomBytes(32).toString('base64url');
  await ssm.send(new PutParameterCommand({ Name: '/foldpad/share-key', Type: 'SecureString', Value }));
  ssm.destroy();
  const logs = new CloudWatchLogsClient(clientConfig);
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/foldpad/batch' }));
  logs.destroy();
  const sns = new SNSClient(clientConfig);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'foldpad-mail' }));
  sns.destroy();
  return TopicArn;
}

function resultOf(jobId: string, file: string, bytes: Uint8Array): Result {
  return {
    schema: 1,
    job_id: jobId,
    name: 'crambin',
    engine: 'homology',
    engine_version: 'test',
    method: 'test',
    confidence_metric: 'estimated CA-lDDT',
    sequence_length: 46,
    models: [{ rank: 0, name: 'm', mean_confidence: 81.5, residues_modelled: 46, files: { pdb: file } }],
    files: [{ path: file, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }],
    timings: { build: 1 },
    provenance: {
      software: {},
      databases: [],
      created_at: '2026-11-22T10:00:00.000Z',
      attempt: 1,
      runner_version: 'test',
    },
    warnings: [],
  };
}
