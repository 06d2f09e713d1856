// Whether everything was deployed, and whether the last change to it went through.
import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { advice, type Finding, missing, ok } from '../findings.ts';
import { consoleUrl } from '../regions.ts';

const DEPLOY = 'Run: npm run deploy:backend';

/** The stack, if there is one. */
export async function describeStack(
  { cloudFormation }: Pick<AwsClients, 'cloudFormation'>,
  name: string,
): Promise<Stack | undefined> {
  try {
    return (await cloudFormation.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function finding(region: string, name: string, stack: Stack | undefined): Finding {
  const title = `stack ${name}`;
  if (stack === undefined) return missing(title, 'it has not been deployed.', DEPLOY);
  const status = stack.StackStatus ?? '';
  const events = `${consoleUrl(region)}/cloudformation/home#/stacks/events?stackId=${encodeURIComponent(stack.StackId ?? name)}`;
  if (status.endsWith('_IN_PROGRESS')) return advice(title, `${status}: it is being changed now.`);
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok(title, `${status}.`);
  if (status === 'ROLLBACK_COMPLETE' || status === 'CREATE_FAILED' || status === 'ROLLBACK_FAILED') {
    const remedy = `Read why at ${events}, remove it (aws cloudformation delete-stack --stack-name ${name}), then ${DEPLOY}`;
    return missing(title, `${status}: it could not be created.`, remedy);
  }
  if (status === 'UPDATE_ROLLBACK_COMPLETE') {
    return advice(
      title,
      'the last change failed and was taken back; what was there before runs on.',
      `Read why at ${events}`,
    );
  }
  return missing(title, `${status}: ${stack.StackStatusReason ?? 'no reason is given'}.`, `Read why at ${events}`);
}

/** One finding for each stack. */
export async function checkStacks(
  aws: Pick<AwsClients, 'cloudFormation'>,
  region: string,
  names: readonly string[],
): Promise<readonly Finding[]> {
  return Promise.all(names.map(async (name) => finding(region, name, await describeStack(aws, name))));
}
