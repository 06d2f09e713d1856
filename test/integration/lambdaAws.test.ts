// The functions as they are deployed: their bundles, each in a process with the environment of a deployment, on the AWS
// emulator and the Batch stand-in.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { SQSRecord } from 'aws-lambda';
import type { Result } from '../../backend/api/result.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import { DynamoKeyStore } from '../../backend/aws/dynamoKeyStore.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import type { Principal } from '../../backend/core/deps.ts';
import { makeKey } from '../../backend/core/keys.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { computeTemplate } from '../support/batch/computeTemplate.ts';
import { CloudWatchSink } from '../support/batch/sinks.ts';
import { type BatchStandIn, startBatchStandIn } from '../support/batch/standIn.ts';
import { ADA, BOB, CRAMBIN } from '../support/coreWorld.ts';
import { lambdaBundles } from '../support/lambda/bundles.ts';
import { FUNCTION_ENVIRONMENT } from '../support/lambda/environment.ts';
import {
  authorizerEvent,
  type HttpRequest,
  httpEvent,
  lambdaContext,
  sqsEvent,
  sqsRecord,
} from '../support/lambda/events.ts';
import { FunctionProcess } from '../support/lambda/functionProcess.ts';
import { Mailbox } from '../support/mailbox.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';

const NAMES = ['authorizer', 'query', 'command', 'dispatcher', 'tracker', 'reconciler'] as const;
type FunctionName = (typeof NAMES)[number];

const SUBMISSION = [{ fasta: 'crambin', sequence: CRAMBIN, que: 'cpu' }];
const SEQUENCE = 'TTCCPSIVARSNFNVCRLPGTPEAICATYTGCIIIPGATCPGDYAN';
const PUBLIC_URL = 'https://api.example.org';
/** What a container does; its result is put there by the test. */
const SCRIPT = 'echo searching; echo done';

interface Batch {
  readonly standIn: BatchStandIn;
  readonly events: object[];
}

