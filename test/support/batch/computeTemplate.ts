import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ComputeStack } from '../../../backend/infra/computeStack.ts';
import { type DeploymentInput, parseConfig } from '../../../backend/infra/config.ts';

/** The Compute stack of a deployment as CloudFormation gets it. Takes seconds: once for a suite. */
export function computeTemplate(input: DeploymentInput): unknown {
  const app = new App({ analyticsReporting: false });
  return Template.fromStack(new ComputeStack(app, parseConfig(input))).toJSON();
}
