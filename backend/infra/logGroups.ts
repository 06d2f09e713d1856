import { RemovalPolicy } from 'aws-cdk-lib';
import type { LogGroupProps, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { DeploymentConfig } from './config.ts';

/**
 * A log group that keeps what it got for the configured time, and goes with its stack. (CloudWatch encrypts every group;
 * a key of one's own would cost a dollar a month each.)
 */
export function discardedLogGroup(logGroupName: string, config: DeploymentConfig): LogGroupProps {
  // The configuration takes exactly the numbers of days that are members of RetentionDays.
  const retention: RetentionDays = config.logRetentionDays;
  return { logGroupName, retention, removalPolicy: RemovalPolicy.DESTROY };
}
