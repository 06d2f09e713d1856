// What goes wrong between the services, on the platform as it is deployed: every job ends right, nothing is lost, nothing
// runs twice.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { isFinished, type Job } from '../../backend/api/job.ts';
import { checkDeadLetters } from '../../scripts/backend/checks/deadLetters.ts';
import type { EventFate } from '../support/batch/eventStream.ts';
import { invokeFunction } from '../support/eventRules.ts';
import { lambdaBundles } from '../support/lambda/bundles.ts';
import { needsMiniStack } from '../support/miniStack.ts';
import { type Rehearsal, startRehearsal } from '../support/rehearsal.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { target, testRunnerImage } from '../support/testImage.ts';

const PATIENCE_MS = 120_000;

describe('the deployed API: faults', function () {
  this.timeout(PATIENCE_MS + 60_000);
  const { folder, remove } = temporaryFolder();
  let rehearsal: Rehearsal;

  before(async function () {
    needsMiniStack(this);
    rehearsal = await startRehearsal({ bundles: await lambdaBundles(), homology: testRunnerImage(folder) });
  });
  after(async () => {
    await rehearsal?.stop();
    remove();
  });
  afterEach(() => {
    if (!rehearsal) return;
    rehearsal.batch.engine.events.fate = () => 'deliver';
    rehearsal.batch.server.fate = () => 'answer';
  });

  async function submit(count = 1, words = ''): Promise<readonly string[]> {
    const request = { fasta: 'crambin', sequence: target(words), que: 'cpu' };
    const jobs = await rehearsal.admin.submit(Array.from({ length: count }, () => request));
    return jobs.map(({ id }) => id);
  }

  async function ended(id: string): Promise<Job> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { job } = await rehearsal.admin.get(id);
      if (isFinished(job.status)) return job;
      assert.ok(Date.now() < deadline, `${id} is ${job.status}: ${job.statusReason}`);
      await delay(300);
    }
  }

  /** Batch jobs of one job of ours. */
  function batchJobs(id: string) {
    return rehearsal.batch.engine.jobs.filter(({ request }) => JSON.stringify(request).includes(id));
  }

  async function queueUrl(name: string): Promise<string> {
    return (await rehearsal.aws.sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? '';
  }

  /** Until every message of a queue was delivered and done with: none waits, and none is in a function's hands. */
  async function allTaken(QueueUrl: string): Promise<void> {
    const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const look = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] });
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { Attributes: found } = await rehearsal.aws.sqs.send(look);
      if (counts.every((name) => found?.[name] === '0')) return;
      assert.ok(Date.now() < deadline, JSON.stringify(found));
      await delay(200);
    }
  }

  async function mailsAbout(id: string): Promise<number> {
    return (await rehearsal.mailbox.mails()).filter(({ text }) => text.includes(id)).length;
  }

  /** The mail comes a moment after the state. */
  async function assertOneMail(id: string): Promise<void> {
    await rehearsal.mailbox.waitFor(id);
    // A second one would be on its way by now.
    await delay(1_000);
    assert.equal(await mailsAbout(id), 1, `mails about ${id}`);
  }

  it('events that come twice, late and out of order', async () => {
    const fates: readonly EventFate[] = ['twice', 'late', 'deliver', 'twice', 'late'];
    let next = 0;
    rehearsal.batch.engine.events.fate = () => fates[next++ % fates.length] ?? 'deliver';
    const ids = await submit(3);
    const deadline = Date.now() + PATIENCE_MS;
    while (!ids.every((id) => batchJobs(id)[0]?.isEnded)) {
      assert.ok(Date.now() < deadline, JSON.stringify(rehearsal.batch.engine.jobs.map(({ status }) => status)));
      await delay(200);
    }
    // What is late comes after the next event; the last one has none.
    await rehearsal.batch.engine.events.drain();
    for (const id of ids) {
      const job = await ended(id);
      assert.equal(job.status, 'SUCCEEDED', job.failure?.message);
      assert.equal(batchJobs(id).length, 1);
      await assertOneMail(id);
    }
  });

  it('events that never come: the reconciler finds out, and mails once', async () => {
    rehearsal.batch.engine.events.fate = () => 'lose';
    const [id = ''] = await submit();
    const deadline = Date.now() + PATIENCE_MS;
    while (batchJobs(id)[0]?.status !== 'SUCCEEDED') {
      assert.ok(Date.now() < deadline, `Batch: ${batchJobs(id)[0]?.status}`);
      await delay(200);
    }
    assert.ok(!isFinished((await rehearsal.admin.get(id)).job.status), 'nobody has told yet');
    await invokeFunction(rehearsal.miniStack, 'foldpad-reconciler', { source: 'aws.events' });
    const job = await ended(id);
    assert.equal(job.status, 'SUCCEEDED');
    assert.ok(job.result);
    await invokeFunction(rehearsal.miniStack, 'foldpad-reconciler', { source: 'aws.events' });
    await assertOneMail(id);
    const { lines } = await rehearsal.admin.logs(id);
    assert.ok(
      lines.some(({ text }) => text.includes('published')),
      'the log is found without any event',
    );
  });

  it('a message of SQS that comes again and again starts nothing again', async () => {
    const [id = ''] = await submit();
    const QueueUrl = await queueUrl(rehearsal.names.workQueue);
    const again = { QueueUrl, MessageBody: JSON.stringify({ kind: 'dispatch', jobId: id }) };
    await Promise.all(Array.from({ length: 5 }, () => rehearsal.aws.sqs.send(new SendMessageCommand(again))));
    assert.equal((await ended(id)).status, 'SUCCEEDED');
    await rehearsal.aws.sqs.send(new SendMessageCommand(again));
    await allTaken(QueueUrl);
    assert.equal(batchJobs(id).length, 1);
    assert.equal((await rehearsal.admin.get(id)).job.status, 'SUCCEEDED');
  });

  it('Batch throttles for a while: jobs wait, and then run once', async () => {
    // Each delivery of a message meets some, and the next comes later.
    let refusals = 8;
    rehearsal.batch.server.fate = ({ operation }) =>
      operation === 'submitjob' && refusals-- > 0 ? 'throttle' : 'answer';
    const ids = await submit(2);
    for (const id of ids) {
      assert.equal((await ended(id)).status, 'SUCCEEDED');
      assert.equal(batchJobs(id).length, 1);
    }
    assert.ok(refusals <= 0, 'every refusal was met');
  });

  it('Batch takes a job and its answer is lost: it is found again, not submitted again', async () => {
    let lost = 0;
    rehearsal.batch.server.fate = ({ operation }) =>
      operation === 'submitjob' && lost++ === 0 ? 'lose-answer' : 'answer';
    const [id = ''] = await submit();
    assert.equal((await ended(id)).status, 'SUCCEEDED');
    assert.ok(lost > 0);
    assert.equal(batchJobs(id).length, 1);
  });

  it('a Spot machine that is taken back: the next attempt succeeds', async () => {
    const [id = ''] = await submit(1, 'ms=4000');
    const deadline = Date.now() + PATIENCE_MS;
    while (batchJobs(id)[0]?.status !== 'RUNNING') {
      assert.ok(Date.now() < deadline);
      await delay(100);
    }
    rehearsal.batch.engine.loseHost(batchJobs(id)[0]?.id ?? '');
    const job = await ended(id);
    assert.equal(job.status, 'SUCCEEDED');
    assert.equal(job.runs[0]?.attempt, 2);
    assert.equal(batchJobs(id)[0]?.attempts.length, 2);
  });

  it('a prediction that fails is told with its last lines, and not tried again', async () => {
    const [id = ''] = await submit(1, 'exit=1 lines=3');
    const job = await ended(id);
    assert.equal(job.status, 'FAILED');
    assert.ok(job.failure?.message);
    assert.equal(batchJobs(id)[0]?.attempts.length, 1);
    const mail = await rehearsal.mailbox.waitFor(id);
    assert.match(mail.subject, /fail|not/i);
    // The engine counts its lines from 0.
    assert.match(mail.text, /line 2/);
  });

  it('a poisoned message ends in the dead letter queue, and the others go on', async () => {
    const QueueUrl = await queueUrl(rehearsal.names.workQueue);
    // The five deliveries would take half an hour.
    await rehearsal.aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '1' } }));
    for (const MessageBody of ['{"kind":"dispatch"}', 'no JSON']) {
      await rehearsal.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    const [id = ''] = await submit();
    assert.equal((await ended(id)).status, 'SUCCEEDED');
    const { aws, names, miniStack } = rehearsal;
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const [finding] = await checkDeadLetters(aws, miniStack.region, names.deadQueue, 'work');
      if (finding?.found.startsWith('2 messages')) break;
      assert.ok(Date.now() < deadline, finding?.found);
      await delay(500);
    }
  });

  it('what was lost on no way: no event was given up', async () => {
    const { aws, names, miniStack, batch } = rehearsal;
    const [finding] = await checkDeadLetters(aws, miniStack.region, names.deadEvents, 'events');
    assert.equal(finding?.state, 'ok', finding?.found);
    assert.deepEqual(batch.engine.events.failures, []);
  });
});
