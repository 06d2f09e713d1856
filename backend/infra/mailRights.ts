import type { Role } from 'aws-cdk-lib/aws-iam';
import { allow } from './allow.ts';
import { isChina } from './config.ts';
import type { FoldpadStack } from './foldpadStack.ts';
import { mailKeyAlias } from './names.ts';

/** Lets a role publish to the topic of mails, which also takes the topic's key: that is known by its alias only. */
export function allowMail(stack: FoldpadStack, role: Role): void {
  const { config, names } = stack;
  allow(role, { actions: ['sns:Publish'], resources: [stack.arn('sns', names.topic)] });
  const host = `sns.${config.region}.amazonaws.com`;
  allow(role, {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [stack.arn('kms', 'key/*')],
    conditions: {
      StringEquals: { 'kms:ViaService': isChina(config.region) ? [host, `${host}.cn`] : [host] },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': mailKeyAlias(config.name) },
    },
    why: 'The one key is named by its alias, in the condition, and used through SNS only.',
  });
}
