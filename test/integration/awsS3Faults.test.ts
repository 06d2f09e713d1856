// What goes wrong in S3, below the ports: throttling, lost answers, conditional writes that meet, refusals.
import assert from 'node:assert/strict';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { S3Store } from '../../container/runner/s3Store.ts';
import { firstTries } from '../support/awsCalls.ts';
import { FaultyAws } from '../support/faultyAws.ts';
import { needsMiniStack } from '../support/miniStack.ts';

describe('the AWS stores when something goes wrong: S3', function () {
  this.timeout(60_000);
  let aws: FaultyAws;

  before(async function () {
    needsMiniStack(this);
    aws = await FaultyAws.start();
  });
  afterEach(() => aws?.mend());
  after(() => aws?.stop());

  const bytes = (text: string): Uint8Array => Buffer.from(text);
  let store: S3ObjectStore;
  let bucket: string;
  beforeEach(async () => {
    const made = await aws.world.bucket();
    bucket = made.bucket;
    store = new S3ObjectStore(made);
  });

  for (const fault of ['throttled', 'server-error', 'answer-lost'] as const) {
    it(`does everything in the end when AWS is ${fault} once`, async () => {
      for (const action of [
        () => store.write('output/x', bytes('one')),
        async () => assert.equal(Buffer.from((await store.read('output/x')) ?? []).toString(), 'one'),
        async () => assert.equal((await store.head('output/x'))?.size, 3),
        async () => assert.equal(await store.writeIfAbsent('output/y', bytes('new')), true),
        async () => assert.equal(await store.writeIfAbsent('output/y', bytes('late')), false),
        async () => assert.equal(await store.removeAll('output/'), 2),
      ]) {
        const stop = aws.inject(aws.world.s3, firstTries(fault, 1));
        await action();
        stop();
      }
    });
  }

  for (const [name, make] of [
    ['the backend’s store', () => store],
    ['the runner’s store', () => new S3Store(bucket, '', aws.world.s3)],
  ] as const) {
    it(`asks again when two conditional writes meet (${name})`, async () => {
      const conflict = new S3ServiceException({
        name: 'ConditionalRequestConflict',
        $fault: 'client',
        message: 'another one is under way',
        $metadata: { httpStatusCode: 409 },
      });
      const stop = aws.inject(aws.world.s3, firstTries(conflict, 2, 'PutObjectCommand'));
      assert.equal(await make().writeIfAbsent('output/x', bytes('mine')), true);
      stop();
      aws.inject(aws.world.s3, firstTries(conflict, 1, 'PutObjectCommand'));
      assert.equal(await make().writeIfAbsent('output/x', bytes('theirs')), false);
    });

    it(`knows its own conditional write again when the answer was lost (${name})`, async () => {
      aws.inject(aws.world.s3, firstTries('answer-lost', 1, 'PutObjectCommand'));
      assert.equal(await make().writeIfAbsent('output/x', bytes('mine')), true);
      assert.equal(await make().writeIfAbsent('output/x', bytes('mine')), false);
    });
  }

  it('passes on what it is not allowed, rather than find nothing', async () => {
    const denied = new S3ServiceException({
      name: 'AccessDenied',
      $fault: 'client',
      message: 'Access Denied',
      $metadata: { httpStatusCode: 403 },
    });
    for (const action of [
      () => store.read('output/x'),
      () => store.head('output/x'),
      () => store.deliver('output/x', 'x'),
    ]) {
      const stop = aws.inject(aws.world.s3, () => denied);
      await assert.rejects(action(), /Access Denied/);
      stop();
    }
    const elsewhere = new S3ObjectStore({ client: aws.world.s3, bucket: 'no-such-bucket' });
    await assert.rejects(elsewhere.read('output/x'), /bucket/i);
  });

  it('says which objects could not be deleted', async () => {
    await store.write('output/x', bytes('x'));
    aws.change(aws.world.s3, ({ command }, output) =>
      command === 'DeleteObjectsCommand' ? { Errors: [{ Key: 'output/x', Message: 'Try again' }] } : output,
    );
    await assert.rejects(store.removeAll('output/'), /did not delete 1 objects, output\/x first: Try again/);
  });

  it('gives addresses that need nothing but themselves and end soon', async () => {
    await store.write('output/x', bytes('ATOM'));
    const delivery = await store.deliver('output/x', 'modèle "1".pdb');
    assert.ok(delivery?.kind === 'redirect');
    const query = new URL(delivery.url).searchParams;
    assert.equal(query.get('X-Amz-SignedHeaders'), 'host');
    assert.ok(Number(query.get('X-Amz-Expires')) <= 900);
    assert.equal(
      query.get('response-content-disposition'),
      `attachment; filename="mod_le _1_.pdb"; filename*=UTF-8''mod%C3%A8le%20%221%22.pdb`,
    );
    assert.equal(await (await fetch(delivery.url)).text(), 'ATOM');
  });
});
