import { randomUUID } from 'node:crypto';
import type {
  APIGatewayProxyEventV2,
  APIGatewayRequestAuthorizerEventV2,
  Context,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';
import type { Principal } from '../../../backend/core/deps.ts';

/** The context that Lambda gives a function. */
export function lambdaContext(): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'foldpad-test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:foldpad-test',
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: '/aws/lambda/foldpad-test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => 30_000,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}

export interface HttpRequest {
  readonly method?: string;
  /** With its query. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** What the authorizer told API Gateway; absent on routes without one. */
  readonly principal?: Principal;
}

/** What an HTTP API hands a function (payload format 2.0). Bytes come in base 64, as API Gateway sends them. */
export function httpEvent({
  method = 'GET',
  path = '/',
  headers = {},
  body,
  principal,
}: HttpRequest): APIGatewayProxyEventV2 {
  const [rawPath = '/', rawQueryString = ''] = path.split('?');
  const requestContext = {
    accountId: '123456789012',
    apiId: 'api',
    domainName: 'api.example.org',
    domainPrefix: 'api',
    http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
    requestId: randomUUID(),
    routeKey: `${method} ${rawPath}`,
    stage: '$default',
    time: '22/Nov/2026:10:00:00 +0000',
    timeEpoch: 1,
    ...(principal && { authorizer: { lambda: { ...principal, keyId: 'k3m7qpl2xz5a' } } }),
  };
  return {
    version: '2.0',
    routeKey: requestContext.routeKey,
    rawPath,
    rawQueryString,
    headers: { host: 'api.example.org', ...headers },
    requestContext,
    isBase64Encoded: body instanceof Uint8Array,
    ...(body !== undefined && { body: typeof body === 'string' ? body : Buffer.from(body).toString('base64') }),
  } as APIGatewayProxyEventV2;
}

/** What API Gateway asks an authorizer (format 2.0). */
export function authorizerEvent(headers: Readonly<Record<string, string>>): APIGatewayRequestAuthorizerEventV2 {
  const { requestContext, rawPath, rawQueryString } = httpEvent({ headers });
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:us-east-1:123456789012:api/$default/GET/',
    identitySource: headers.authorization === undefined ? [] : [headers.authorization],
    routeKey: requestContext.routeKey,
    rawPath,
    rawQueryString,
    cookies: [],
    headers: { ...headers },
    requestContext,
  } as unknown as APIGatewayRequestAuthorizerEventV2;
}

/** One message as SQS delivers it to a function. */
export function sqsRecord(body: unknown, receiveCount = 1, receiptHandle: string = randomUUID()): SQSRecord {
  return {
    messageId: randomUUID(),
    receiptHandle,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: `${receiveCount}`,
      SentTimestamp: '1000',
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: '1000',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:foldpad-work',
    awsRegion: 'us-east-1',
  };
}

export function sqsEvent(...records: readonly SQSRecord[]): SQSEvent {
  return { Records: [...records] };
}
