// What people and the backend are told while the databases are staged: events and mails, through the AWS emulator.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { changeMarkSchema, featuresKeys } from '../../backend/api/featuresIndex.ts';
import { DATABASES_EVENT, type DatabasesDetail } from '../../container/databases/announce.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { DatabaseServer, PATHS, publishAll, sources } from '../support/databaseServer.ts';
import { Mailbox } from '../support/mailbox.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const MAIN = path.resolve(import.meta.dirname, '../../container/databases/main.ts');

describe('news of the databases', function () {
  this.timeout(120_000);
  let stack: MiniStack;
  let server: DatabaseServer;
  let home: ReturnType<typeof temporaryFolder>;
  let mailbox: Mailbox;
  let topic: string;
  let events: string;

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
  });

  after(() => stack?.stop());

  beforeEach(async () => {
    server = new DatabaseServer();
    publishAll(server);
    await server.start();
    home = temporaryFolder();
    await stack.reset();
    ({ TopicArn: topic = '' } = await new SNSClient(stack.clientConfig).send(new CreateTopicCommand({ Name: 'mail' })));
    mailbox = await Mailbox.open(stack.clientConfig, topic);
    events = await eventQueue();
  });

  afterEach(async () => {
    await server.stop();
    home.remove();
  });

  /** A queue that gets the job's events. */
  async function eventQueue(): Promise<string> {
    const sqs = new SQSClient(stack.clientConfig);
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'events' }));
    const { Attributes: attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    const bridge = new EventBridgeClient(stack.clientConfig);
    const pattern = { source: [DATABASES_EVENT.source], 'detail-type': [DATABASES_EVENT.detailType] };
    await bridge.send(new PutRuleCommand({ Name: 'databases', EventPattern: JSON.stringify(pattern) }));
    await bridge.send(
      new PutTargetsCommand({ Rule: 'databases', Targets: [{ Id: 'queue', Arn: attributes?.QueueArn }] }),
    );
    return url;
  }

  async function details(): Promise<DatabasesDetail[]> {
    const sqs = new SQSClient(stack.clientConfig);
    const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl: events, MaxNumberOfMessages: 10 }));
    return (answer.Messages ?? []).map(({ Body = '{}' }) => (JSON.parse(Body) as { detail: DatabasesDetail }).detail);
  }

  async function stage(
    topicArn = topic,
    env: Record<string, string> = {},
  ): Promise<{ code: number | null; output: string }> {
    const folders = ['--target', path.join(home.folder, 'databases'), '--staging', path.join(home.folder, 'staging')];
    const args = ['stage', '--preset', 'reduced', '--min-free-gb', '0', ...folders, ...sources(server)];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
      env: { ...process.env, ...stack.environment, FOLDPAD_EVENTS: 'eventbridge', FOLDPAD_TOPIC_ARN: topicArn, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  it('tells how far it is, that it is done, and what is there', async () => {
    const { code, output } = await stage();
    assert.equal(code, 0, output);
    const told = await details();
    assert.deepEqual([told[0]?.state, told[0]?.fraction], ['running', 0]);
    assert.deepEqual([told.at(-1)?.state, told.at(-1)?.fraction, told.at(-1)?.finished.length], ['done', 1, 8]);
    const [mail, ...more] = await mailbox.mails();
    assert.equal(more.length, 0);
    assert.equal(mail?.subject, 'Foldpad: the reduced databases are ready');
    assert.match(mail?.text ?? '', /^ {2}mgnify +2022_05 +\d+\.\d GB$/m);
    assert.match(mail?.text ?? '', /^ {2}total +\d+\.\d GB$/m);
  });

  it('tells what failed, why, and how to go on', async () => {
    server.fail(PATHS.params, { status: 404 });
    assert.equal((await stage()).code, 1);
    assert.equal((await details()).at(-1)?.state, 'failed');
    const [mail] = await mailbox.mails();
    assert.equal(mail?.subject, 'Foldpad: the reduced databases are not complete');
    assert.match(mail?.text ?? '', /params: .*404/);
    assert.match(mail?.text ?? '', /npm run deploy:backend -- --stage-databases/);
  });

  it('brings the databases although the news cannot be sent', async () => {
    const { code, output } = await stage('arn:aws:sns:us-east-1:123456789012:nonesuch');
    assert.equal(code, 0, output);
    assert.match(output, /the mail could not be sent/);
  });

  it('marks that the databases have changed, when they have', async () => {
    const { s3 } = new AwsWorld(stack);
    await s3.send(new CreateBucketCommand({ Bucket: 'foldpad-data' }));
    const mark = async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'foldpad-data', Key: featuresKeys.changed }));
      return changeMarkSchema.parse(JSON.parse((await Body?.transformToString()) ?? '')).mark;
    };
    const env = { FOLDPAD_BUCKET: 'foldpad-data' };
    const lost = await stage(topic, { FOLDPAD_BUCKET: 'nonesuch' });
    assert.equal(lost.code, 0, lost.output);
    assert.match(lost.output, /could not be written to nonesuch/);
    await writeFile(path.join(home.folder, 'databases', 'databases.json'), '{"mgnify": "2018_12"}');
    assert.equal((await stage(topic, env)).code, 0);
    const changed = await mark();
    assert.equal((await stage(topic, env)).code, 0);
    assert.equal(await mark(), changed, 'the same databases again are no change');
  });
});
