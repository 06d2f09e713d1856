import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoKeyStore } from '../aws/dynamoKeyStore.ts';
import { readAuthorizerSettings } from '../aws/environment.ts';
import { authorizerHandler } from './authorize.ts';
import { CLIENT_OPTIONS } from './clientOptions.ts';
import { Telemetry } from './telemetry.ts';

const { prefix, table } = readAuthorizerSettings(process.env);

/** Whose key it is that a request brings; API Gateway keeps the answer for half a minute. */
export const handler = authorizerHandler({
  keys: new DynamoKeyStore({ client: new DynamoDBClient(CLIENT_OPTIONS), tableName: table }),
  telemetry: new Telemetry(prefix, 'authorizer'),
  now: () => new Date().toISOString(),
});
