// Whether the CDK may put things into this account and region.
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { type Finding, missing, ok } from '../findings.ts';

/** Where `cdk bootstrap` notes which version of it was there; the name holds CDK's default qualifier. */
const VERSION_PARAMETER = '/cdk-bootstrap/hnb659fds/version';
/** What the CDK's default synthesizer asks for (`MIN_BOOTSTRAP_STACK_VERSION` there). */
const MINIMUM_VERSION = 6;

/** `deploy:backend` mends this by itself; it is told all the same, because it creates roles in the account. */
export async function checkBootstrap(
  { ssm }: Pick<AwsClients, 'ssm'>,
  account: string,
  region: string,
): Promise<readonly Finding[]> {
  const name = 'CDK bootstrap';
  const remedy = `Run: npx cdk bootstrap aws://${account}/${region}   (deploy:backend does it for you).`;
  try {
    const { Parameter: parameter } = await ssm.send(new GetParameterCommand({ Name: VERSION_PARAMETER }));
    const version = Number(parameter?.Value);
    if (version >= MINIMUM_VERSION) return [ok(name, `version ${version}.`)];
    return [missing(name, `it has version ${parameter?.Value}, and ${MINIMUM_VERSION} is needed.`, remedy)];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return [missing(name, `${region} has not been prepared for the CDK.`, remedy)];
  }
}
