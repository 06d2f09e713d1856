import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { handle } from 'hono/aws-lambda';
import { problem } from '../api/problem.ts';
import { METHOD_HEADER } from '../api/routes.ts';
import type { CoreDeps } from '../core/deps.ts';
import { createApp } from '../http/app.ts';
import type { ShareOptions } from '../http/shares.ts';
import { principalOf } from './authorize.ts';
import { counted } from './counting.ts';
import type { Telemetry } from './telemetry.ts';

/** Bytes of JSON that a function may answer at most (Lambda quotas: 6 MB), less room for headers and quoting. */
const MAX_ANSWER_BYTES = 5_500_000;
/** Below this, compressing costs more time than it saves. */
const MIN_GZIP_BYTES = 1_400;

export interface HttpParts {
  readonly deps: CoreDeps;
  readonly telemetry: Telemetry;
  readonly share: ShareOptions;
}

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** The app behind an HTTP API (payload format 2.0). */
export function httpHandler({ deps, telemetry, share }: HttpParts): HttpHandler {
  const app = createApp(counted(deps, telemetry), {
    authenticate: async (_, platform) => principalOf(platform),
    share,
  });
  const invoke = handle(app) as (event: object, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
  return (event, context) => {
    const { requestId, routeKey } = event.requestContext;
    const owner = principalOf(event)?.owner ?? '';
    return telemetry.during(context, { requestId, routeKey, owner }, async () => {
      const answer = fitted(event, await invoke(forApp(event), context));
      if ((answer.statusCode ?? 500) >= 500) telemetry.count('RequestErrors');
      return answer;
    });
  };
}

/** The event as the app may see it. */
function forApp(event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  return { ...event, rawPath: encodedPath(event.rawPath), headers: ownHeaders(event) };
}

/**
 * A path that is read as it was meant. API Gateway decodes it, and the adapter makes an address of it, in which `?`, `#` and
 * backslashes have a meaning of their own and characters that cannot be seen are dropped.
 */
function encodedPath(path: string): string {
  return path
    .replace(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@%/]+/g, (part) => encodeURIComponent(part.toWellFormed()));
}

/**
 * The headers without those that clients must not speak in: the key, which the authorizer has seen and nobody else
 * needs, and the name of a method that only a server of ours may give.
 */
function ownHeaders({ headers }: APIGatewayProxyEventV2): APIGatewayProxyEventV2['headers'] {
  const hidden = ['authorization', METHOD_HEADER];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hidden.includes(name.toLowerCase())));
}

/** The answer in a size that Lambda lets through: packed where the client can unpack it. */
function fitted(
  event: APIGatewayProxyEventV2,
  answer: APIGatewayProxyStructuredResultV2,
): APIGatewayProxyStructuredResultV2 {
  const { body = '', isBase64Encoded } = answer;
  const packed = !isBase64Encoded && body.length >= MIN_GZIP_BYTES && takesGzip(event) ? gzip(answer, body) : answer;
  if (Buffer.byteLength(packed.body ?? '') <= MAX_ANSWER_BYTES) return packed;
  const { problem: tooLarge } = problem(
    'malformed-request',
    `The answer is larger than AWS Lambda lets through (${MAX_ANSWER_BYTES / 1_000_000} MB). Ask for less at once, with "limit", or send "Accept-Encoding: gzip".`,
  );
  return {
    statusCode: tooLarge.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify(tooLarge),
  };
}

function gzip(answer: APIGatewayProxyStructuredResultV2, body: string): APIGatewayProxyStructuredResultV2 {
  const headers = { ...answer.headers, 'content-encoding': 'gzip', vary: 'accept-encoding' };
  return { ...answer, headers, body: gzipSync(body).toString('base64'), isBase64Encoded: true };
}

function takesGzip({ headers }: APIGatewayProxyEventV2): boolean {
  return /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(headers['accept-encoding'] ?? '');
}
