// Reads the mails of a deployment on the emulator: a queue that is subscribed to the topic as a person's address would be.
import { setTimeout as delay } from 'node:timers/promises';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { MiniStackClientConfig } from './miniStack.ts';

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

interface Envelope {
  readonly Subject?: string;
  readonly Message: string;
}

export class Mailbox {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;
  readonly #mails: Mail[] = [];

  private constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  static async open(config: MiniStackClientConfig, topicArn: string): Promise<Mailbox> {
    const sqs = new SQSClient(config);
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'mailbox-of-a-test' }));
    const { Attributes: attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    const sns = new SNSClient(config);
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: attributes?.QueueArn }));
    sns.destroy();
    return new Mailbox(sqs, url);
  }

  /** Everything that has come so far, oldest first. */
  async mails(): Promise<readonly Mail[]> {
    for (;;) {
      const { Messages: messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#queueUrl, MaxNumberOfMessages: 10 }),
      );
      if (messages.length === 0) return [...this.#mails];
      for (const { Body: body = '', ReceiptHandle: receipt } of messages) {
        const { Subject: subject = '', Message: text } = JSON.parse(body) as Envelope;
        this.#mails.push({ subject, text });
        await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#queueUrl, ReceiptHandle: receipt }));
      }
    }
  }

  /** Waits for a mail that holds a text. @throws Error with the mails that came instead */
  async waitFor(text: string, timeoutMs = 60_000): Promise<Mail> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const mails = await this.mails();
      const found = mails.find((mail) => mail.subject.includes(text) || mail.text.includes(text));
      if (found) return found;
      if (Date.now() > deadline)
        throw new Error(`no mail holds "${text}"; there are:\n${JSON.stringify(mails, null, 2)}`);
      await delay(250);
    }
  }

  close(): void {
    this.#sqs.destroy();
  }
}
