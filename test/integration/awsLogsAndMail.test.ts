import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Job } from '../../backend/api/job.ts';
import { CloudWatchLogSource } from '../../backend/aws/cloudWatchLogSource.ts';
import { SnsNotifier, type SnsNotifierOptions } from '../../backend/aws/snsNotifier.ts';
import type { LogSource } from '../../backend/core/ports.ts';
import { verifyShare } from '../../backend/core/share.ts';
import { CloudWatchSink } from '../support/batch/sinks.ts';
import { Mailbox } from '../support/mailbox.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';

describe('logs and mail on AWS', function () {
  this.timeout(60_000);
  let stack: MiniStack;
  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
  });
  after(() => stack?.stop());

  describe('CloudWatch Logs', () => {
    let client: CloudWatchLogsClient;
    let sink: CloudWatchSink;
    let now: number;
    let group: string;
    let logs: LogSource;
    before(() => {
      client = new CloudWatchLogsClient(stack.clientConfig);
      sink = new CloudWatchSink(stack.clientConfig);
    });
    after(() => {
      client.destroy();
      sink.close();
    });
    beforeEach(() => {
      now = Date.now();
      group = `/test/${randomUUID()}`;
      logs = new CloudWatchLogSource({ client, name: group }, () => now);
    });

    const write = (stream: string, timestamp: number, ...messages: readonly string[]): Promise<void> =>
      sink.write(
        group,
        stream,
        messages.map((message) => ({ timestamp, message })),
      );
    const texts = async (job: Job, cursor?: string, limit = 1000): Promise<readonly string[]> =>
      (await logs.read(job, cursor, limit)).lines.map(({ text }) => text);

    it('are read through all attempts, without progress lines, and cleaned of what plays tricks on terminals', async () => {
      const run = sampleRun({ status: 'SUCCEEDED', logStreams: ['one', 'two', 'never-written'] });
      const job = sampleJob({ status: 'SUCCEEDED', runs: [run] });
      const progress = '{"progress":{"stage":"predict","step":"search","fraction":0.5}}';
      await write('one', now, '2026-11-22T10:00:00.000Z first', progress, 'no time \u001b[31mred\u001b[0m\u0007');
      await write('two', now + 1, progress, '2026-11-22T10:05:00.000Z second');
      const page = await logs.read(job, undefined, 10);
      assert.deepEqual(
        page.lines.map(({ at, text }) => [at, text]),
        [
          ['2026-11-22T10:00:00.000Z', 'first'],
          [new Date(now).toISOString(), 'no time red'],
          ['2026-11-22T10:05:00.000Z', 'second'],
        ],
      );
      assert.equal(page.done, true);
      assert.deepEqual(
        (await logs.tail(job, 2)).lines.map(({ text }) => text),
        ['no time red', 'second'],
      );
    });

    it('go on exactly where a page ended among thousands of lines of one millisecond', async () => {
      const run = sampleRun({ logStreams: ['busy'] });
      const job = sampleJob({ status: 'RUNNING', runs: [run] });
      const lines = Array.from({ length: 1500 }, (_, index) => `line ${index}`);
      for (let start = 0; start < lines.length; start += 500)
        await write('busy', now, ...lines.slice(start, start + 500));
      const seen: string[] = [];
      let cursor: string | undefined;
      for (;;) {
        const page = await logs.read(job, cursor, 400);
        if (page.lines.length === 0) break;
        seen.push(...page.lines.map(({ text }) => text));
        cursor = page.next;
      }
      assert.deepEqual(seen, lines);
      const tail = await logs.tail(job, 10);
      assert.deepEqual(
        tail.lines.map(({ text }) => text),
        lines.slice(-10),
      );
      await write('busy', now, 'one more of the same time');
      await write('busy', now + 5, 'later');
      assert.deepEqual(await texts(job, tail.next), ['one more of the same time', 'later']);
      assert.deepEqual(await texts(job, cursor), ['one more of the same time', 'later']);
    });

    it('shows lines although far more progress was reported than lines are wanted', async () => {
      const run = sampleRun({ logStreams: ['chatty'] });
      const job = sampleJob({ status: 'RUNNING', runs: [run] });
      const progress = (index: number): string =>
        JSON.stringify({ progress: { stage: 'predict', step: `s${index}`, fraction: 0.5 } });
      await write('chatty', now, 'first', ...Array.from({ length: 300 }, (_, index) => progress(index)), 'last');
      assert.deepEqual(await texts(job, undefined, 1), ['first']);
      const { next } = await logs.read(job, undefined, 1);
      let cursor = next;
      for (let reads = 1; reads <= 20; reads += 1) {
        const page = await logs.read(job, cursor, 1);
        if (page.lines.length > 0) {
          assert.equal(page.lines[0]?.text, 'last');
          return;
        }
        cursor = page.next;
      }
      assert.fail('never came to the last line');
    });

    it('are not done before the last lines can have come', async () => {
      const run = sampleRun({ status: 'FAILED', logStreams: ['slow'], endedAt: new Date(now).toISOString() });
      const job = sampleJob({ status: 'FAILED', runs: [run] });
      await write('slow', now, 'early');
      const first = await logs.read(job, undefined, 10);
      assert.deepEqual([first.lines.length, first.done], [1, false]);
      await write('slow', now + 1, 'the last words');
      now += 6_000;
      const second = await logs.read(job, first.next, 10);
      assert.deepEqual([second.lines[0]?.text, second.done], ['the last words', true]);
    });
  });

  describe('mail', () => {
    const key = new Uint8Array(32).fill(7);
    const quiet: LogSource = {
      read: async () => assert.fail('only the newest lines are wanted'),
      tail: async () => ({ lines: [{ runId: 'r', stage: 'predict', text: 'nothing alike' }], next: '', done: true }),
    };
    let sns: SNSClient;
    let mailbox: Mailbox;
    let options: SnsNotifierOptions;
    const errors: string[] = [];

    before(async () => {
      sns = new SNSClient(stack.clientConfig);
      const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'foldpad-mail' }));
      mailbox = await Mailbox.open(stack.clientConfig, topicArn);
      options = {
        client: sns,
        topicArn,
        policy: { backend: 'aws', version: '1', maxAttempts: 3, timeoutSeconds: 60, region: 'us-east-1' },
        objects: { uri: (name) => `s3://bucket/${name}` },
        logs: quiet,
        shareKey: async () => key,
        publicUrl: 'https://api.example.org',
        clock: { now: () => '2026-11-22T10:00:00.000Z' },
        log: { info: () => {}, warn: () => {}, error: (message) => void errors.push(message) },
      };
    });
    after(() => {
      mailbox.close();
      sns.destroy();
    });

    it('brings a link that opens the results for seven days, and the command', async () => {
      const job = sampleJob({ status: 'SUCCEEDED', name: 'Ångström protein' });
      await new SnsNotifier(options).jobEnded(job);
      const mail = await mailbox.waitFor(job.id);
      assert.match(mail.subject, /^Foldpad: [\x20-\x7e]+ is ready$/);
      assert.match(mail.text, new RegExp(`aws s3 sync s3://bucket/output/${job.id}/ \\./\\w+/ --region us-east-1`));
      const token = /https:\/\/api\.example\.org\/shared\/([^/]+)\//.exec(mail.text)?.[1] ?? '';
      const verdict = await verifyShare(key, token, '2026-11-29T09:59:59.000Z');
      assert.ok(verdict.ok && verdict.share.jobId === job.id);
      assert.equal((await verifyShare(key, token, '2026-11-29T10:00:00.000Z')).ok, false);
    });

    it('brings the reason and the end of the log when a job failed', async () => {
      const failure = { code: 'no-template', message: 'No template was found.' };
      const job = sampleJob({ status: 'FAILED', failure });
      await new SnsNotifier(options).jobEnded(job);
      const { text } = await mailbox.waitFor(job.id);
      assert.match(text, /No template was found\.[\s\S]*nothing alike/);
    });

    it('comes without what could not be found out, and never stops a job from ending', async () => {
      const away = async (): Promise<never> => {
        throw new Error('away');
      };
      const job = sampleJob({ status: 'SUCCEEDED' });
      await new SnsNotifier({ ...options, shareKey: away }).jobEnded(job);
      const mail = await mailbox.waitFor(job.id);
      assert.match(mail.text, /aws s3 sync/);
      assert.doesNotMatch(mail.text, /shared/);
      const failed = sampleJob({ status: 'FAILED' });
      await new SnsNotifier({ ...options, logs: { read: away, tail: away } }).jobEnded(failed);
      await mailbox.waitFor(failed.id);
      await new SnsNotifier({ ...options, topicArn: 'arn:aws:sns:us-east-1:123456789012:gone' }).jobEnded(job);
      assert.deepEqual(errors, ['mail without a link: it could not be signed', 'mail could not be sent']);
    });
  });
});
