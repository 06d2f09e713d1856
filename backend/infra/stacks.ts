import type { App } from 'aws-cdk-lib';
import type { DeploymentConfig } from './config.ts';
import { NetworkStack } from './networkStack.ts';
import { NotifyStack } from './notifyStack.ts';
import { StorageStack } from './storageStack.ts';

/**
 * Adds every stack of a deployment to the app. Stacks are linked by names only; `addStackDependency` says in which order they
 * must be deployed where one reads what another has to leave first.
 */
export function addStacks(app: App, config: DeploymentConfig): void {
  const network = new NetworkStack(app, config);
  const storage = new StorageStack(app, config);
  storage.addStackDependency(network);
  new NotifyStack(app, config);
}
