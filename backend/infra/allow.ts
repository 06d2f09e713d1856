import { Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { FoldpadStack } from './foldpadStack.ts';

/** One permission. A resource that holds a `*` must say why it cannot be narrower. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
  /** Why there is a `*` in the resources; goes into the template beside the policy. */
  readonly why?: string;
}

/** Gives a role a permission, and explains its wildcards to cdk-nag one by one: any other one stays a finding. */
export function allow(stack: FoldpadStack, role: Role, permission: Permission): void {
  const { actions, resources, conditions = {}, why } = permission;
  role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources], conditions }));
  if (why === undefined) return;
  for (const resource of resources.filter((each) => each.includes('*'))) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${readable(stack.resolve(resource))}]`,
      reason: why,
    });
  }
}

/** How cdk-nag writes a resource: `<AWS::AccountId>` for a reference. */
function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref !== undefined) return `<${Ref}>`;
  return join ? join[1].map(readable).join(join[0]) : JSON.stringify(value);
}
