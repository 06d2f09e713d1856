// Whether work was given up.
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { type Finding, missing, ok } from '../findings.ts';
import { consoleUrl } from '../regions.ts';

/** What the messages of a dead letter queue are, and whose log says why they are there. */
const KINDS = {
  work: { what: 'work that was given up', log: 'dispatcher' },
  events: { what: 'events that were given up', log: 'tracker and the reconciler' },
} as const;

/** The dead letter queues must be empty: each message is something that nobody works on any more. */
export async function checkDeadLetters(
  { sqs }: Pick<AwsClients, 'sqs'>,
  region: string,
  queueName: string,
  kind: keyof typeof KINDS,
): Promise<readonly Finding[]> {
  const { what: name, log } = KINDS[kind];
  let url: string;
  try {
    url = (await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }))).QueueUrl ?? '';
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return [missing(name, `there is no queue ${queueName}.`, 'Run: npm run deploy:backend')];
  }
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const count = Object.values(attributes).reduce((sum, value) => sum + Number(value), 0);
  if (count === 0) return [ok(name, 'none.')];
  return [
    missing(
      name,
      `${count} message${count === 1 ? '' : 's'} in ${queueName}: tried several times without success.`,
      `Read why in the log of the ${log}, mend the cause, then "Start DLQ redrive" at ${consoleUrl(region)}/sqs/v3/home#/queues/${encodeURIComponent(url)}`,
    ),
  ];
}
