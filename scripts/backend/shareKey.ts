// The key that signs download links. CloudFormation cannot make an encrypted parameter, so that this program does.
import { randomBytes } from 'node:crypto';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { errorName } from './awsErrors.ts';
import type { AwsClients } from './clients.ts';

/** As long as the hash it is for (HMAC-SHA-256). */
const KEY_BYTES = 32;

/** Makes the key unless there is one: a new key would end all links that were sent. @returns whether it was made */
export async function ensureShareKey({ ssm }: Pick<AwsClients, 'ssm'>, parameter: string): Promise<boolean> {
  try {
    await ssm.send(
      new PutParameterCommand({
        Name: parameter,
        Type: 'SecureString',
        Value: randomBytes(KEY_BYTES).toString('base64url'),
        Description: 'Signs the download links in the mails of Foldpad. A new value ends all links that were sent.',
        Overwrite: false,
      }),
    );
    return true;
  } catch (error) {
    if (errorName(error) === 'ParameterAlreadyExists') return false;
    throw error;
  }
}
