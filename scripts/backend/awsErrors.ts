// Says in plain words what AWS refused and what to do about it.
import { messageOf } from '../lib/say.ts';
import { type Finding, unknown } from './findings.ts';

const EXPIRED = /Expired|TokenRefreshRequired/;
const WRONG_KEY =
  /^(InvalidClientTokenId|UnrecognizedClientException|InvalidSignatureException|SignatureDoesNotMatch|AuthFailure)/;
const DENIED = /AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden/;
const NO_NETWORK = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|TimeoutError|NetworkingError/;

/** The name AWS gave an error, `''` for anything else. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** True for every way in which services say that something does not exist. */
export function isNotFound(error: unknown): boolean {
  const name = errorName(error);
  if (/NotFound|NoSuch|NonExistent|DoesNotExist/.test(name)) return true;
  return name === 'ValidationError' && /does not exist/i.test(messageOf(error));
}

export interface AwsTrouble {
  /** What happened. */
  readonly reason: string;
  /** What to do. */
  readonly remedy: string;
}

/** What to tell a person whose call to AWS failed. */
export function explainAwsError(error: unknown): AwsTrouble {
  const name = errorName(error);
  const code = (error as { code?: string } | undefined)?.code ?? '';
  const message = messageOf(error);
  if (name === 'CredentialsProviderError') {
    return {
      reason: 'no AWS credentials were found',
      remedy: 'Sign in with "aws sso login" or "aws configure", or set AWS_PROFILE, and run the same command again.',
    };
  }
  if (EXPIRED.test(name)) {
    return { reason: 'the AWS credentials have expired', remedy: 'Sign in again, for example with "aws sso login".' };
  }
  if (WRONG_KEY.test(name)) {
    return {
      reason: `AWS does not know these credentials (${message})`,
      remedy:
        'Check AWS_PROFILE and the access key. Accounts in China and elsewhere are separate: each region takes its own.',
    };
  }
  if (DENIED.test(name)) {
    return {
      reason: `the credentials do not allow it (${message})`,
      remedy: 'Give this user or role the policy in docs/deploy.md, "What the deployer may do".',
    };
  }
  if (NO_NETWORK.test(`${name} ${code} ${message}`)) {
    return {
      reason: `AWS could not be reached (${message})`,
      remedy: 'Check the network, the proxy (HTTPS_PROXY) and that the region exists.',
    };
  }
  return { reason: message, remedy: 'Run the command again; if it stays, the message above is AWS’s own.' };
}

/** A check whose calls may fail: the failure becomes a finding, so that the other checks still tell what they found. */
export async function findingsOf(name: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    const { reason, remedy } = explainAwsError(error);
    return [unknown(name, `it could not be checked: ${reason}.`, remedy)];
  }
}
