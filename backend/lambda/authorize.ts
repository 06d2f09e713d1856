import { timingSafeEqual } from 'node:crypto';
import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
  Context,
} from 'aws-lambda';
import * as z from 'zod';
import { ROLES } from '../api/keys.ts';
import type { Principal } from '../core/deps.ts';
import { checkKey } from '../core/keys.ts';
import type { KeyStore } from '../core/ports.ts';
import { keyOf } from '../http/authorization.ts';
import type { Telemetry } from './telemetry.ts';

/** What the functions behind the authorizer are told of the caller. */
const principalSchema = z.object({ owner: z.string().min(1), role: z.enum(ROLES) });
type AuthorizerContext = Principal & { readonly keyId: string };
type Verdict = APIGatewaySimpleAuthorizerWithContextResult<AuthorizerContext | Record<string, never>>;

export interface AuthorizerParts {
  readonly keys: Pick<KeyStore, 'find' | 'noteUse'>;
  readonly telemetry: Telemetry;
  readonly now: () => string;
}

/**
 * An authorizer (REQUEST, format 2.0, simple answers) that knows callers by their key. Refusals are logged with the
 * key's public part, never with the key.
 */
export function authorizerHandler({ keys, telemetry, now }: AuthorizerParts) {
  return (event: APIGatewayRequestAuthorizerEventV2, context: Context): Promise<Verdict> =>
    telemetry.during(context, { requestId: event.requestContext.requestId }, async () => {
      const verdict = await checkKey(keys, keyOf(headerOf(event)) ?? '', now(), timingSafeEqual);
      if (verdict.ok) return { isAuthorized: true, context: { ...verdict.principal, keyId: verdict.keyId } };
      const { reason, keyId } = verdict;
      telemetry.log.warn('key refused', { reason, keyId, sourceIp: event.requestContext.http?.sourceIp });
      telemetry.count('KeysRefused');
      return { isAuthorized: false, context: {} };
    });
}

/** The `Authorization` header; API Gateway writes all names in small letters. */
function headerOf({ headers = {} }: APIGatewayRequestAuthorizerEventV2): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

/**
 * Who calls, as the authorizer told API Gateway and API Gateway tells the function. It stands beside the request in the
 * event, where no header of a client reaches.
 *
 * @param platform what hono's adapter hands the app: `{event, requestContext, lambdaContext}`
 */
export function principalOf(platform: unknown): Principal | undefined {
  const told = z.object({ requestContext: z.object({ authorizer: z.object({ lambda: principalSchema }) }) });
  const checked = told.safeParse(platform);
  return checked.success ? checked.data.requestContext.authorizer.lambda : undefined;
}
