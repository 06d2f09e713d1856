import type { App } from 'aws-cdk-lib';
import type { DeploymentConfig } from './config.ts';

/**
 * Adds every stack of a deployment to the app. The order is that of the deployment where one needs another's names to
 * exist already; otherwise stacks know nothing of each other.
 */
export function addStacks(_app: App, _config: DeploymentConfig): void {}
