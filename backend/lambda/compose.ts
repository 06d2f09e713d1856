/** Puts the domain and the AWS ports together, the same for every function. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import manifest from '../../package.json' with { type: 'json' };
import { createBatchClient } from '../aws/batchClient.ts';
import { BatchScheduler } from '../aws/batchScheduler.ts';
import { CloudWatchLogSource } from '../aws/cloudWatchLogSource.ts';
import { DynamoJobStore } from '../aws/dynamoJobStore.ts';
import { DynamoKeyStore } from '../aws/dynamoKeyStore.ts';
import { readSettings, type Settings } from '../aws/environment.ts';
import { removeLogStreams } from '../aws/logStream.ts';
import { DynamoRunClaims } from '../aws/runClaims.ts';
import { S3ObjectStore } from '../aws/s3ObjectStore.ts';
import { shareKeyReader } from '../aws/shareKey.ts';
import { SnsNotifier } from '../aws/snsNotifier.ts';
import { SqsWorkQueue } from '../aws/sqsWorkQueue.ts';
import type { CoreDeps, Policy } from '../core/deps.ts';
import type { ShareOptions } from '../http/shares.ts';
import { CLIENT_OPTIONS } from './clientOptions.ts';
import { mailOnce } from './mailOnce.ts';
import { Telemetry } from './telemetry.ts';

/** What a function's handler is made of. */
export interface Composition {
  readonly settings: Settings;
  readonly telemetry: Telemetry;
  readonly deps: CoreDeps;
  readonly share: ShareOptions;
}

/**
 * Runs that one instance of the dispatcher hands over in a second. AWS Batch takes 50 SubmitJob calls a second of an
 * account (Service Quotas), and the event source mapping runs four instances at most.
 */
const SUBMITS_PER_SECOND = 10;

const HOUR = 3600;

/** Tries of a run whose Spot machine was taken away; nothing else is tried again. */
const MAX_ATTEMPTS = 3;
/** The whole sequence databases, read from a file system that has just been filled. */
const FEATURES_SECONDS = 24 * HOUR;
/** Databases and images are changed by programs that say so; this is for changes that nobody told of. */
const FEATURES_TRUST_SECONDS = 7 * 24 * HOUR;
/** Five models of the longest target that fits on a GPU, relaxed. */
const PREDICT_SECONDS = 36 * HOUR;

/**
 * Builds what a function needs from its environment.
 *
 * @param component the function's name, for its log
 * @throws EnvironmentError
 */
export function compose(component: string, environment: NodeJS.ProcessEnv): Composition {
  const settings = readSettings(environment);
  const telemetry = new Telemetry(settings.prefix, component);
  const share = {
    key: shareKeyReader(CLIENT_OPTIONS, settings.shareKeyParameter),
    publicUrl: settings.publicUrl,
  };
  return { settings, telemetry, share, deps: coreDeps(settings, telemetry, share) };
}

function coreDeps(settings: Settings, { log }: Telemetry, share: ShareOptions): CoreDeps {
  const { prefix, queues, alphafold } = settings;
  const table = { client: new DynamoDBClient(CLIENT_OPTIONS), tableName: settings.table };
  const logGroup = { client: new CloudWatchLogsClient(CLIENT_OPTIONS), name: settings.logGroup };
  const logs = new CloudWatchLogSource(logGroup);
  const objects = new S3ObjectStore({ client: new S3Client(CLIENT_OPTIONS), bucket: settings.bucket });
  const policy = policyOf(settings);
  const clock = { now: () => new Date().toISOString() };
  return {
    jobs: new DynamoJobStore(table),
    objects,
    work: new SqsWorkQueue({
      client: new SQSClient(CLIENT_OPTIONS),
      queueUrl: settings.workQueueUrl,
      deadQueueUrl: settings.deadQueueUrl,
    }),
    scheduler: new BatchScheduler({
      client: createBatchClient(),
      claims: new DynamoRunClaims(table),
      removeLogs: (streams) => removeLogStreams(logGroup, streams),
      log,
      prefix,
      queues,
      alphafold,
      submitsPerSecond: SUBMITS_PER_SECOND,
    }),
    logs,
    notifier: mailOnce(
      new SnsNotifier({
        client: new SNSClient(CLIENT_OPTIONS),
        topicArn: settings.topicArn,
        policy,
        objects,
        logs,
        shareKey: share.key,
        publicUrl: settings.publicUrl,
        clock,
        log,
      }),
      table,
      log,
    ),
    keys: new DynamoKeyStore(table),
    clock,
    newId: () => crypto.randomUUID(),
    log,
    policy,
  };
}

function policyOf({ region, queues, alphafoldImage }: Settings): Policy {
  return {
    backend: 'aws',
    version: manifest.version,
    maxAttempts: MAX_ATTEMPTS,
    timeoutSeconds: PREDICT_SECONDS,
    stageTimeouts: { features: FEATURES_SECONDS },
    ...(queues.includes('cpu') && { featuresQueue: 'cpu' }),
    featuresTrustSeconds: FEATURES_TRUST_SECONDS,
    ...(alphafoldImage !== undefined && { featuresImage: alphafoldImage }),
    region,
  };
}
