import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RUN_STATUSES } from '../../backend/api/job.ts';
import {
  type BatchJob,
  batchJobName,
  batchJobSchema,
  observationOfEvent,
  observationOfJob,
} from '../../backend/aws/batchEvents.ts';
import { reduceAll } from '../../backend/core/job.ts';
import { DEPENDENCY_FAILED, type RunObservation } from '../../backend/core/ports.ts';
import { sampleJob } from '../support/sampleJob.ts';

const AT = '2026-11-22T10:00:00.000Z';
const START = Date.parse('2026-11-22T09:00:00Z');
const SPOT_LOSS = 'Host EC2 (instance i-0123456789abcdef0) terminated.';
const EXITED = 'Essential container in task exited';

function batchJob(changes: Partial<BatchJob> = {}): BatchJob {
  return {
    jobId: 'b-1',
    jobName: batchJobName('foldpad', 'r-1'),
    jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/foldpad-p4',
    status: 'RUNNING',
    parameters: { job: 's3://foldpad-1-us-east-1/input/j-1/', stage: 'predict', run: 'r-1' },
    attempts: [],
    ...changes,
  };
}

function seen(changes: Partial<BatchJob> = {}): RunObservation {
  return observationOfJob(batchJob(changes), 'foldpad', AT) ?? assert.fail('not seen');
}

const ended = (
  statusReason: string,
  exitCode?: number,
  reason?: string,
): NonNullable<BatchJob['attempts']>[number] => ({
  startedAt: START,
  stoppedAt: START + 60_000,
  statusReason,
  container: {
    ...(exitCode !== undefined && { exitCode }),
    ...(reason !== undefined && { reason }),
    logStreamName: 'foldpad-predict/default/one',
  },
});

