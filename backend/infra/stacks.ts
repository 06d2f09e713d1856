import type { App } from 'aws-cdk-lib';
import { ApiStack } from './apiStack.ts';
import { ComputeStack } from './computeStack.ts';
import type { DeploymentConfig } from './config.ts';
import { DatabasesStack } from './databasesStack.ts';
import { ImagesStack } from './imagesStack.ts';
import type { StackPart } from './names.ts';
import { NetworkStack } from './networkStack.ts';
import { NotifyStack } from './notifyStack.ts';
import { OperationsStack } from './operationsStack.ts';
import { StorageStack } from './storageStack.ts';
import { WorkstationStack } from './workstationStack.ts';

/**
 * The stacks that an AWS emulator can deploy; the others need services that it has not (AWS Batch, FSx for Lustre,
 * CodeBuild's builds, instances).
 */
export const EMULATED_PARTS = ['Storage', 'Notify', 'Api', 'Operations'] as const satisfies readonly StackPart[];

/**
 * Adds every stack of a deployment to the app. Stacks are linked by names only; `addStackDependency` says in which order they
 * must be deployed where one reads what another has to leave first.
 *
 * @param bundles folder that holds a folder per Lambda function
 */
export function addStacks(app: App, config: DeploymentConfig, bundles: string): void {
  const network = new NetworkStack(app, config);
  const storage = new StorageStack(app, config);
  storage.addStackDependency(network);
  new NotifyStack(app, config);
  const compute = new ComputeStack(app, config);
  compute.addStackDependency(network);
  compute.addStackDependency(storage);
  if (config.emulator === undefined) {
    new ImagesStack(app, config);
    if (config.databases.fileSystem) new DatabasesStack(app, config).addStackDependency(storage);
    if (config.workstation.enabled) new WorkstationStack(app, config).addStackDependency(network);
  }
  const api = new ApiStack(app, config, bundles);
  const operations = new OperationsStack(app, config);
  operations.addStackDependency(api);
}
