import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { explainWildcards } from './explain.ts';

/** One permission. A resource that holds a `*` must say why it cannot be narrower. */
export interface RolePermission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
  /** Why there is a `*` in the resources; goes into the template beside the policy. */
  readonly why?: string;
}

/**
 * Gives a role a permission, and explains its wildcards to cdk-nag one by one: any other one stays a finding.
 *
 * @throws TypeError for a wildcard that nothing explains
 */
export function allow(role: Role, permission: RolePermission): void {
  const { actions, resources, conditions = {}, why } = permission;
  const statement = new PolicyStatement({ actions: [...actions], resources: [...resources], conditions });
  role.addToPolicy(statement);
  explainWildcards(role, [{ statement, ...(why !== undefined && { wildcard: why }) }]);
}
