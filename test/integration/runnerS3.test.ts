// The real runner as AWS Batch starts it: the job in S3, progress to EventBridge, the attempt in the environment.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { resultSchema } from '../../backend/api/result.ts';
import { failureFileSchema, jobKeys } from '../../backend/api/runner.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { PROGRESS_EVENT, type ProgressDetail } from '../../container/runner/progressEvents.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';
import { RunnerJob } from '../support/runnerJob.ts';

describe('runner with a job in S3', function () {
  this.timeout(90_000);
  let stack: MiniStack;
  let world: AwsWorld;
  let objects: S3ObjectStore;
  const jobs: RunnerJob[] = [];

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    world = new AwsWorld(stack);
    objects = new S3ObjectStore(await world.bucket());
  });
  afterEach(async () => {
    await Promise.all(jobs.splice(0).map((job) => job.dispose()));
  });
  after(async () => {
    world?.close();
    await stack?.stop();
  });

  /** A job whose folder is in the bucket as `core/submit` leaves it. */
  async function create(told: string): Promise<RunnerJob> {
    const job = await RunnerJob.create(told);
    jobs.push(job);
    for (const name of ['job.json', 'target.fasta']) {
      await objects.write(jobKeys.inputFolder(job.id) + name, await readFile(job.path('store/input', job.id, name)));
    }
    return job;
  }
  function start(job: RunnerJob, { attempt = 1, env = {} }: { attempt?: number; env?: Record<string, string> } = {}) {
    const uri = objects.uri(jobKeys.inputFolder(job.id));
    return job.start({ uri, attempt, args: ['--run', 'run-1'], env: { ...stack.environment, ...env } });
  }
  async function keys(job: RunnerJob): Promise<string[]> {
    const found: string[] = [];
    for await (const { key } of objects.list(jobKeys.outputFolder(job.id))) found.push(key);
    return found;
  }
  async function json(key: string): Promise<unknown> {
    return JSON.parse(Buffer.from((await objects.read(key)) ?? []).toString());
  }

  it('publishes a result whose files are what it says', async () => {
    const job = await create('models=2');
    const { code, errors, output } = await start(job).ended;
    assert.deepEqual({ code, errors }, { code: 0, errors: '' }, output);
    const result = resultSchema.parse(await json(jobKeys.result(job.id)));
    assert.equal(result.models.length, 2);
    for (const file of result.files) {
      const body = await objects.read(jobKeys.outputFolder(job.id) + file.path);
      assert.ok(body);
      assert.equal(createHash('sha256').update(body).digest('hex'), file.sha256);
    }
    const named = result.files.map(({ path }) => jobKeys.outputFolder(job.id) + path);
    assert.deepEqual(await keys(job), [...named, jobKeys.result(job.id)].sort());
  });

  it('passes the engine’s honest "cannot predict" on', async () => {
    const job = await create('exit=3 models=1');
    assert.equal((await start(job).ended).code, 3);
    assert.equal(failureFileSchema.parse(await json(jobKeys.failure(job.id))).code, 'no-template');
    assert.deepEqual(await keys(job), [jobKeys.failure(job.id)]);
  });

  it('has one result with files of one attempt when several run at once', async () => {
    const job = await create('models=2 ms=300');
    const ends = await Promise.all([1, 2, 3].map((attempt) => start(job, { attempt }).ended));
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0, 0],
    );
    const result = resultSchema.parse(await json(jobKeys.result(job.id)));
    const named = result.files.map(({ path }) => jobKeys.outputFolder(job.id) + path);
    assert.deepEqual(await keys(job), [...named, jobKeys.result(job.id)].sort());
  });

  it('keeps what a lost machine had published, and replaces it', async () => {
    const job = await create('models=600 ms=60000 steps=600');
    const first = start(job);
    await first.says(/published ranked_0\.pdb/);
    first.child.kill('SIGKILL');
    await first.ended;
    assert.match((await keys(job))[0] ?? '', /attempt-1-[0-9a-f]+\/ranked_0\.pdb$/);
    const again = await create('models=1');
    const moved = { ...again.order, id: job.id };
    await objects.write(jobKeys.order(job.id), Buffer.from(JSON.stringify(moved)));
    await objects.write(jobKeys.fasta(job.id), (await objects.read(jobKeys.fasta(again.id))) ?? Buffer.from(''));
    assert.equal((await start(job, { attempt: 2 }).ended).code, 0);
    assert.ok((await keys(job)).every((key) => !key.includes('/attempt-1-')));
  });

  it('says so when the bucket is not there', async () => {
    const job = await create('');
    const uri = `s3://no-such-bucket/input/${job.id}/`;
    const { code, output } = await job.start({ uri, env: stack.environment }).ended;
    assert.equal(code, 1);
    assert.match(output, /bucket/i);
  });

  it('tells EventBridge how far it is, from the first step to the last', async () => {
    const queues = await world.queues(10);
    const { Attributes: queue } = await world.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queues.queueUrl, AttributeNames: ['QueueArn'] }),
    );
    const bridge = new EventBridgeClient(stack.clientConfig);
    const pattern = { source: [PROGRESS_EVENT.source], 'detail-type': [PROGRESS_EVENT.detailType] };
    await bridge.send(new PutRuleCommand({ Name: 'progress', EventPattern: JSON.stringify(pattern) }));
    const target = { Id: 'queue', Arn: queue?.QueueArn };
    await bridge.send(new PutTargetsCommand({ Rule: 'progress', Targets: [target] }));

    const job = await create('steps=20 ms=1000');
    assert.equal((await start(job, { attempt: 2, env: { FOLDPAD_EVENTS: 'eventbridge' } }).ended).code, 0);

    const details: ProgressDetail[] = [];
    while (!details.some(({ progress }) => progress.fraction === 1)) {
      const { Messages: messages = [] } = await world.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queues.queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      for (const { Body: body } of messages)
        details.push((JSON.parse(body ?? '') as { detail: ProgressDetail }).detail);
      await delay(50);
    }
    for (const { job_id, run_id, attempt } of details) {
      assert.deepEqual({ job_id, run_id, attempt }, { job_id: job.id, run_id: 'run-1', attempt: 2 });
    }
    // Twenty steps within a second: it says where it begins and ends, and not everything between.
    assert.ok(details.length >= 2 && details.length < 10, `${details.length} events`);
    bridge.destroy();
  });

  it('predicts all the same when EventBridge cannot be reached', async () => {
    const job = await create('models=1');
    const env = { FOLDPAD_EVENTS: 'eventbridge', AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:9' };
    const { code, output } = await start(job, { env }).ended;
    assert.equal(code, 0, output);
    assert.equal(output.match(/progress cannot be told to EventBridge/g)?.length, 1);
  });
});
