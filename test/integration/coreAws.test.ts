import assert from 'node:assert/strict';
import type { Job } from '../../backend/api/job.ts';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import type { CoreDeps } from '../../backend/core/deps.ts';
import { DEPENDENCY_FAILED } from '../../backend/core/ports.ts';
import { submitJobs } from '../../backend/core/submit.ts';
import { trackRun } from '../../backend/core/track.ts';
import { ADA, type CoreWorld, CRAMBIN, coreWorld } from '../support/coreWorld.ts';
import { GPU_QUEUES, HOMOLOGY_QUEUE } from '../support/manualScheduler.ts';

/** The ports' methods that were called, each one call to a service on AWS. */
function counting(deps: CoreDeps): { readonly deps: CoreDeps; readonly calls: string[] } {
  const calls: string[] = [];
  const watch = <T extends object>(port: T, name: string): T =>
    new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          calls.push(`${name}.${String(key)}`);
          return value.apply(target, args);
        };
      },
    });
  return {
    calls,
    deps: {
      ...deps,
      jobs: watch(deps.jobs, 'jobs'),
      objects: watch(deps.objects, 'objects'),
      scheduler: watch(deps.scheduler, 'scheduler'),
      notifier: watch(deps.notifier, 'notifier'),
    },
  };
}

describe('use cases as they run on AWS', () => {
  let world: CoreWorld;
  beforeEach(() => {
    world = coreWorld({
      queues: [...GPU_QUEUES, { ...HOMOLOGY_QUEUE, name: 'cpu', aliases: [] }],
      policy: { backend: 'aws', featuresQueue: 'cpu', stageTimeouts: { features: 7 } },
    });
  });
  afterEach(() => world.close());

  async function dispatched(que: string): Promise<{ job: Job; features: string; predict: string }> {
    const requests = parseJobRequests({ fasta: 'crambin', sequence: CRAMBIN, que });
    const [job] = (await submitJobs(world.deps, ADA, requests)).jobs;
    await world.work();
    const stored = await world.job(job?.id ?? '');
    const idOf = (stage: string): string => stored.runs.find((run) => run.stage === stage)?.schedulerId ?? '';
    return { job: stored, features: idOf('features'), predict: idOf('predict') };
  }

  it('searches on the queue for that, with a time limit of its own, and predicts on the queue asked for', async () => {
    const { features, predict } = await dispatched('p4');
    const specs = [features, predict].map((id) => world.scheduler.specs.get(id));
    assert.deepEqual(
      specs.map((spec) => [spec?.stage, spec?.queue, spec?.timeoutSeconds]),
      [
        ['features', 'cpu', 7],
        ['predict', 'p4', 60],
      ],
    );
    assert.deepEqual(specs[1]?.dependsOn, [features]);
  });

  it('takes at most three calls for a change of state, and one more for the mail at the end', async () => {
    const { job, predict } = await dispatched('cpu');
    const { deps, calls } = counting(world.deps);
    for (const status of ['RUNNABLE', 'STARTING', 'RUNNING'] as const) {
      calls.length = 0;
      await trackRun(deps, world.scheduler.move(predict, { status }));
      assert.deepEqual(calls, ['jobs.get', 'jobs.update'], status);
    }
    calls.length = 0;
    await trackRun(deps, world.scheduler.move(predict, { status: 'STARTING' }));
    assert.deepEqual(calls, ['jobs.get'], 'nothing new');
    await world.publish(job);
    calls.length = 0;
    await trackRun(deps, world.scheduler.move(predict, { status: 'SUCCEEDED', exitCode: 0 }));
    assert.deepEqual(calls, ['jobs.get', 'objects.read', 'jobs.update', 'notifier.jobEnded']);
    assert.equal((await world.job(job.id)).status, 'SUCCEEDED');
  });

  it('takes no more calls for an honest failure', async () => {
    const { job, predict } = await dispatched('cpu');
    const failure = { code: 'no-template', message: 'No template was found.', remedy: 'Try p4.' };
    await world.deps.objects.write(jobKeys.failure(job.id), new TextEncoder().encode(JSON.stringify(failure)));
    const { deps, calls } = counting(world.deps);
    await trackRun(deps, world.scheduler.move(predict, { status: 'FAILED', exitCode: 3 }));
    assert.deepEqual(calls, ['jobs.get', 'objects.read', 'jobs.update', 'notifier.jobEnded']);
    assert.deepEqual((await world.job(job.id)).failure, failure);
  });

  it('keeps the names of all log streams, whatever order they are reported in', async () => {
    const { job, predict } = await dispatched('cpu');
    const runs = async (): Promise<readonly string[] | undefined> => (await world.job(job.id)).runs[0]?.logStreams;
    await trackRun(world.deps, world.scheduler.move(predict, { status: 'RUNNING', logStreams: ['a'] }));
    await trackRun(world.deps, world.scheduler.move(predict, { status: 'RUNNING' }));
    assert.deepEqual(await runs(), ['a']);
    await trackRun(
      world.deps,
      world.scheduler.move(predict, { status: 'RUNNING', attempt: 2, logStreams: ['a', 'b'] }),
    );
    await trackRun(world.deps, world.scheduler.move(predict, { status: 'FAILED', attempt: 2, logStreams: ['a', 'b'] }));
    assert.deepEqual(await runs(), ['a', 'b']);
  });

  it('learns the scheduler’s id from a report, if whoever handed the run over could not store it', async () => {
    const { job, predict } = await dispatched('cpu');
    const { schedulerId: _lost, ...run } = job.runs[0] ?? assert.fail();
    await world.deps.jobs.update({ ...job, runs: [run] });
    await trackRun(world.deps, world.scheduler.move(predict, { status: 'RUNNABLE' }));
    assert.equal((await world.job(job.id)).runs[0]?.schedulerId, predict);
  });

  it('names the cause when the run that fails for want of another is reported first', async () => {
    const { job, features, predict } = await dispatched('p4');
    const cause = {
      status: 'FAILED',
      failureCode: 'out-of-memory',
      exitCode: 137,
      reason: 'not enough memory',
    } as const;
    const end = world.scheduler.move(features, cause);
    const after = { status: 'FAILED', failureCode: DEPENDENCY_FAILED, reason: 'Dependent Job failed' } as const;
    await trackRun(world.deps, world.scheduler.move(predict, after));
    const failed = await world.job(job.id);
    assert.deepEqual([failed.status, failed.failure?.code], ['FAILED', 'out-of-memory']);
    await trackRun(world.deps, end);
    assert.deepEqual(
      (await world.job(job.id)).runs.map(({ status }) => status),
      ['FAILED', 'FAILED'],
    );
    assert.equal(world.notified.length, 1);
  });

  it('keeps the engine’s words about a first run when the second is reported first', async () => {
    const { job, features, predict } = await dispatched('p4');
    const failure = { code: 'databases-missing', message: 'The databases are not there.' };
    await world.deps.objects.write(jobKeys.failure(job.id), new TextEncoder().encode(JSON.stringify(failure)));
    world.scheduler.move(features, { status: 'FAILED', exitCode: 1 });
    await trackRun(world.deps, world.scheduler.move(predict, { status: 'FAILED', failureCode: DEPENDENCY_FAILED }));
    assert.deepEqual((await world.job(job.id)).failure, failure);
  });
});
