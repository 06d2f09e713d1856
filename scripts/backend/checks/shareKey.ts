// Whether download links can be signed.
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { type Finding, missing, ok } from '../findings.ts';

/** The key is not read, only its kind. */
export async function checkShareKey({ ssm }: Pick<AwsClients, 'ssm'>, parameter: string): Promise<readonly Finding[]> {
  const name = 'key of the download links';
  try {
    const found = await ssm.send(new GetParameterCommand({ Name: parameter, WithDecryption: false }));
    if (found.Parameter?.Type === 'SecureString') return [ok(name, `${parameter}.`)];
    const remedy = `Delete it (aws ssm delete-parameter --name ${parameter}) and run: npm run deploy:backend`;
    return [missing(name, `${parameter} is not encrypted: it is a ${found.Parameter?.Type}.`, remedy)];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const found = `there is no ${parameter}: mails hold no download link, and links sent earlier do not work.`;
    return [missing(name, found, 'Run: npm run deploy:backend   (it makes one).')];
  }
}
