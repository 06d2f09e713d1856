// The use cases over the real AWS stores, with messages and reports twice, late and lost, and AWS failing all the time.
import assert from 'node:assert/strict';
import type { Job } from '../../backend/api/job.ts';
import { isFinished } from '../../backend/api/job.ts';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { DynamoJobStore } from '../../backend/aws/dynamoJobStore.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { SqsWorkQueue } from '../../backend/aws/sqsWorkQueue.ts';
import { cancelJob } from '../../backend/core/cancel.ts';
import { changeJob } from '../../backend/core/change.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import { reconcile } from '../../backend/core/reconcile.ts';
import { deleteFinished } from '../../backend/core/remove.ts';
import { submitJobs } from '../../backend/core/submit.ts';
import { trackRun } from '../../backend/core/track.ts';
import { type Fault, injectFaults } from '../support/awsCalls.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { ADA, BOB, type CoreWorld, CRAMBIN, coreWorld } from '../support/coreWorld.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';

const requests = (count: number) =>
  parseJobRequests(Array.from({ length: count }, (_, index) => ({ fasta: `job ${index}`, sequence: CRAMBIN })));

/** Numbers from 0 to 1 that are the same at every run. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

describe('use cases over the AWS stores', function () {
  this.timeout(120_000);
  let stack: MiniStack;
  let aws: AwsWorld;
  let world: CoreWorld;
  const cleanUps: (() => void)[] = [];

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    aws = new AwsWorld(stack);
  });
  beforeEach(async () => {
    world = coreWorld({
      stores: {
        jobs: new DynamoJobStore(await aws.table()),
        objects: new S3ObjectStore(await aws.bucket()),
        work: new SqsWorkQueue(await aws.queues(20)),
      },
    });
  });
  afterEach(() => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
    world?.close();
  });
  after(async () => {
    aws?.close();
    await stack?.stop();
  });

  async function submit(count: number): Promise<readonly Job[]> {
    return (await submitJobs(world.deps, ADA, requests(count))).jobs;
  }
  const schedulerIds = () => [...world.scheduler.specs.keys()];

  it('leads a job from its submission to its result and away again', async () => {
    const [job] = await submit(1);
    assert.ok(job);
    await world.work();
    const [schedulerId] = schedulerIds();
    assert.ok(schedulerId);
    assert.match(world.scheduler.specs.get(schedulerId)?.jobUri ?? '', /^s3:\/\/foldpad-.*\/input\/.*\/$/);
    await trackRun(world.deps, world.scheduler.move(schedulerId, { status: 'RUNNING' }));
    assert.equal((await world.job(job.id)).status, 'RUNNING');
    await world.publish(job);
    await trackRun(world.deps, world.scheduler.move(schedulerId, { status: 'SUCCEEDED', exitCode: 0 }));
    assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
    assert.deepEqual(
      world.notified.map(({ id }) => id),
      [job.id],
    );
    await deleteFinished(world.deps, ADA);
    await world.work();
    assert.equal(await world.deps.jobs.get(job.id), undefined);
    assert.deepEqual(await world.keys('input/'), []);
    assert.deepEqual(await world.keys('output/'), []);
  });

  it('hands a run over once, however often and at once SQS delivers its message', async () => {
    const [job] = await submit(1);
    assert.ok(job);
    const message = { kind: 'dispatch', jobId: job.id } as const;
    await Promise.all(Array.from({ length: 5 }, () => handleWork(world.deps, message)));
    await world.work();
    assert.equal(world.scheduler.specs.size, 1);
    assert.equal((await world.job(job.id)).runs.length, 1);
  });

  it('loses no change when many are made at the same time', async () => {
    const [job] = await submit(1);
    assert.ok(job);
    await world.work();
    const [schedulerId] = schedulerIds();
    assert.ok(schedulerId);
    await world.publish(job);
    const reports = (['RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED'] as const).map((status) =>
      world.scheduler.move(schedulerId, { status }),
    );
    await Promise.all([...reports, ...reports].reverse().map((report) => trackRun(world.deps, report)));
    assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
    assert.equal(world.notified.length, 1);
  });

  it('lets a cancel and the end of a job meet', async () => {
    const [job] = await submit(1);
    assert.ok(job);
    await world.work();
    const [schedulerId] = schedulerIds();
    assert.ok(schedulerId);
    await world.publish(job);
    const end = world.scheduler.move(schedulerId, { status: 'SUCCEEDED' });
    await Promise.allSettled([cancelJob(world.deps, ADA, job.id), trackRun(world.deps, end)]);
    await world.work();
    assert.ok(isFinished((await world.job(job.id)).status));
    assert.equal(world.notified.length, 1);
  });

  it('shows nobody the jobs of others, and changes none of them', async () => {
    const [job] = await submit(1);
    assert.ok(job);
    await assert.rejects(cancelJob(world.deps, BOB, job.id), /There is no job/);
    assert.deepEqual((await world.deps.jobs.list({ limit: 10, owner: BOB.owner })).jobs, []);
  });

  it('hands over each of more jobs than go into one transaction, once', async () => {
    const jobs = await submit(120);
    await world.work();
    assert.deepEqual(
      new Set([...world.scheduler.specs.values()].map(({ jobId }) => jobId)),
      new Set(jobs.map(({ id }) => id)),
    );
    assert.equal(world.scheduler.specs.size, 120);
  });

  for (const seed of [1, 2, 3]) {
    it(`ends every job right while AWS fails one call in eight (${seed})`, async () => {
      const chance = chances(seed);
      const kinds: readonly Fault[] = ['server-error', 'answer-lost', 'dead'];
      const fault = (): Fault | undefined =>
        chance() < 1 / 8 ? kinds[Math.floor(chance() * kinds.length)] : undefined;
      const stops = [aws.dynamo, aws.s3, aws.sqs].map((client) => injectFaults(client, fault));
      cleanUps.push(...stops);
      const tried = async <T>(action: () => Promise<T>): Promise<T | undefined> => action().catch(() => undefined);

      // With its idempotency key a client may send its jobs until it hears of them.
      const idempotency = { key: 'k', fingerprint: 'f' };
      let jobs: readonly Job[] | undefined;
      while (!jobs) jobs = (await tried(() => submitJobs(world.deps, ADA, requests(12), idempotency)))?.jobs;
      assert.equal(jobs.length, 12);

      for (let round = 0; round < 60; round += 1) {
        await tried(() => world.work());
        for (const schedulerId of schedulerIds()) {
          const [state] = await world.scheduler.describe([schedulerId]);
          const job = jobs.find(({ id }) => id === state?.jobId);
          if (!state || !job || state.status === 'SUCCEEDED' || state.status === 'FAILED') continue;
          const succeeds = jobs.indexOf(job) % 3 !== 0;
          if (succeeds && !(await tried(() => world.publish(job)))) continue;
          const running = world.scheduler.move(schedulerId, { status: 'RUNNING' });
          const change = succeeds
            ? ({ status: 'SUCCEEDED', exitCode: 0 } as const)
            : ({ status: 'FAILED', exitCode: 1 } as const);
          const ended = world.scheduler.move(schedulerId, change);
          // Twice, in the wrong order, or never.
          if (chance() < 0.7)
            for (const report of [ended, running, ended]) await tried(() => trackRun(world.deps, report));
        }
        world.pass(120);
        await tried(() => reconcile(world.deps));
        const now = await Promise.all(jobs.map(({ id }) => tried(() => world.job(id))));
        if (now.every((job) => job && isFinished(job.status))) break;
      }
      for (const stop of stops) stop();

      const ends = await Promise.all(jobs.map(({ id }) => world.job(id)));
      assert.deepEqual(
        ends.map(({ status }) => status),
        jobs.map((_, index) => (index % 3 !== 0 ? 'SUCCEEDED' : 'FAILED')),
      );
      // Nothing ran twice: one run for each job, though messages came and went as they liked.
      assert.equal(world.scheduler.specs.size, 12);
      const { jobs: listed } = await world.deps.jobs.list({ limit: 100, owner: ADA.owner });
      assert.equal(listed.length, 12);
    });
  }

  it('keeps a change that was stored although the answer was lost, and tells of the end once', async () => {
    const [job] = await submit(1);
    assert.ok(job);
    await world.work();
    let lost = false;
    cleanUps.push(
      injectFaults(aws.dynamo, ({ command }) => {
        if (lost || command !== 'UpdateItemCommand') return undefined;
        lost = true;
        return 'answer-lost';
      }),
    );
    const failure = { code: 'x', message: 'y' };
    await changeJob(world.deps, job.id, [{ type: 'failed', failure, at: world.deps.clock.now() }]);
    assert.ok(lost);
    assert.equal((await world.job(job.id)).status, 'FAILED');
    assert.equal(world.notified.length, 1);
  });
});
