import { GetParameterCommand, SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { fromBase64Url } from '../core/bytes.ts';

const MIN_BYTES = 32;

/**
 * Reads the key of share links from its encrypted parameter, once: the answer is kept, a failure is not.
 *
 * The client is made with the first call: most invocations sign nothing.
 */
export function shareKeyReader(config: SSMClientConfig, parameter: string): () => Promise<Uint8Array> {
  let key: Promise<Uint8Array> | undefined;
  return () => {
    key ??= readShareKey(config, parameter).catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  };
}

async function readShareKey(config: SSMClientConfig, parameter: string): Promise<Uint8Array> {
  const client = new SSMClient(config);
  const answer = await client.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
  const key = fromBase64Url(answer.Parameter?.Value ?? '');
  if (!key || key.length < MIN_BYTES) {
    throw new Error(
      `The parameter ${parameter} does not hold a key (base64url of ${MIN_BYTES} random bytes). Deploy again (npm run deploy:backend).`,
    );
  }
  return key;
}
