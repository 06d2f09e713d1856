// Dispatcher, tracker and reconciler as SQS and EventBridge call them, over the real stores of the local backend.
import assert from 'node:assert/strict';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Job } from '../../backend/api/job.ts';
import { RunRefused } from '../../backend/core/ports.ts';
import { MAX_RECEIVES } from '../../backend/core/work.ts';
import { dispatchHandler } from '../../backend/lambda/dispatch.ts';
import { followHandler } from '../../backend/lambda/follow.ts';
import { repairHandler } from '../../backend/lambda/repair.ts';
import { Telemetry } from '../../backend/lambda/telemetry.ts';
import { type ApiWorld, apiWorld } from '../support/apiWorld.ts';
import { type Captured, captured } from '../support/lambda/captured.ts';
import { lambdaContext, sqsEvent, sqsRecord } from '../support/lambda/events.ts';

describe('the functions behind the queue and the events', () => {
  let world: ApiWorld;
  let released: { receipt: string; delay: number }[];
  beforeEach(() => {
    world = apiWorld();
    released = [];
    world.deps.work.release = async (receipt, delay) => {
      released.push({ receipt, delay });
    };
  });
  afterEach(() => world.close());

  const dispatch = (...records: readonly SQSRecord[]): Promise<Captured<SQSBatchResponse>> =>
    captured(() => {
      const telemetry = new Telemetry('foldpad', 'dispatcher');
      return dispatchHandler({ deps: world.deps, telemetry, now: () => 1250 })(sqsEvent(...records), lambdaContext());
    });
  const submit = async (): Promise<Job> => {
    const [job] = await world.submit();
    assert.ok(job);
    return job;
  };
  const dispatchOf = (job: Job, receives = 1): SQSRecord => sqsRecord({ kind: 'dispatch', jobId: job.id }, receives);

  describe('dispatcher', () => {
    it('hands jobs over, side by side, and measures how long they waited', async () => {
      const jobs = await Promise.all(Array.from({ length: 10 }, submit));
      const { value, metrics } = await dispatch(...jobs.map((job) => dispatchOf(job)));
      assert.deepEqual(value.batchItemFailures, []);
      for (const { id } of jobs) assert.equal((await world.job(id)).status, 'SUBMITTED');
      assert.equal(metrics.DispatchLatency, 10 * 250);
    });

    it('hands a job over once, however often SQS delivers its message', async () => {
      const job = await submit();
      const { value } = await dispatch(dispatchOf(job), dispatchOf(job), dispatchOf(job));
      assert.deepEqual(value.batchItemFailures, []);
      await dispatch(dispatchOf(job, 2));
      assert.equal(world.scheduler.specs.size, 1);
    });

    it('goes on with the others when one message is poisoned, and leaves that one to the dead letters', async () => {
      const job = await submit();
      const poison = ['not json', '{}', '{"kind":"explode","jobId":"x"}', '{"kind":"dispatch","jobId":5}', ''].map(
        (body) => sqsRecord(body),
      );
      const { value, metrics, lines } = await dispatch(...poison.slice(0, 2), dispatchOf(job), ...poison.slice(2));
      assert.deepEqual(
        new Set(value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
        new Set(poison.map(({ messageId }) => messageId)),
      );
      assert.equal((await world.job(job.id)).status, 'SUBMITTED');
      assert.equal(metrics.WorkPoisoned, 5);
      assert.equal(lines.filter(({ message }) => message === 'message not understood').length, 5);
      assert.deepEqual(released, []);
    });

    it('reports a batch of nothing but poison without failing as a whole', async () => {
      const { value } = await dispatch(sqsRecord('x'), sqsRecord('y'));
      assert.equal(value.batchItemFailures.length, 2);
    });

    it('puts off what the scheduler does not take now, longer each time, and says why', async () => {
      const [slow, fine] = [await submit(), await submit()];
      world.scheduler.beforeSubmit = (run) => {
        if (run.jobId === slow.id) throw new Error('Too Many Requests');
      };
      const record = dispatchOf(slow, 3);
      const { value, metrics } = await dispatch(record, dispatchOf(fine));
      assert.deepEqual(value.batchItemFailures, [{ itemIdentifier: record.messageId }]);
      assert.deepEqual(released, [{ receipt: record.receiptHandle, delay: 8 }]);
      assert.equal(metrics.WorkRetried, 1);
      assert.match((await world.job(slow.id)).statusReason ?? '', /Too Many Requests.*asked again/);
      assert.equal((await world.job(fine.id)).status, 'SUBMITTED');
    });

    it('fails a job that nobody takes for too long, and one that never will be taken', async () => {
      const [late, never] = [await submit(), await submit()];
      world.scheduler.beforeSubmit = (run) => {
        throw run.jobId === never.id ? new RunRefused('there is no queue p9') : new Error('Too Many Requests');
      };
      const { value } = await dispatch(dispatchOf(late, MAX_RECEIVES), dispatchOf(never));
      assert.deepEqual(value.batchItemFailures, []);
      for (const { id } of [late, never]) assert.equal((await world.job(id)).failure?.code, 'dispatch-failed');
    });

    it('cancels and deletes', async () => {
      const job = await submit();
      await dispatch(dispatchOf(job));
      await world.call('CANCEL', `/${job.id}`);
      await dispatch(sqsRecord({ kind: 'cancel', jobId: job.id }));
      assert.equal((await world.job(job.id)).status, 'CANCELLED');
      await world.call('DELETE', `/${job.id}`);
      await dispatch(sqsRecord({ kind: 'delete', jobId: job.id }));
      assert.equal(await world.deps.jobs.get(job.id), undefined);
    });
  });

  describe('tracker', () => {
    const follow = (event: object): Promise<Captured<void>> =>
      captured(() => {
        const telemetry = new Telemetry('foldpad', 'tracker');
        return followHandler({ deps: world.deps, telemetry, prefix: 'foldpad' })(event as never, lambdaContext());
      });
    const batchEvent = (job: Job, status: string, more: object = {}): object => ({
      version: '0',
      id: 'c8f9c4b5-76e5-d76a-f980-7011e206042b',
      'detail-type': 'Batch Job State Change',
      source: 'aws.batch',
      account: '123456789012',
      time: '2026-11-22T10:30:00Z',
      region: 'us-east-1',
      resources: [],
      detail: {
        jobId: job.runs[0]?.schedulerId,
        jobName: `foldpad-${job.runs[0]?.id}`,
        jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/foldpad-low',
        status,
        parameters: { job: `s3://bucket/input/${job.id}/`, stage: 'predict', run: job.runs[0]?.id },
        attempts: [],
        ...more,
      },
    });
    const dispatched = async (): Promise<Job> => {
      const job = await submit();
      await dispatch(dispatchOf(job));
      return world.job(job.id);
    };

    it('follows a run to its end, and counts what became of the job once', async () => {
      const job = await dispatched();
      await follow(batchEvent(job, 'RUNNING', { startedAt: Date.parse('2026-11-22T10:29:00Z') }));
      assert.equal((await world.job(job.id)).status, 'RUNNING');
      await world.publish(job);
      const end = batchEvent(job, 'SUCCEEDED', { container: { exitCode: 0 } });
      const { metrics } = await follow(end);
      assert.equal(metrics.JobsSucceeded, 1);
      assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
      assert.equal((await follow(end)).metrics.JobsSucceeded, undefined);
      await follow(batchEvent(job, 'RUNNING'));
      assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
    });

    it('has people told by the next report when the one that ended the job died before it could', async () => {
      const job = await dispatched();
      await world.publish(job);
      const { notifier } = world.deps;
      const tell = notifier.jobEnded;
      notifier.jobEnded = async () => {
        throw new Error('out of memory');
      };
      const end = batchEvent(job, 'SUCCEEDED', { container: { exitCode: 0 } });
      await captured(() => assert.rejects(follow(end), /out of memory/));
      assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
      notifier.jobEnded = tell;
      await follow(batchEvent(job, 'RUNNING'));
      assert.equal(world.notified.length, 0);
      await follow(end);
      assert.deepEqual(
        world.notified.map(({ id }) => id),
        [job.id],
      );
    });

    it('takes the runner’s own progress', async () => {
      const job = await dispatched();
      const progress = { stage: 'predict', step: 'build model', fraction: 0.5 };
      await follow({
        id: 'x',
        source: 'foldpad.runner',
        'detail-type': 'Foldpad Progress',
        time: '2026-11-22T10:30:00Z',
        detail: { job_id: job.id, run_id: job.runs[0]?.id, attempt: 1, progress },
      });
      const after = await world.job(job.id);
      assert.equal(after.status, 'RUNNING');
      assert.deepEqual(after.progress, progress);
    });

    it('fails a job with what Batch says, and counts it', async () => {
      const statusReason = 'Essential container in task exited';
      const notStarted = 'CannotStartContainerError: no such device';
      for (const [container, said] of [
        [{ exitCode: 7 }, /exit code 7/],
        // Without an exit code, Batch's own words are all there is.
        [{ reason: notStarted }, new RegExp(`${statusReason}: ${notStarted}`)],
      ] as const) {
        const job = await dispatched();
        const { metrics } = await follow(batchEvent(job, 'FAILED', { statusReason, container }));
        assert.equal(metrics.JobsFailed, 1);
        const { status, failure } = await world.job(job.id);
        assert.equal(status, 'FAILED');
        assert.match(failure?.message ?? '', said);
      }
    });

    it('leaves what is not of this deployment alone', async () => {
      const job = await dispatched();
      const foreign = { ...batchEvent(job, 'FAILED'), source: 'aws.ecs' };
      const other = batchEvent(job, 'FAILED', { jobName: 'training-7' });
      for (const event of [foreign, other, {}, { source: 'aws.batch' }]) await follow(event);
      assert.equal((await world.job(job.id)).status, 'SUBMITTED');
    });

    it('fails when it cannot store what it was told, so that it is told again', async () => {
      const job = await dispatched();
      const update = world.deps.jobs.update;
      world.deps.jobs.update = async () => {
        throw new Error('ProvisionedThroughputExceeded');
      };
      await captured(() => assert.rejects(follow(batchEvent(job, 'RUNNING')), /Throughput/));
      world.deps.jobs.update = update;
    });
  });

  describe('reconciler', () => {
    const repair = () =>
      captured(() => {
        const telemetry = new Telemetry('foldpad', 'reconciler');
        return repairHandler({ deps: world.deps, telemetry })({ id: 'tick' }, lambdaContext());
      });

    it('finds the end that no event told', async () => {
      const job = await submit();
      await dispatch(dispatchOf(job));
      await world.publish(job);
      world.scheduler.move((await world.job(job.id)).runs[0]?.schedulerId ?? '', { status: 'SUCCEEDED', exitCode: 0 });
      const { value, metrics } = await repair();
      assert.equal(value.observed, 1);
      assert.deepEqual([metrics.LiveJobs, metrics.JobsSucceeded], [1, 1]);
      assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
    });

    it('asks again for work whose message was lost', async () => {
      await submit();
      world.pass(61);
      const { metrics } = await repair();
      assert.equal(metrics.WorkResent, 1);
    });
  });
});
