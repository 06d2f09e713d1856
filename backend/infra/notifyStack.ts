import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './config.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { mailKeyAlias } from './names.ts';

/** The services that publish by themselves: alarms, and the budget. */
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'];

/**
 * The topic that mails are sent through. It has a key of its own, because alarms and budgets may not use the one that
 * AWS keeps for topics.
 */
export class NotifyStack extends FoldpadStack {
  constructor(scope: Construct, config: DeploymentConfig) {
    super(scope, 'Notify', config, 'mails about jobs, alarms and the budget');
    const principals = PUBLISHERS.map((service) => new ServicePrincipal(service));
    const conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

    const key = new Key(this, 'Key', {
      alias: mailKeyAlias(config.name),
      description: `Encrypts mails of ${config.name} on their way`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions,
      }),
    );

    const topic = new Topic(this, 'Topic', {
      topicName: this.names.topic,
      displayName: 'Foldpad',
      masterKey: key,
      enforceSSL: this.enforceSSL,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({ principals, actions: ['sns:Publish'], resources: [topic.topicArn], conditions }),
    );
    for (const address of config.mail) topic.addSubscription(new EmailSubscription(address));
  }
}
