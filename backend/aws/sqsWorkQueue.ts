import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  MessageNotInflight,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { mapConcurrently } from '../core/pages.ts';
import type { ReceivedWork, WorkMessage, WorkQueue } from '../core/ports.ts';

/** SQS takes, and gives, at most so many messages in one call. */
const MESSAGES_PER_CALL = 10;
/** Longest wait that SQS knows, in seconds. */
const LONGEST_POLL = 20;
/** Longest time that SQS hides a message, in seconds. */
const LONGEST_HIDDEN = 12 * 3600;
/** Calls at the same time when many are sent. */
const WIDTH = 8;
const SEND_TRIES = 4;
/** Dead letters that one look takes in at most; the rest waits for the next look. */
const DEAD_PER_LOOK = 100;
/** Seconds that a dead letter stays out of sight of the same look; afterwards the alarm counts it again. */
const DEAD_HIDDEN = 30;

export interface SqsQueues {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** Where SQS puts what was received too often (the queue's redrive policy says how often). */
  readonly deadQueueUrl: string;
}

/** Messages in SQS. In Lambda, an event source mapping receives and acknowledges in this queue's place. */
export class SqsWorkQueue implements WorkQueue {
  readonly #queues: SqsQueues;

  constructor(queues: SqsQueues) {
    this.#queues = queues;
  }

  async send(messages: readonly WorkMessage[]): Promise<void> {
    const starts = Array.from(
      { length: Math.ceil(messages.length / MESSAGES_PER_CALL) },
      (_, i) => i * MESSAGES_PER_CALL,
    );
    await mapConcurrently(starts, WIDTH, (start) => this.#sendBatch(messages.slice(start, start + MESSAGES_PER_CALL)));
  }

  /** SQS may take some of a batch and not others; only those are sent again. */
  async #sendBatch(messages: readonly WorkMessage[]): Promise<void> {
    const { client, queueUrl } = this.#queues;
    let entries: SendMessageBatchRequestEntry[] = messages.map((message, index) => ({
      Id: `${index}`,
      MessageBody: JSON.stringify(message),
    }));
    for (let attempt = 1; ; attempt += 1) {
      const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
      const failed = answer.Failed ?? [];
      if (failed.length === 0) return;
      const [first] = failed;
      if (attempt === SEND_TRIES || failed.some(({ SenderFault }) => SenderFault)) {
        throw new Error(
          `SQS did not take ${failed.length} of ${entries.length} messages: ${first?.Code} ${first?.Message ?? ''}`,
        );
      }
      const ids = new Set(failed.map(({ Id }) => Id));
      entries = entries.filter(({ Id }) => ids.has(Id));
      await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** attempt));
    }
  }

  async receive(max: number, waitSeconds: number, visibilitySeconds: number): Promise<readonly ReceivedWork[]> {
    const deadline = performance.now() + waitSeconds * 1000;
    for (;;) {
      const left = Math.max(0, deadline - performance.now()) / 1000;
      const messages = await this.#take(this.#queues.queueUrl, max, Math.ceil(left), visibilitySeconds);
      if (messages.length > 0 || performance.now() >= deadline)
        return messages.flatMap((message) => workOf(message) ?? []);
    }
  }

  async #take(queueUrl: string, max: number, wait: number, visibilitySeconds: number): Promise<readonly Message[]> {
    const answer = await this.#queues.client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(max, MESSAGES_PER_CALL),
        WaitTimeSeconds: Math.min(wait, LONGEST_POLL),
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return answer.Messages ?? [];
  }

  async acknowledge(receipt: string): Promise<void> {
    const { client, queueUrl } = this.#queues;
    const command = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt });
    await unlessGone(client.send(command));
  }

  async release(receipt: string, delaySeconds: number): Promise<void> {
    const { client, queueUrl } = this.#queues;
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receipt,
      VisibilityTimeout: Math.min(Math.ceil(delaySeconds), LONGEST_HIDDEN),
    });
    await unlessGone(client.send(command));
  }

  /**
   * What lies in the dead letter queue. The messages stay there, for people to look at and for the alarm to count.
   */
  async deadLetters(): Promise<readonly WorkMessage[]> {
    const found = new Map<string, WorkMessage>();
    for (let seen = 0; seen < DEAD_PER_LOOK; ) {
      const messages = await this.#take(this.#queues.deadQueueUrl, MESSAGES_PER_CALL, 0, DEAD_HIDDEN);
      if (messages.length === 0) break;
      seen += messages.length;
      for (const message of messages) {
        const work = workOf(message);
        if (work) found.set(message.MessageId ?? work.receipt, work.message);
      }
    }
    return [...found.values()];
  }
}

/** A message that was acknowledged before, or is visible again already, needs nothing more. */
async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ReceiptHandleIsInvalid) && !(error instanceof MessageNotInflight)) throw error;
  }
}

const KINDS = ['dispatch', 'cancel', 'delete'] as const;

/**
 * The message in a queue's text; `undefined` for what nobody of ours has sent. Such a message is left alone: it comes
 * back until the redrive policy puts it aside.
 */
export function workMessageOf(body: string | undefined): WorkMessage | undefined {
  try {
    const { kind, jobId } = JSON.parse(body ?? '') as Partial<WorkMessage>;
    return KINDS.some((known) => known === kind) && typeof jobId === 'string'
      ? ({ kind, jobId } as WorkMessage)
      : undefined;
  } catch {
    return undefined;
  }
}

function workOf({ Body, ReceiptHandle, Attributes }: Message): ReceivedWork | undefined {
  const message = workMessageOf(Body);
  if (!message || ReceiptHandle === undefined) return undefined;
  return { message, receipt: ReceiptHandle, receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1) };
}
