// The functions as they are deployed: their bundles, each in a process with the environment of a deployment, on the AWS
// emulator and the Batch stand-in.
import assert from 'node:assert/strict';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { jobKeys } from '../../backend/api/runner.ts';
import type { Principal } from '../../backend/core/deps.ts';
import { makeKey } from '../../backend/core/keys.ts';
import { ADA, BOB, CRAMBIN } from '../support/coreWorld.ts';
import { DeployedFunctions, FUNCTION_NAMES, type FunctionAnswer } from '../support/lambda/deployedFunctions.ts';
import { authorizerEvent, type HttpRequest, lambdaContext, sqsEvent, sqsRecord } from '../support/lambda/events.ts';
import { needsMiniStack } from '../support/miniStack.ts';

const SUBMISSION = [{ fasta: 'crambin', sequence: CRAMBIN, que: 'cpu' }];
const SEQUENCE = 'TTCCPSIVARSNFNVCRLPGTPEAICATYTGCIIIPGATCPGDYAN';

describe('the functions on AWS', function () {
  this.timeout(180_000);
  let aws: DeployedFunctions;
  let functions: DeployedFunctions['functions'];

  before(async function () {
    needsMiniStack(this);
    aws = await DeployedFunctions.start();
    ({ functions } = aws);
  });
  after(async () => {
    await aws?.stop();
  });

  const ask = (name: 'query' | 'command', request: HttpRequest): Promise<FunctionAnswer> => aws.ask(name, request);
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
    const { Messages = [] } = await aws.queues.client.send(
      new ReceiveMessageCommand({
        QueueUrl: aws.queues.queueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      }),
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
      await aws.queues.client.send(new DeleteMessageCommand({ QueueUrl: aws.queues.queueUrl, ReceiptHandle }));
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
      for (const event of aws.events.splice(0)) {
        told.push(event);
        await functions.tracker.invoke(event, lambdaContext());
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('know callers by their keys, until these are revoked', async () => {
    const { text, record } = await makeKey({ name: 'Ada', role: 'user', owner: 'ada' }, new Date().toISOString());
    await aws.keys.create(record);
    const verdict = (authorization: string) =>
      functions.authorizer.invoke(authorizerEvent({ authorization }), lambdaContext());
    const expected = { isAuthorized: true, context: { owner: 'ada', role: 'user', keyId: record.id } };
    assert.deepEqual(await verdict(`Bearer ${text}`), expected);
    assert.deepEqual(await verdict(text), expected);
    assert.ok((await aws.keys.find(record.id))?.lastUsedOn);
    assert.equal((await verdict(`${text.slice(0, -2)}xx`)).isAuthorized, false);
    await aws.keys.revoke(record.id, new Date().toISOString());
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
    const handedOver = aws.standIn.server.calls.filter(
      ({ operation, body }) => operation === 'submitjob' && JSON.stringify(body).includes(id),
    );
    assert.equal(handedOver.length, 1);

    await aws.publish(id);
    await follow(id, 'SUCCEEDED');

    const job = await ask('query', { path: `/${id}`, principal: ADA });
    assert.deepEqual(job.json.logs.data.map(({ text }: { text: string }) => text).slice(0, 1), ['searching']);
    const redirect = await ask('query', { path: `/${id}/results/ranked_0.pdb`, principal: ADA });
    assert.equal(redirect.status, 302);
    assert.match(await (await fetch(redirect.headers.location ?? '')).text(), /^ATOM/);

    const mail = await aws.mailbox.waitFor('crambin');
    // Told again of the end, it mails no second time.
    const end = told.filter((event) => JSON.stringify(event).includes(id)).at(-1);
    await Promise.all([1, 2, 3].map(() => functions.tracker.invoke(end, lambdaContext())));
    assert.equal((await aws.mailbox.mails()).length, 1);
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
    assert.equal(await aws.objects.head(jobKeys.result(id)), undefined);
    assert.equal((await ask('query', { path: link })).status, 404);
    const logs = FUNCTION_NAMES.map((name) => functions[name].takeLog()).join('');
    assert.ok(!logs.includes(SEQUENCE));
    assert.ok(!logs.includes(link.split('/')[2] ?? '-'));
  });

  it('mail once when two instances take in the same end at the same moment', async () => {
    const id = await submit();
    await dispatch(await taken());
    await aws.publish(id);
    const isEnd = (event: object): boolean =>
      JSON.stringify(event).includes(id) && /"SUCCEEDED"/.test(JSON.stringify(event));
    while (!aws.events.some(isEnd)) await new Promise((resolve) => setTimeout(resolve, 20));
    const end = aws.events.find(isEnd);
    aws.events.length = 0;
    const before = (await aws.mailbox.mails()).length;
    const trackers = [functions.tracker, aws.another('tracker'), aws.another('tracker')];
    await Promise.all(trackers.map((tracker) => tracker.invoke(end, lambdaContext())));
    assert.equal((await jobOf(id)).job_status, 'SUCCEEDED');
    assert.equal((await aws.mailbox.mails()).length, before + 1);
  });

  it('cancel what waits', async () => {
    const id = await submit();
    const answer = await ask('command', { method: 'CANCEL', path: `/${id}`, principal: ADA });
    assert.equal(answer.status, 202, answer.text);
    assert.deepEqual(await dispatch(await taken()), { batchItemFailures: [] });
    assert.equal((await jobOf(id)).job_status, 'CANCELLED');
  });

  it('leave a poisoned message to the dead letters while others go on', async () => {
    await aws.queues.client.send(
      new SendMessageCommand({ QueueUrl: aws.queues.queueUrl, MessageBody: '{"kind":"explode"}' }),
    );
    const id = await submit();
    let deliveries = 0;
    for (let left = true; left; deliveries += 1) {
      assert.ok(deliveries < 10, 'the queue never gives it up');
      const records = await received();
      const failures = new Set<string>();
      for (const { itemIdentifier } of (await dispatch(records)).batchItemFailures) failures.add(itemIdentifier);
      // What an event source mapping does: what was done is deleted, what was not is seen again.
      for (const { messageId, receiptHandle: ReceiptHandle } of records) {
        const message = { QueueUrl: aws.queues.queueUrl, ReceiptHandle };
        if (!failures.has(messageId)) await aws.queues.client.send(new DeleteMessageCommand(message));
        else await aws.queues.client.send(new ChangeMessageVisibilityCommand({ ...message, VisibilityTimeout: 0 }));
      }
      left = records.length > 0;
    }
    assert.equal((await jobOf(id)).job_status, 'SUBMITTED');
    const { Messages: dead = [] } = await aws.queues.client.send(
      new ReceiveMessageCommand({ QueueUrl: aws.queues.deadQueueUrl }),
    );
    assert.deepEqual(
      dead.map(({ Body }) => Body),
      ['{"kind":"explode"}'],
    );
  });

  it('put a message off while Batch is too busy, and say why', async () => {
    const id = await submit();
    const records = await received();
    const { server } = aws.standIn;
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
    await aws.publish(id);
    const { engine } = aws.standIn;
    const run = () => engine.jobs.find(({ request }) => JSON.stringify(request).includes(id));
    while (run()?.status !== 'SUCCEEDED') await new Promise((resolve) => setTimeout(resolve, 20));
    // Nobody is told: the tracker gets none of the events.
    await engine.events.drain();
    aws.events.length = 0;
    assert.equal((await jobOf(id)).job_status, 'SUBMITTED');
    const report = await functions.reconciler.invoke({ id: 'tick' }, lambdaContext());
    assert.ok(report.observed >= 1, JSON.stringify(report));
    assert.match(functions.reconciler.takeLog(), /"LiveJobs"/);
    assert.equal((await jobOf(id)).job_status, 'SUCCEEDED');
  });
});
