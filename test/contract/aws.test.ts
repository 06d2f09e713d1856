import { setTimeout as delay } from 'node:timers/promises';
import { DynamoJobStore } from '../../backend/aws/dynamoJobStore.ts';
import { DynamoKeyStore } from '../../backend/aws/dynamoKeyStore.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { SqsWorkQueue } from '../../backend/aws/sqsWorkQueue.ts';
import { S3Store } from '../../container/runner/s3Store.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';
import { describeJobStore } from './jobStore.contract.ts';
import { describeKeyStore } from './keyStore.contract.ts';
import { describeObjectStore } from './objectStore.contract.ts';
import { describeRunnerStore } from './runnerStore.contract.ts';
import { describeWorkQueue } from './workQueue.contract.ts';

describe('AWS', function () {
  // The emulator shares two cores with everything else.
  this.timeout(60_000);
  let stack: MiniStack;
  let world: AwsWorld;

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    world = new AwsWorld(stack);
  });
  after(async () => {
    world?.close();
    await stack?.stop();
  });

  describeJobStore('DynamoDB', async () => {
    const table = await world.table();
    return { store: new DynamoJobStore(table), close: table.remove };
  });

  describeKeyStore('DynamoDB', async () => {
    const table = await world.table();
    return { store: new DynamoKeyStore(table), close: table.remove };
  });

  describeObjectStore('S3', async () => ({ store: new S3ObjectStore(await world.bucket()), close: () => {} }));

  describeRunnerStore('S3', async () => {
    const { bucket, client } = await world.bucket();
    return { store: new S3Store(bucket, '', client), close: () => {} };
  });
  describeRunnerStore('S3 below a prefix', async () => {
    const { bucket, client } = await world.bucket();
    return { store: new S3Store(bucket, 'a b/c/', client), close: () => {} };
  });

  describeWorkQueue('SQS', async () => {
    const maxReceives = 4;
    const queues = await world.queues(maxReceives);
    return {
      queue: new SqsWorkQueue(queues),
      maxReceives,
      pass: (seconds) => delay(seconds * 1000),
      close: queues.remove,
    };
  });
});
