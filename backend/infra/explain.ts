/**
 * Findings of the rules that every template is checked against (cdk-nag's AwsSolutions, CloudFormation's validator), each
 * with the reason why it stands. A finding that nobody explained stops the synthesis.
 */
import { Aws, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** @param id for example `AwsSolutions-APIG4` or `AwsSolutions-IAM5[Resource::*]` */
export function explain(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::${id}`, reason });
}

/** A statement of a policy, and why its resources have wildcards, if they have. */
export interface Permission {
  readonly statement: PolicyStatement;
  readonly wildcard?: string;
}

/**
 * Explains the wildcards in the resources of a role's statements.
 *
 * @throws TypeError for a wildcard without an explanation, or one in an action, which nothing explains
 */
export function explainWildcards(role: IConstruct, permissions: readonly Permission[]): void {
  for (const { statement, wildcard } of permissions) {
    const wild = statement.actions.find((action) => action.includes('*'));
    if (wild !== undefined) throw new TypeError(`${role.node.path} allows ${wild}: name the actions`);
    for (const resource of statement.resources.filter((name) => name.includes('*'))) {
      if (wildcard === undefined) throw new TypeError(`${role.node.path} allows ${resource} without saying why`);
      explain(role, `AwsSolutions-IAM5[Resource::${plain(resource)}]`, wildcard);
    }
  }
}

/** As cdk-nag writes it, where the template will have a reference. */
function plain(resource: string): string {
  const tokens = { '<AWS::Partition>': Aws.PARTITION, '<AWS::AccountId>': Aws.ACCOUNT_ID, '<AWS::Region>': Aws.REGION };
  return Object.entries(tokens).reduce((text, [name, token]) => text.replaceAll(token, name), resource);
}
