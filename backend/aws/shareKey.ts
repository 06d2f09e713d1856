import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { fromBase64Url } from '../core/bytes.ts';

const MIN_BYTES = 32;

/**
 * Reads the key of share links from its encrypted parameter, once: the answer is kept, a failure is not.
 *
 * @param client makes the client at the first call, so that a function that signs nothing never has one
 */
export function shareKeyReader(client: () => SSMClient, parameter: string): () => Promise<Uint8Array> {
  let key: Promise<Uint8Array> | undefined;
  return () => {
    key ??= readShareKey(client(), parameter).catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  };
}

async function readShareKey(client: SSMClient, parameter: string): Promise<Uint8Array> {
  const answer = await client.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
  const key = fromBase64Url(answer.Parameter?.Value ?? '');
  if (!key || key.length < MIN_BYTES) {
    throw new Error(
      `The parameter ${parameter} does not hold a key (base64url of ${MIN_BYTES} random bytes). Deploy again (npm run deploy:backend).`,
    );
  }
  return key;
}