describe('the functions on AWS', function () {
  this.timeout(180_000);
  let stack: MiniStack;
  let world: AwsWorld;
  let batch: Batch;
  let objects: S3ObjectStore;
  let keys: DynamoKeyStore;
  let queueUrl: string;
  let deadQueueUrl: string;
  let mailbox: Mailbox;
  const functions = {} as Record<FunctionName, FunctionProcess>;

  before(async function () {
    needsMiniStack(this);
    const bundles = await lambdaBundles();
    stack = await startMiniStack();
    world = new AwsWorld(stack);
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
    batch = { standIn, events };
    const table = await world.table();
    const bucket = await world.bucket();
    const queues = await world.queues(3);
    const sns = new SNSClient(stack.clientConfig);
    const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'foldpad-mail' }));
    sns.destroy();
    const ssm = new SSMClient(stack.clientConfig);
    const shareKey = randomBytes(32).toString('base64url');
    await ssm.send(new PutParameterCommand({ Name: '/foldpad/share-key', Type: 'SecureString', Value: shareKey }));
    ssm.destroy();
    const logs = new CloudWatchLogsClient(stack.clientConfig);
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/foldpad/batch' }));
    logs.destroy();
    objects = new S3ObjectStore(bucket);
    keys = new DynamoKeyStore(table);
    ({ queueUrl, deadQueueUrl } = queues);
    mailbox = await Mailbox.open(stack.clientConfig, topicArn);
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
    for (const name of NAMES) {
      functions[name] = new FunctionProcess(path.join(bundles, name, 'index.mjs'), environment);
    }
  });
  after(async () => {
    await Promise.all(Object.values(functions).map((one) => one.stop()));
    await batch?.standIn.stop();
    mailbox?.close();
    world?.close();
    await stack?.stop();
  });

  /** Answers of an HTTP function, its body unpacked. */
  async function ask(name: 'query' | 'command', request: HttpRequest) {
    const { statusCode, headers, body, isBase64Encoded } = await functions[name].invoke(
      httpEvent(request),
      lambdaContext(),
    );
    const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    const isJson = String(headers['content-type']).includes('json');
    return { status: statusCode as number, headers, text, json: isJson ? JSON.parse(text) : undefined };
  }
  async function submit(principal: Principal = ADA): Promise<string> {
    const { status, text, json } = await ask('command', {
      method: 'POST',
      body: JSON.stringify(SUBMISSION),
      principal,
    });
    assert.equal(status, 202, text);
    return json.data[0].id;
  }
  /** What SQS would deliver next, as an event source mapping does. */
  async function received(): Promise<readonly SQSRecord[]> {
    const { Messages = [] } = await world.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    );
    return Messages.map((message) => ({
      ...sqsRecord(message.Body, Number(message.Attributes?.ApproximateReceiveCount), message.ReceiptHandle),
      body: message.Body ?? '',
    }));
  }
  /** As `received`, taken out of the queue for good. */
  async function taken(): Promise<readonly SQSRecord[]> {
    const records = await received();
    for (const { receiptHandle: ReceiptHandle } of records) {
      await world.sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
    return records;
  }
  const dispatch = async (records: readonly SQSRecord[]) =>
    functions.dispatcher.invoke(sqsEvent(...records), lambdaContext());
  const jobOf = async (id: string) => (await ask('query', { path: `/${id}`, principal: ADA })).json.data;
  const told: object[] = [];
  /** Hands the tracker every event of a job, until the job is in a state. */
  async function follow(id: string, status: string): Promise<void> {
    for (let tries = 0; (await jobOf(id)).job_status !== status; tries += 1) {
      assert.ok(
        tries < 200,
        `the job is ${(await jobOf(id)).job_status}, not ${status}\n${functions.tracker.takeLog()}`,
      );
      for (const event of batch.events.splice(0)) {
        told.push(event);
        await functions.tracker.invoke(event, lambdaContext());
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('know callers by their keys, until these are revoked', async () => {
    const { text, record } = await makeKey({ name: 'Ada', role: 'user', owner: 'ada' }, new Date().toISOString());
    await keys.create(record);
    const verdict = (authorization: string) =>
      functions.authorizer.invoke(authorizerEvent({ authorization }), lambdaContext());
    const expected = { isAuthorized: true, context: { owner: 'ada', role: 'user', keyId: record.id } };
    assert.deepEqual(await verdict(`Bearer ${text}`), expected);
    assert.deepEqual(await verdict(text), expected);
    assert.ok((await keys.find(record.id))?.lastUsedOn);
    assert.equal((await verdict(`${text.slice(0, -2)}xx`)).isAuthorized, false);
    await keys.revoke(record.id, new Date().toISOString());
    assert.equal((await verdict(text)).isAuthorized, false);
    const log = functions.authorizer.takeLog();
    assert.match(log, /"reason":"revoked"/);
    assert.ok(!log.includes(text.slice(16)));
  });

  it('make, list and revoke keys for admins', async () => {
    const root = { owner: 'root', role: 'admin' } as const;
    const body = JSON.stringify({ name: 'Bob', owner: 'bob' });
    assert.equal((await ask('command', { method: 'POST', path: '/keys', body, principal: ADA })).status, 403);
    const made = await ask('command', { method: 'POST', path: '/keys', body, principal: root });
    assert.equal(made.status, 201, made.text);
    const verdict = () =>
      functions.authorizer.invoke(authorizerEvent({ authorization: made.json.key }), lambdaContext());
    assert.equal((await verdict()).context.owner, 'bob');
    const listed = await ask('query', { path: '/keys', principal: root });
    assert.equal(listed.json.data[0].id, made.json.data.id);
    const path_ = `/keys/${made.json.data.id}`;
    assert.equal((await ask('command', { method: 'DELETE', path: path_, principal: root })).status, 200);
    assert.equal((await verdict()).isAuthorized, false);
    assert.ok(!functions.command.takeLog().includes(made.json.key.slice(16)));
  });

  it('take a job through its whole life: handed over, followed, mailed, shared, deleted', async () => {
    const id = await submit();
    assert.equal((await ask('query', { principal: ADA })).json.data[0].id, id);
    assert.deepEqual((await ask('query', { principal: BOB })).json.data, []);
    const records = await taken();
    assert.deepEqual(
      records.map(({ body }) => JSON.parse(body)),
      [{ kind: 'dispatch', jobId: id }],
    );
    assert.deepEqual(await dispatch(records), { batchItemFailures: [] });
    // Delivered twice, it is handed over once.
    assert.deepEqual(await dispatch(records), { batchItemFailures: [] });
    const handedOver = batch.standIn.server.calls.filter(
      ({ operation, body }) => operation === 'submitjob' && JSON.stringify(body).includes(id),
    );
    assert.equal(handedOver.length, 1);

    const pdb = new TextEncoder().encode(
      'ATOM      1  CA  ALA A   1       0.000   0.000   0.000  1.00 90.00           C\n',
    );
    const file = 'attempt-1-9f3c2a/ranked_0.pdb';
    await objects.write(jobKeys.outputFolder(id) + file, pdb);
    await objects.write(jobKeys.result(id), new TextEncoder().encode(JSON.stringify(resultOf(id, file, pdb))));
    await follow(id, 'SUCCEEDED');

    const job = await ask('query', { path: `/${id}`, principal: ADA });
    assert.deepEqual(job.json.logs.data.map(({ text }: { text: string }) => text).slice(0, 1), ['searching']);
    const redirect = await ask('query', { path: `/${id}/results/ranked_0.pdb`, principal: ADA });
    assert.equal(redirect.status, 302);
    assert.match(await (await fetch(redirect.headers.location)).text(), /^ATOM/);

    const mail = await mailbox.waitFor('crambin');
    // Told again of the end, it mails no second time.
    const end = told.filter((event) => JSON.stringify(event).includes(id)).at(-1);
    await Promise.all([1, 2, 3].map(() => functions.tracker.invoke(end, lambdaContext())));
    assert.equal((await mailbox.mails()).length, 1);
    const link = /https:\/\/api\.example\.org(\/shared\/\S+\/)/.exec(mail.text)?.[1] ?? '';
    const page = await ask('query', { path: link });
    assert.equal(page.status, 200, page.text);
    assert.match(page.text, /ranked_0\.pdb/);
    assert.equal((await ask('query', { path: `${link}ranked_0.pdb` })).status, 302);
    const forged = link.replace(/\.[^/]+/, '.AAAA');
    assert.equal((await ask('query', { path: forged })).status, 403);

    for (const path_ of [`/${id}`, `/${id}/logs`, `/${id}/results`, `/${id}/results/ranked_0.pdb`]) {
      assert.equal((await ask('query', { path: path_, principal: BOB })).status, 404, path_);
    }
    assert.equal((await ask('command', { method: 'DELETE', path: `/${id}`, principal: BOB })).status, 404);
    assert.equal((await ask('command', { method: 'DELETE', path: `/${id}`, principal: ADA })).status, 202);
    await dispatch(await taken());
    assert.equal((await ask('query', { path: `/${id}`, principal: ADA })).status, 404);
    assert.equal(await objects.head(jobKeys.result(id)), undefined);
    assert.equal((await ask('query', { path: link })).status, 404);
    const logs = NAMES.map((name) => functions[name].takeLog()).join('');
    assert.ok(!logs.includes(SEQUENCE));
    assert.ok(!logs.includes(link.split('/')[2] ?? '-'));
  });

  it('cancel what waits', async () => {
    const id = await submit();
    const answer = await ask('command', { method: 'CANCEL', path: `/${id}`, principal: ADA });
    assert.equal(answer.status, 202, answer.text);
    assert.deepEqual(await dispatch(await taken()), { batchItemFailures: [] });
    assert.equal((await jobOf(id)).job_status, 'CANCELLED');
  });

  it('leave a poisoned message to the dead letters while others go on', async () => {
    await world.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: '{"kind":"explode"}' }));
    const id = await submit();
    let deliveries = 0;
    for (let left = true; left; deliveries += 1) {
      assert.ok(deliveries < 10, 'the queue never gives it up');
      const records = await received();
      const failures = new Set<string>();
      for (const { itemIdentifier } of (await dispatch(records)).batchItemFailures) failures.add(itemIdentifier);
      // What an event source mapping does: what was done is deleted, what was not is seen again.
      for (const { messageId, receiptHandle: ReceiptHandle } of records) {
        const message = { QueueUrl: queueUrl, ReceiptHandle };
        if (!failures.has(messageId)) await world.sqs.send(new DeleteMessageCommand(message));
        else await world.sqs.send(new ChangeMessageVisibilityCommand({ ...message, VisibilityTimeout: 0 }));
      }
      left = records.length > 0;
    }
    assert.equal((await jobOf(id)).job_status, 'SUBMITTED');
    const { Messages: dead = [] } = await world.sqs.send(new ReceiveMessageCommand({ QueueUrl: deadQueueUrl }));
    assert.deepEqual(
      dead.map(({ Body }) => Body),
      ['{"kind":"explode"}'],
    );
  });

  it('put a message off while Batch is too busy, and say why', async () => {
    const id = await submit();
    const records = await received();
    const { server } = batch.standIn;
    server.fate = ({ operation }) => (operation === 'submitjob' ? 'throttle' : 'answer');
    const { batchItemFailures } = await dispatch(records);
    assert.equal(batchItemFailures.length, 1);
    assert.match((await jobOf(id)).status_reason, /did not take the job yet/);
    server.fate = () => 'answer';
    assert.deepEqual(await dispatch(records), { batchItemFailures: [] });
    assert.equal((await jobOf(id)).job_status, 'SUBMITTED');
  });

  it('find on a schedule what no event told', async () => {
    const id = await submit();
    await dispatch(await taken());
    batch.events.length = 0;
    const report = await functions.reconciler.invoke({ id: 'tick' }, lambdaContext());
    assert.ok(report.jobs >= 1, JSON.stringify(report));
    assert.match(functions.reconciler.takeLog(), /"LiveJobs"/);
    assert.ok((await jobOf(id)).job_status !== 'QUEUED');
  });
});

/** A valid result of one file. */
function resultOf(id: string, file: string, bytes: Uint8Array): Result {
  return {
    schema: 1,
    job_id: id,
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
