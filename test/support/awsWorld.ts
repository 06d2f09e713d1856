import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, ScalarAttributeType } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { INDEX_PROJECTION, TABLE_INDEXES, TABLE_KEY } from '../../backend/api/tableSchema.ts';
import type { DynamoTable } from '../../backend/aws/dynamoValues.ts';
import type { S3Bucket } from '../../backend/aws/s3ObjectStore.ts';
import type { SqsQueues } from '../../backend/aws/sqsWorkQueue.ts';
import type { MiniStack } from './miniStack.ts';

/** Tables, queues and buckets in the emulator, each with a name of its own, and clients that reach them. */
export class AwsWorld {
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;

  constructor({ clientConfig }: Pick<MiniStack, 'clientConfig'>) {
    this.dynamo = new DynamoDBClient(clientConfig);
    this.s3 = new S3Client(clientConfig);
    this.sqs = new SQSClient(clientConfig);
  }

  /** The one table, as the Storage stack makes it. */
  async table(): Promise<DynamoTable & { readonly remove: () => Promise<void> }> {
    const tableName = `foldpad-${randomUUID()}`;
    const indexes = Object.values(TABLE_INDEXES);
    const attributes = new Set([
      ...Object.values(TABLE_KEY),
      ...indexes.flatMap(({ partition, sort }) => [partition, sort]),
    ]);
    const keys = (partition: string, sort: string) => [
      { AttributeName: partition, KeyType: 'HASH' as const },
      { AttributeName: sort, KeyType: 'RANGE' as const },
    ];
    await this.dynamo.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [...attributes].map((name) => ({
          AttributeName: name,
          AttributeType: ScalarAttributeType.S,
        })),
        KeySchema: keys(TABLE_KEY.partition, TABLE_KEY.sort),
        GlobalSecondaryIndexes: indexes.map(({ name, partition, sort }) => ({
          IndexName: name,
          KeySchema: keys(partition, sort),
          Projection: { ProjectionType: INDEX_PROJECTION },
        })),
      }),
    );
    const remove = async (): Promise<void> => {
      await this.dynamo.send(new DeleteTableCommand({ TableName: tableName }));
    };
    return { client: this.dynamo, tableName, remove };
  }

  async bucket(): Promise<S3Bucket> {
    const bucket = `foldpad-${randomUUID()}`;
    await this.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    return { client: this.s3, bucket };
  }

  /** @param maxReceives after so many receives SQS puts a message into the dead letter queue */
  async queues(maxReceives: number): Promise<SqsQueues & { readonly remove: () => Promise<void> }> {
    const name = `foldpad-${randomUUID()}`;
    const deadQueueUrl = await this.#queue(`${name}-dead`);
    const { Attributes: dead } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: deadQueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const redrive = { deadLetterTargetArn: dead?.QueueArn, maxReceiveCount: maxReceives };
    const queueUrl = await this.#queue(name, { RedrivePolicy: JSON.stringify(redrive) });
    const remove = async (): Promise<void> => {
      for (const url of [queueUrl, deadQueueUrl]) await this.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
    };
    return { client: this.sqs, queueUrl, deadQueueUrl, remove };
  }

  async #queue(name: string, attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl: url } = await this.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    if (url === undefined) throw new Error(`The queue ${name} has no address.`);
    return url;
  }

  close(): void {
    for (const client of [this.dynamo, this.s3, this.sqs]) client.destroy();
  }
}
