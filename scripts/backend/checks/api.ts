// Whether the API answers.
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { FoldpadClient } from '../../../backend/api/client.ts';
import { messageOf } from '../../lib/say.ts';
import { isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { type Finding, missing, ok } from '../findings.ts';

/** Address of the deployed API; `undefined` before it was deployed. */
export async function apiUrl({ ssm }: Pick<AwsClients, 'ssm'>, parameter: string): Promise<string | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name: parameter }))).Parameter?.Value;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Asks the API itself, without a key. */
export async function checkApi(url: string | undefined): Promise<readonly Finding[]> {
  const name = 'API';
  if (url === undefined) return [missing(name, 'it has not been deployed.', 'Run: npm run deploy:backend')];
  try {
    const { version } = await new FoldpadClient({ url, key: '', retryDelaysMs: [500] }).health();
    return [ok(name, `${url} answers, version ${version}.`)];
  } catch (error) {
    const remedy =
      'Look into the log of the function "query" in CloudWatch; deploying again (npm run deploy:backend) is safe.';
    return [missing(name, `${url} does not answer as it should: ${messageOf(error)}`, remedy)];
  }
}
