// Whether somebody will read the mails.
import { ListSubscriptionsByTopicCommand, type Subscription } from '@aws-sdk/client-sns';
import { isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { type Finding, missing, ok } from '../findings.ts';

/** What SNS writes in place of an ARN while the address has not been confirmed. */
const PENDING = 'PendingConfirmation';

async function subscriptions({ sns }: Pick<AwsClients, 'sns'>, topicArn: string): Promise<readonly Subscription[]> {
  const found: Subscription[] = [];
  let next: string | undefined;
  do {
    const page = await sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, ...(next === undefined ? {} : { NextToken: next }) }),
    );
    found.push(...(page.Subscriptions ?? []));
    next = page.NextToken || undefined;
  } while (next !== undefined);
  return found;
}

/** One finding for each address; one for nobody. */
export async function checkMail(aws: Pick<AwsClients, 'sns'>, topicArn: string): Promise<readonly Finding[]> {
  const name = 'mail';
  let all: readonly Subscription[];
  try {
    all = await subscriptions(aws, topicArn);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return [missing(name, `there is no topic ${topicArn}.`, 'Run: npm run deploy:backend')];
  }
  const people = all.filter(({ Protocol: protocol }) => protocol === 'email' || protocol === 'sms');
  if (people.length === 0) {
    const remedy = 'Set "mail" in foldpad.config.json and run: npm run deploy:backend';
    return [missing(name, 'nobody is told when a prediction ends: no address is subscribed.', remedy)];
  }
  return people.map(({ Endpoint: address = '', SubscriptionArn: arn }) =>
    arn === PENDING
      ? missing(
          `mail to ${address}`,
          'it has not been confirmed, and gets nothing.',
          'Open the mail "AWS Notification - Subscription Confirmation" and follow its link. If it is not there (spam?) or ' +
            `older than 3 days: aws sns subscribe --protocol email --topic-arn ${topicArn} --notification-endpoint ${address}`,
        )
      : ok(`mail to ${address}`, 'confirmed.'),
  );
}
