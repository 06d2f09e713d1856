import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Job, LogLine } from '../api/job.ts';
import { dropUndefined } from '../api/optional.ts';
import { jobKeys } from '../api/runner.ts';
import { costOfJob } from '../core/cost.ts';
import type { Policy } from '../core/deps.ts';
import { mailOf } from '../core/mail.ts';
import type { Clock, Logger, LogSource, Notifier, ObjectStore } from '../core/ports.ts';
import { shareExpiry, signShare } from '../core/share.ts';

export interface SnsNotifierOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
  readonly policy: Policy;
  readonly objects: Pick<ObjectStore, 'uri'>;
  readonly logs: LogSource;
  /** The backend's share key; see `shareKeyReader`. */
  readonly shareKey: () => Promise<Uint8Array>;
  /** Base address of the API, without a slash at its end. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Lines of log in the mail about a failure. */
const LOG_LINES = 20;

/**
 * Tells the subscribers of an SNS topic how a job has ended. What it is called for happens once, because only the write
 * that ends the job calls it; what it has no answer for is left out of the mail rather than the mail being left out.
 */
export class SnsNotifier implements Notifier {
  readonly #options: SnsNotifierOptions;

  constructor(options: SnsNotifierOptions) {
    this.#options = options;
  }

  async jobEnded(job: Job): Promise<void> {
    const { client, topicArn, policy, objects, log } = this.#options;
    try {
      const mail = mailOf(
        dropUndefined({
          job,
          policy,
          cost: costOfJob(policy, job),
          share: job.status === 'SUCCEEDED' ? await this.#share(job) : undefined,
          outputUri: objects.uri(jobKeys.outputFolder(job.id)),
          logLines: job.status === 'FAILED' ? await this.#newestLines(job) : [],
        }),
      );
      if (!mail) return;
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: mail.subject,
          Message: mail.text,
          // For subscriptions that want the mails of one user, or failures only.
          MessageAttributes: {
            owner: attribute(job.owner),
            status: attribute(job.status),
            queue: attribute(job.queue),
          },
        }),
      );
    } catch (error) {
      log.error('mail could not be sent', { jobId: job.id, error: String(error) });
    }
  }

  async #share(job: Job): Promise<{ readonly url: string; readonly expiresAt: string } | undefined> {
    const { shareKey, publicUrl, clock, log } = this.#options;
    try {
      const expiresAt = shareExpiry(clock.now());
      const token = await signShare(await shareKey(), { jobId: job.id, expiresAt });
      return { url: `${publicUrl}/shared/${token}/`, expiresAt };
    } catch (error) {
      log.error('mail without a link: it could not be signed', { jobId: job.id, error: String(error) });
      return undefined;
    }
  }

  async #newestLines(job: Job): Promise<readonly LogLine[]> {
    const { logs, log } = this.#options;
    try {
      return (await logs.tail(job, LOG_LINES)).lines;
    } catch (error) {
      log.warn('mail without log lines: they could not be read', { jobId: job.id, error: String(error) });
      return [];
    }
  }
}

function attribute(value: string): { readonly DataType: 'String'; readonly StringValue: string } {
  return { DataType: 'String', StringValue: value };
}