describe('what AWS Batch says of a run', () => {
  it('is of this deployment’s jobs only', () => {
    assert.equal(observationOfJob(batchJob(), 'other', AT), undefined);
    assert.equal(observationOfJob(batchJob({ parameters: {} }), 'foldpad', AT), undefined);
    assert.equal(observationOfJob(batchJob({ jobName: 'foldpad-r-2' }), 'foldpad', AT), undefined);
    assert.deepEqual([seen().jobId, seen().runId, seen().schedulerId, seen().at], ['j-1', 'r-1', 'b-1', AT]);
  });

  it('counts attempts: those that ended, and the one that goes on', () => {
    assert.equal(seen().attempt, 1);
    const lost = ended(SPOT_LOSS);
    assert.equal(seen({ status: 'RUNNABLE', attempts: [lost] }).attempt, 2);
    assert.match(seen({ status: 'RUNNABLE', attempts: [lost] }).reason ?? '', /attempt 1 was lost or taken back.*anew/);
    assert.equal(seen({ status: 'RUNNING', attempts: [lost, lost] }).attempt, 3);
    const won = seen({ status: 'SUCCEEDED', attempts: [lost, ended(EXITED, 0)], statusReason: EXITED });
    assert.deepEqual([won.attempt, won.exitCode, won.failureCode], [2, 0, undefined]);
    assert.deepEqual([won.startedAt, won.endedAt], ['2026-11-22T09:00:00.000Z', '2026-11-22T09:01:00.000Z']);
    assert.equal(seen({ status: 'FAILED' }).attempt, 1, 'ended before it began');
  });

  it('names the log streams of all attempts, oldest first', () => {
    const job = batchJob({
      attempts: [ended(SPOT_LOSS)],
      container: { logStreamName: 'foldpad-predict/default/two' },
    });
    assert.deepEqual(observationOfJob(job, 'foldpad', AT)?.logStreams, [
      'foldpad-predict/default/one',
      'foldpad-predict/default/two',
    ]);
    assert.equal(seen().logStreams, undefined);
  });

  it('says in plain words why a run waits, and what to do', () => {
    for (const [statusReason, words] of [
      [undefined, /Waiting for a free machine of queue p4; starting one takes a few minutes/],
      ['CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot…', /AWS has no p4d\.24xlarge.*choose another queue/],
      ['MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s)…', /may not grow.*Ask for fewer GPUs/],
      ['MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job…', /No machine of queue p4.*larger queue/],
      ['MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - …', /lacks permissions.*doctor:backend/],
      ['ACTION_REQUIRED - CE(s) associated with the job queue are invalid.', /not valid.*doctor:backend/],
      ['You have requested more vCPU capacity than your current vCPU limit of 0 allows', /quota for p4d\.24xlarge/],
      ['something new', /Waiting.*\(something new\)/],
    ] as const) {
      const { reason } = seen({ status: 'RUNNABLE', statusReason });
      assert.match(reason ?? '', words, statusReason);
      assert.doesNotMatch(reason ?? '', /\.\.|MISCONFIGURATION|undefined/);
    }
  });

  it('tells apart how a run can fail', () => {
    const cases: readonly (readonly [Partial<BatchJob>, string | undefined, RegExp])[] = [
      [{ attempts: [ended(EXITED, 1)], statusReason: EXITED }, undefined, /exit code 1/],
      [{ attempts: [ended(EXITED, 3)], statusReason: EXITED }, undefined, /cannot predict this target \(exit code 3\)/],
      [
        {
          attempts: [ended(EXITED, 137, 'OutOfMemoryError: Container killed due to memory usage')],
          statusReason: EXITED,
        },
        'out-of-memory',
        /more memory/,
      ],
      [{ attempts: [ended(EXITED, 137)], statusReason: EXITED }, 'out-of-memory', /more memory/],
      [
        {
          attempts: [ended('Job attempt duration exceeded timeout', 137)],
          statusReason: 'Job attempt duration exceeded timeout',
          timeout: { attemptDurationSeconds: 86_400 },
          isTerminated: true,
        },
        'timeout',
        /time limit of 24 hours/,
      ],
      [{ attempts: [ended(SPOT_LOSS), ended(SPOT_LOSS)], statusReason: SPOT_LOSS }, 'machine-lost', /taken back/],
      [{ statusReason: 'Dependent Job failed' }, DEPENDENCY_FAILED, /earlier step/],
      [{ statusReason: 'cancelled on request', isTerminated: true }, undefined, /^cancelled on request$/],
      [
        { attempts: [ended('cancelled on request', 137)], statusReason: 'cancelled on request', isTerminated: true },
        undefined,
        /^cancelled/,
      ],
      [
        {
          statusReason: 'Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
          isCancelled: true,
        },
        'no-capacity',
        /waited too long.*AWS has no p4d/,
      ],
      [
        {
          statusReason: 'Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
          isCancelled: true,
        },
        'misconfigured',
        /waited too long.*large enough/,
      ],
      [
        { statusReason: 'Task failed to start', container: { reason: 'CannotPullContainerError: not found' } },
        'image-missing',
        /image could not be fetched/,
      ],
      [
        { statusReason: 'Task failed to start', container: { reason: 'DockerTimeoutError' } },
        'misconfigured',
        /Docker/,
      ],
    ];
    for (const [changes, code, words] of cases) {
      const { failureCode, reason } = seen({ status: 'FAILED', ...changes });
      assert.equal(failureCode, code, JSON.stringify(changes));
      assert.match(reason ?? '', words);
    }
  });

  it('is the same, whether it was asked for or came as an event', () => {
    const detail = batchJob({ status: 'FAILED', attempts: [ended(EXITED, 1)], statusReason: EXITED });
    const time = '2026-11-22T10:00:00Z';
    for (const type of ['Batch Job State Change', 'Batch Job Queue Blocked']) {
      const event = { version: '0', id: 'x', source: 'aws.batch', 'detail-type': type, time, region: 'r', detail };
      assert.deepEqual(observationOfEvent(event, 'foldpad'), observationOfJob(detail, 'foldpad', AT));
    }
    assert.equal(
      observationOfEvent({ source: 'aws.batch', 'detail-type': 'Other', time, detail }, 'foldpad'),
      undefined,
    );
    for (const nonsense of [undefined, null, 7, 'x', {}, { source: 'aws.batch' }]) {
      assert.equal(observationOfEvent(nonsense, 'foldpad'), undefined);
    }
  });

  it('takes the runner’s own progress', () => {
    const event = {
      source: 'foldpad.runner',
      'detail-type': 'Foldpad Progress',
      time: '2026-11-22T10:00:00Z',
      detail: {
        job_id: 'j-1',
        run_id: 'r-1',
        attempt: 2,
        progress: { stage: 'predict', step: 'model_1', fraction: 0.4 },
      },
    };
    assert.deepEqual(observationOfEvent(event, 'foldpad'), {
      jobId: 'j-1',
      runId: 'r-1',
      schedulerId: '',
      status: 'RUNNING',
      attempt: 2,
      progress: { stage: 'predict', step: 'model_1', fraction: 0.4 },
      at: AT,
    });
    const bad = { ...event, detail: { ...event.detail, progress: { stage: 'predict', step: 'x', fraction: 7 } } };
    assert.equal(observationOfEvent(bad, 'foldpad'), undefined);
  });
});

