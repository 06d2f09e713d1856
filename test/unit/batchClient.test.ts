import assert from 'node:assert/strict';
import { MACHINES, SPOT_SUFFIX } from '../../backend/api/machines.ts';
import { isDeclined, isRefusal, isThrottled, isUnclear, Pace, retryBatch } from '../../backend/aws/batchClient.ts';
import { catalogueQueues } from '../../backend/aws/batchQueues.ts';
import { shareOf, submissionOf } from '../../backend/aws/batchSubmission.ts';
import { RunRefused, type RunSpec } from '../../backend/core/ports.ts';

function serviceError(name: string, status?: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
}

const RUN: RunSpec = {
  jobId: 'j-1',
  runId: 'r-1',
  jobName: 'HBB_HUMAN',
  owner: 'ada@example.org',
  engine: 'alphafold2',
  stage: 'predict',
  queue: 'p4',
  jobUri: 's3://bucket/input/j-1/',
  dependsOn: ['b-0'],
  gpu: 2,
  maxAttempts: 3,
  timeoutSeconds: 10,
};
const DEPLOYED = { prefix: 'foldpad', queues: ['p4', 'p4-spot', 'cpu'] };

describe('answers of AWS Batch', () => {
  it('are told apart by whether something may have happened', () => {
    const verdicts = (error: Error) => [isThrottled(error), isRefusal(error), isDeclined(error), isUnclear(error)];
    assert.deepEqual(verdicts(serviceError('TooManyRequestsException', 429)), [true, false, true, false]);
    assert.deepEqual(verdicts(serviceError('ThrottlingException', 400)), [true, false, true, false]);
    assert.deepEqual(verdicts(serviceError('ClientException', 400)), [false, true, true, false]);
    assert.deepEqual(verdicts(serviceError('AccessDeniedException', 403)), [false, false, true, false]);
    assert.deepEqual(verdicts(serviceError('ServerException', 500)), [false, false, false, true]);
    assert.deepEqual(verdicts(serviceError('TimeoutError')), [false, false, false, true]);
    assert.deepEqual(verdicts(new Error('socket hang up')), [false, false, false, true]);
  });

  it('that ask to slow down are followed by growing pauses, and by an error in the end', async () => {
    const pauses: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => {
      pauses.push(milliseconds);
    };
    let calls = 0;
    const busy = async (): Promise<string> => {
      calls += 1;
      if (calls < 4) throw serviceError('TooManyRequestsException', 429);
      return 'done';
    };
    assert.equal(await retryBatch(busy, { sleep }), 'done');
    assert.equal(pauses.length, 3);
    assert.ok(
      pauses.every((pause, index) => pause >= 200 * 2 ** index && pause <= 400 * 2 ** index),
      `${pauses}`,
    );
    const always = async (): Promise<never> => {
      throw serviceError('TooManyRequestsException', 429);
    };
    await assert.rejects(retryBatch(always, { sleep }), /TooManyRequests/);
    calls = 0;
    const lost = async (): Promise<never> => {
      calls += 1;
      throw new Error('socket hang up');
    };
    await assert.rejects(retryBatch(lost, { sleep, alsoUnclear: false }), /hang up/);
    assert.equal(calls, 1, 'what may have happened is not asked for again');
  });
});

describe('pace', () => {
  it('lets through no more in any second than it was told', async () => {
    let now = 1_000_000;
    const passed: number[] = [];
    // Sleepers wake in the order of their times, as timers do.
    const sleepers: { at: number; wake: () => void }[] = [];
    const sleep = (milliseconds: number): Promise<void> =>
      new Promise((wake) => sleepers.push({ at: now + milliseconds, wake }));
    const pace = new Pace(40, () => now, sleep);
    const turns = Array.from({ length: 200 }, async () => {
      await pace.turn();
      passed.push(now);
    });
    await Promise.resolve();
    while (sleepers.length > 0) {
      const next = sleepers.shift();
      now = Math.max(now, next?.at ?? now);
      next?.wake();
      await Promise.resolve();
      await Promise.resolve();
    }
    await Promise.all(turns);
    assert.equal(passed.length, 200);
    for (const start of passed) {
      assert.ok(passed.filter((at) => at >= start && at < start + 1000).length <= 41);
    }
  });
});

