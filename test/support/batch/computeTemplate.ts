import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ComputeStack } from '../../../backend/infra/computeStack.ts';
import { type DeploymentInput, parseConfig } from '../../../backend/infra/config.ts';
import { P3_MACHINE } from '../p3Machine.ts';

/** The Compute stack of a deployment, the article's queues included, as CloudFormation gets it. Takes seconds: once for a suite. */
export function computeTemplate(input: DeploymentInput): unknown {
  const app = new App({ analyticsReporting: false });
  return Template.fromStack(
    new ComputeStack(app, parseConfig({ images: { p3Machine: P3_MACHINE }, ...input })),
  ).toJSON();
}