describe('a Batch job’s life, as events in any order', () => {
  /** What Batch tells of a job with some losses, one after the other. */
  const life = fc
    .record({
      losses: fc.integer({ min: 0, max: 3 }),
      end: fc.constantFrom('SUCCEEDED', 'FAILED', undefined),
      exitCode: fc.constantFrom(1, 3, 137),
    })
    .map(({ losses, end, exitCode }) => {
      const jobs: BatchJob[] = [batchJob({ status: 'SUBMITTED' }), batchJob({ status: 'PENDING' })];
      for (let lost = 0; lost <= losses; lost += 1) {
        const attempts = Array.from({ length: lost }, () => ended(SPOT_LOSS));
        for (const status of ['RUNNABLE', 'STARTING', 'RUNNING'] as const) {
          jobs.push(batchJob({ status, attempts, ...(status === 'RUNNING' && { startedAt: START + lost }) }));
        }
      }
      const attempts = Array.from({ length: losses }, () => ended(SPOT_LOSS));
      if (end) {
        const last = ended(EXITED, end === 'SUCCEEDED' ? 0 : exitCode);
        jobs.push(batchJob({ status: end, attempts: [...attempts, last], statusReason: EXITED }));
      }
      return jobs;
    });

  it('gives observations that only go forward, each of them complete', () => {
    fc.assert(
      fc.property(life, (jobs) => {
        const all = jobs.map((job) => observationOfJob(batchJobSchema.parse(job), 'foldpad', AT) ?? assert.fail());
        const order = all.map(({ attempt, status }) => attempt * 10 + RUN_STATUSES.indexOf(status));
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
        );
        for (const each of all) {
          if (each.status === 'FAILED') assert.ok(each.reason);
          if (each.status === 'SUCCEEDED') assert.equal(each.exitCode, 0);
          if (each.endedAt) assert.ok((each.startedAt ?? '') <= each.endedAt);
          assert.ok(!Object.values(each).includes(undefined as never));
        }
      }),
    );
  });

  it('leaves the run in the same state, however they are shuffled and repeated, once the last has come', () => {
    const shuffled = life.chain((jobs) =>
      fc.record({
        jobs: fc.constant(jobs),
        arrivals: fc.array(fc.integer({ min: 0, max: jobs.length - 1 }), { maxLength: 30 }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ jobs, arrivals }) => {
        const planned = { type: 'runsPlanned', runs: [{ id: 'r-1', stage: 'predict' }], at: AT } as const;
        const events = jobs.map((job) => {
          const { jobId, schedulerId, failureCode, ...rest } = observationOfJob(job, 'foldpad', AT) ?? assert.fail();
          return { type: 'runObserved', ...rest } as const;
        });
        const start = reduceAll(sampleJob({ id: 'j-1' }), [planned]);
        const inOrder = reduceAll(start, events).runs[0];
        const disorderly = reduceAll(start, [...arrivals.flatMap((index) => events[index] ?? []), ...events.slice(-1)])
          .runs[0];
        const keep = (run = inOrder) => [
          run?.status,
          run?.attempt,
          run?.exitCode,
          run?.endedAt,
          run?.logStreams?.length,
        ];
        const [last] = events.slice(-1);
        // Without the last event of an attempt nothing later can be known of it; with it, all of it is.
        if (last?.status === 'SUCCEEDED' || last?.status === 'FAILED')
          assert.deepEqual(keep(disorderly), keep(inOrder));
        else assert.deepEqual([disorderly?.status, disorderly?.attempt], [inOrder?.status, inOrder?.attempt]);
      }),
    );
  });
});