describe('what is asked of AWS Batch', () => {
  it('is one job of the queue asked for, with the share and the time limit that Batch takes', () => {
    const submission = submissionOf(RUN, DEPLOYED);
    assert.deepEqual(
      [submission.jobName, submission.jobQueue, submission.jobDefinition],
      ['foldpad-r-1', 'foldpad-p4', 'foldpad-predict'],
    );
    assert.deepEqual(submission.dependsOn, [{ jobId: 'b-0' }]);
    assert.deepEqual(submission.timeout, { attemptDurationSeconds: 60 });
    assert.deepEqual(submission.parameters, { job: RUN.jobUri, stage: 'predict', run: 'r-1' });
    assert.deepEqual(submission.containerOverrides?.resourceRequirements, [
      { type: 'VCPU', value: '24' },
      { type: 'MEMORY', value: `${2 * 137 * 1024}` },
      { type: 'GPU', value: '2' },
    ]);
    assert.equal(submission.tags?.['foldpad:owner'], 'ada@example.org');
    const homology = submissionOf({ ...RUN, engine: 'homology', queue: 'cpu' }, DEPLOYED);
    assert.equal(homology.jobDefinition, 'foldpad-homology');
    assert.ok(!homology.containerOverrides?.resourceRequirements?.some(({ type }) => type === 'GPU'));
    assert.equal(submissionOf({ ...RUN, stage: 'features', queue: 'cpu' }, DEPLOYED).jobDefinition, 'foldpad-features');
  });

  it('is tried again for a lost machine and for nothing else', () => {
    assert.deepEqual(submissionOf(RUN, DEPLOYED).retryStrategy, {
      attempts: 3,
      evaluateOnExit: [
        { onStatusReason: 'Host EC2*', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
    });
    assert.equal(submissionOf({ ...RUN, maxAttempts: 99 }, DEPLOYED).retryStrategy?.attempts, 10);
  });

  it('is refused where no machine could ever do it', () => {
    for (const changes of [{ queue: 'low' }, { queue: 'p4-spot-spot' }, { gpu: 9 }]) {
      assert.throws(() => submissionOf({ ...RUN, ...changes }, DEPLOYED), RunRefused);
    }
  });

  it('shares by user, with names that Batch takes and that differ', () => {
    const owners = ['ab', 'a.b', 'a-b', 'AB', 'ada@example.org', '王'.repeat(90), 'x'.repeat(300), 'x'.repeat(301)];
    const shares = owners.map(shareOf);
    assert.equal(new Set(shares).size, owners.length);
    for (const share of shares) assert.match(share, /^[A-Za-z0-9]{1,255}$/);
  });
});

describe('queues of a deployment', () => {
  const all = MACHINES.flatMap(({ queue }) => [queue, `${queue}${SPOT_SUFFIX}`]);

  it('are described from the catalogue: GPU queues for AlphaFold, cpu for homology', () => {
    const queues = catalogueQueues({ prefix: 'foldpad', queues: all, alphafold: true });
    assert.equal(queues.length, all.length);
    for (const { engine, gpuModel, maxGpu, available } of queues) {
      assert.equal(engine, gpuModel === undefined ? 'homology' : 'alphafold2');
      assert.equal(maxGpu > 0, gpuModel !== undefined);
      assert.ok(available);
    }
    const names = queues.flatMap(({ name, aliases }) => [name, ...aliases]);
    assert.equal(new Set(names).size, names.length, 'no name means two queues');
    assert.deepEqual(queues.find(({ name }) => name === 'low')?.aliases, ['p3.2xlarge']);
  });

  it('say that AlphaFold was left out, and refuse names of another version', () => {
    const queues = catalogueQueues({ prefix: 'foldpad', queues: ['p4', 'cpu'], alphafold: false });
    assert.deepEqual(
      queues.map(({ available, reason, remedy }) => [available, !!reason && !!remedy]),
      [
        [false, true],
        [true, false],
      ],
    );
    assert.throws(
      () => catalogueQueues({ prefix: 'x', queues: ['p9'], alphafold: true }),
      /no queue "p9".*FOLDPAD_QUEUES/,
    );
  });
});
