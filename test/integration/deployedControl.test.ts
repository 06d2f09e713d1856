// Least privilege, tried out: the control plane deployed by the CDK into an emulator that enforces every policy. A right
// that a function needs and does not have shows here, as it would in an account.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { FoldpadClient } from '../../backend/api/client.ts';
import { featuresTarget } from '../../backend/api/featuresIndex.ts';
import { isFinished, type Job } from '../../backend/api/job.ts';
import { jobKeys, jobOrderSchema } from '../../backend/api/runner.ts';
import { jobItemKey } from '../../backend/api/tableSchema.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { bucketName } from '../../backend/infra/names.ts';
import { emulatorLogs } from '../support/emulatorLogs.ts';
import { invokeFunction } from '../support/eventRules.ts';
import { StoredFeatures } from '../support/featuresCache.ts';
import { lambdaBundles } from '../support/lambda/bundles.ts';
import { needsMiniStack } from '../support/miniStack.ts';
import { type Rehearsal, startRehearsal } from '../support/rehearsal.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { target, testRunnerImage } from '../support/testImage.ts';

const PATIENCE_MS = 60_000;

/** Of what Lambda tells about a function. */
interface FunctionConfiguration {
  readonly Role: string;
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
}

describe('the deployed control plane, where every policy is enforced', function () {
  this.timeout(240_000);
  const { folder, remove } = temporaryFolder();
  let rehearsal: Rehearsal;
  let ada: FoldpadClient;

  before(async function () {
    needsMiniStack(this);
    rehearsal = await startRehearsal({
      bundles: await lambdaBundles(),
      homology: testRunnerImage(folder),
      miniStack: { enforceIam: true },
    });
    ada = rehearsal.client(await rehearsal.newKey('Ada'));
  });
  after(async () => {
    await rehearsal?.stop();
    remove();
  });

  async function until(id: string, reached: (job: Job) => boolean): Promise<Job> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { job } = await ada.get(id);
      if (reached(job)) return job;
      if (Date.now() > deadline) assert.fail(`${id} is ${job.status}: ${job.statusReason}\n${await refusals()}`);
      await delay(300);
    }
  }

  /** What functions have been refused so far, as they logged it. */
  async function refusals(): Promise<string> {
    const lines = [...(await emulatorLogs(rehearsal.miniStack)).values()].join('\n').split('\n');
    return lines.filter((line) => /AccessDenied|not authorized/i.test(line)).join('\n');
  }

  async function configurationOf(name: string): Promise<FunctionConfiguration> {
    const { endpoint, account } = rehearsal.miniStack;
    const answer = await fetch(`${endpoint}/2015-03-31/functions/foldpad-${name}/configuration`, {
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/lambda/aws4_request` },
    });
    return (await answer.json()) as FunctionConfiguration;
  }

  const bucketOf = () => bucketName('foldpad', rehearsal.miniStack.account, rehearsal.miniStack.region);

  async function submit(words = ''): Promise<string> {
    const [job] = await ada.submit([{ fasta: 'crambin', sequence: target(words), que: 'cpu' }]);
    assert.ok(job);
    return job.id;
  }

  it('leads a job from its submission to its files, and away again', async () => {
    const id = await submit();
    const job = await until(id, ({ status }) => isFinished(status));
    assert.equal(job.status, 'SUCCEEDED', job.failure?.message);

    const { files } = await ada.result(id);
    const [file] = files;
    assert.ok(file, 'a result has files');
    const { lines } = await ada.logs(id);
    assert.ok(lines.length > 0);

    await ada.delete(id);
    const deadline = Date.now() + PATIENCE_MS;
    while (
      await ada.get(id).then(
        () => true,
        () => false,
      )
    ) {
      if (Date.now() > deadline) assert.fail(`${id} is not deleted\n${await refusals()}`);
      await delay(300);
    }
  });

  it('cancels what runs, with the article’s own method', async () => {
    const id = await submit('ms=120000');
    await until(id, ({ status }) => status === 'RUNNING');
    const answer = await fetch(`${rehearsal.url}/${id}`, {
      method: 'CANCEL',
      headers: { authorization: rehearsal.adminKey },
    });
    assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
    assert.equal((await until(id, ({ status }) => isFinished(status))).status, 'CANCELLED');
  });

  it('repairs what events missed', async () => {
    rehearsal.batch.engine.events.fate = () => 'lose';
    const id = await submit();
    const deadline = Date.now() + PATIENCE_MS;
    while (!rehearsal.batch.engine.jobs.some((job) => job.isEnded && JSON.stringify(job.request).includes(id))) {
      assert.ok(Date.now() < deadline, `the run of ${id} does not end`);
      await delay(200);
    }
    await invokeFunction(rehearsal.miniStack, 'foldpad-reconciler', { source: 'aws.events' });
    assert.equal((await until(id, ({ status }) => isFinished(status))).status, 'SUCCEEDED');
  });

  it('hands over one run where the features are in the cache', async () => {
    const objects = new S3ObjectStore({ client: rehearsal.aws.s3, bucket: bucketOf() });
    const json = async (key: string) => JSON.parse(Buffer.from((await objects.read(key)) ?? '{}').toString());
    const submitted = async (): Promise<Job> => {
      const [made] = await ada.submit([{ fasta: 'crambin', sequence: target(''), que: 'p4' }]);
      return until(made?.id ?? '', ({ runs }) => runs.length > 0);
    };
    const first = await submitted();
    assert.deepEqual(
      first.runs.map(({ stage }) => stage),
      ['features', 'predict'],
    );
    const { fasta_sha256 } = jobOrderSchema.parse(await json(jobKeys.order(first.id)));
    const known = { ...first, featuresTarget: await featuresTarget(fasta_sha256, first.parameters) };
    const cache = await StoredFeatures.leave(objects, known, new Date().toISOString());
    const { Environment } = await configurationOf('dispatcher');
    const image = Environment.Variables.FOLDPAD_ALPHAFOLD_IMAGE;
    await cache.see({ image, seen_at: new Date().toISOString() });
    const second = await submitted();
    assert.deepEqual(
      second.runs.map(({ stage }) => stage),
      ['predict'],
      await refusals(),
    );
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await objects.head(jobKeys.prepared(second.id)))) {
      if (Date.now() > deadline) assert.fail(await refusals());
      await delay(200);
    }
    assert.deepEqual(await json(jobKeys.prepared(second.id)), { schema: 1, ...cache.features });
  });

  // Mails included: who may not publish logs so.
  it('has refused its functions nothing', async () => assert.equal(await refusals(), ''));

  it('enforces its policies: a function cannot do what is not its own', async () => {
    const { clientConfig, endpoint } = rehearsal.miniStack;
    const { Role } = await configurationOf('query');
    const assumed = await new STSClient(clientConfig).send(
      new AssumeRoleCommand({ RoleArn: Role, RoleSessionName: 'test' }),
    );
    const credentials = {
      accessKeyId: assumed.Credentials?.AccessKeyId ?? '',
      secretAccessKey: assumed.Credentials?.SecretAccessKey ?? '',
      sessionToken: assumed.Credentials?.SessionToken ?? '',
    };
    const dynamo = new DynamoDBClient({ endpoint, region: clientConfig.region, credentials });
    const { pk, sk } = jobItemKey('intruder');
    const item = { TableName: rehearsal.names.table, Item: { pk: { S: pk }, sk: { S: sk } } };
    await assert.rejects(dynamo.send(new PutItemCommand(item)), /AccessDenied|not authorized/);
  });

  it('has a work queue that puts aside what fails again and again', async () => {
    const { sqs } = rehearsal.aws;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: rehearsal.names.workQueue }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    assert.match(JSON.parse(Attributes?.RedrivePolicy ?? '{}').deadLetterTargetArn, /:foldpad-work-dead$/);
  });
});
