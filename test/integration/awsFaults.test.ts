// What goes wrong between the services of the AWS backend: every job ends right, nothing is lost, nothing is run twice.
import assert from 'node:assert/strict';
import { isFinished, type Job } from '../../backend/api/job.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import { observationOfEvent } from '../../backend/aws/batchEvents.ts';
import { cancelJob } from '../../backend/core/cancel.ts';
import { deleteJob } from '../../backend/core/remove.ts';
import { readResult, trackRun } from '../../backend/core/track.ts';
import { ADA, type AwsBackend, startAwsBackend } from '../support/batch/awsBackend.ts';
import { computeTemplate } from '../support/batch/computeTemplate.ts';
import type { EventFate } from '../support/batch/eventStream.ts';
import type { CallFate } from '../support/batch/server.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';

describe('faults of the AWS backend', function () {
  this.timeout(120_000);
  let stack: MiniStack;
  let template: unknown;
  let aws: AwsBackend;

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    template = computeTemplate({ name: 'foldpad' });
  });
  after(() => stack?.stop());
  beforeEach(async () => {
    aws = await startAwsBackend(stack, template);
  });
  afterEach(() => aws?.close());

  const read = (jobs: readonly Job[]): Promise<readonly Job[]> => Promise.all(jobs.map(({ id }) => aws.job(id)));

  async function allEnded(jobs: readonly Job[]): Promise<void> {
    await aws.goOnUntil(async () => (await read(jobs)).every(({ status }) => isFinished(status)));
  }

  function events(fate: (index: number) => EventFate): void {
    let index = 0;
    aws.standIn.engine.events.fate = () => fate(index++);
  }

  function submits(fate: (index: number) => CallFate): void {
    let index = 0;
    aws.standIn.server.fate = ({ operation }) => (operation === 'submitjob' ? fate(index++) : 'answer');
  }

  /** Each job ended as expected, told once; each of its runs was one Batch job, and none goes on. */
  async function assertRight(jobs: readonly Job[], expected: readonly Job['status'][]): Promise<readonly Job[]> {
    const ended = await read(jobs);
    assert.deepEqual(
      ended.map(({ status }) => status),
      expected,
      JSON.stringify(ended.map(({ statusReason, failure }) => failure?.message ?? statusReason)),
    );
    assert.deepEqual(aws.notified.map(({ id }) => id).toSorted(), jobs.map(({ id }) => id).toSorted(), 'one mail each');
    const runs = ended.flatMap((job) => job.runs.map((run) => `foldpad-${run.id}`));
    const batchJobs = aws.standIn.engine.jobs;
    assert.deepEqual(
      batchJobs.map(({ request }) => request.jobName).toSorted(),
      runs.toSorted(),
      'one Batch job a run',
    );
    assert.ok(batchJobs.every(({ isEnded }) => isEnded));
    const attempts = ended.flatMap(({ runs: own }) => own.map(({ attempt }) => attempt));
    const begun = batchJobs.map((job) => Math.max(1, job.attempts.length));
    assert.deepEqual(begun.toSorted(), attempts.toSorted(), 'nothing was run that the job does not know of');
    for (const { id, status } of ended) {
      assert.equal((await readResult(aws.deps.objects, id)).kind, status === 'SUCCEEDED' ? 'result' : 'absent');
    }
    return ended;
  }

  it('ends every job right while events are lost, late and doubled, and Batch is busy or silent', async () => {
    const fates: readonly EventFate[] = ['deliver', 'twice', 'lose', 'late', 'deliver', 'lose', 'twice'];
    const calls: readonly CallFate[] = ['throttle', 'lose-answer', 'answer', 'fail', 'answer', 'lose-call'];
    events((index) => fates[index % fates.length] ?? 'deliver');
    submits((index) => calls[index % calls.length] ?? 'answer');
    const jobs = await aws.submit([
      { told: 'models=2' },
      { told: 'exit=3' },
      { told: 'exit=1', que: 'cpu-spot' },
      { que: 'p4', name: 'two-stages' },
      { que: 'p4', name: 'no-databases' },
      { told: 'ms=200', que: 'cpu-spot' },
    ]);
    await allEnded(jobs);
    await aws.standIn.engine.events.drain();
    const ended = await assertRight(jobs, ['SUCCEEDED', 'FAILED', 'FAILED', 'SUCCEEDED', 'FAILED', 'SUCCEEDED']);
    assert.deepEqual(
      ended.map(({ failure }) => failure?.code),
      [undefined, 'no-template', 'engine-failed', undefined, 'databases-missing', undefined],
    );
    assert.deepEqual(
      ended[3]?.runs.map(({ stage, status }) => [stage, status]),
      [
        ['features', 'SUCCEEDED'],
        ['predict', 'SUCCEEDED'],
      ],
    );
  });

  it('needs no event at all: the reconciler finds how things are', async () => {
    events(() => 'lose');
    const jobs = await aws.submit([{}, { told: 'exit=3' }, { que: 'p4' }]);
    await allEnded(jobs);
    const ended = await assertRight(jobs, ['SUCCEEDED', 'FAILED', 'SUCCEEDED']);
    assert.ok(ended.every(({ runs }) => runs.every(({ logStreams }) => logStreams?.length === 1)));
  });

  it('needs no reconciler when all events come, and takes each twice without harm', async () => {
    events(() => 'twice');
    const jobs = await aws.submit([{}, { que: 'p4' }]);
    const haveEnded = async (): Promise<boolean> => (await read(jobs)).every(({ status }) => isFinished(status));
    await aws.goOnUntil(haveEnded, { reconciling: false });
    await aws.standIn.engine.events.drain();
    const before = await assertRight(jobs, ['SUCCEEDED', 'SUCCEEDED']);
    const all = aws.standIn.engine.events.happened.flatMap((event) => observationOfEvent(event, 'foldpad') ?? []);
    for (const observation of all.toReversed()) await trackRun(aws.deps, observation);
    assert.deepEqual(await read(jobs), before, 'old news change nothing');
  });

  it('goes on with a job whose Spot machine is taken, and keeps the log of both attempts', async () => {
    const { engine } = aws.standIn;
    engine.events.fate = ({ detail: { jobId, status, attempts } }) => {
      const isFirst = status === 'RUNNING' && (attempts as unknown[]).length === 0;
      // Soon after it has begun, long before it is done.
      if (isFirst) setTimeout(() => engine.loseHost(String(jobId)), 500);
      return 'deliver';
    };
    const [job] = await aws.submit([{ told: 'ms=2000 lines=3', que: 'cpu-spot' }]);
    assert.ok(job);
    await allEnded([job]);
    const [ended] = await assertRight([job], ['SUCCEEDED']);
    assert.deepEqual([ended?.runs[0]?.attempt, ended?.runs[0]?.logStreams?.length], [2, 2]);
    aws.pass(60);
    const { lines, done } = await aws.deps.logs.read(await aws.job(job.id), undefined, 1000);
    assert.equal(done, true);
    assert.ok(
      lines.some(({ text }) => text.startsWith('attempt 2 of "Myoglobin"')),
      lines.map(({ text }) => text).join('\n'),
    );
    assert.ok(lines.every(({ text }) => !text.startsWith('{"progress"')));
    const { lines: newest } = await aws.deps.logs.tail(await aws.job(job.id), 2);
    assert.deepEqual(newest, lines.slice(-2));
  });

  it('cancels in every state, although nobody hears of it', async () => {
    events(() => 'lose');
    const jobs = await aws.submit([{ told: 'ms=60000' }, { told: 'ms=60000', que: 'p4' }, { told: 'ms=60000' }]);
    const [running, two, waiting] = jobs;
    assert.ok(running && two && waiting);
    await cancelJob(aws.deps, ADA, waiting.id);
    await aws.goOnUntil(async () => (await read([running, two])).every(({ status }) => status === 'RUNNING'));
    await cancelJob(aws.deps, ADA, running.id);
    await cancelJob(aws.deps, ADA, two.id);
    await allEnded(jobs);
    const ended = await read(jobs);
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['CANCELLED', 'CANCELLED', 'CANCELLED'],
    );
    await aws.goOnUntil(async () => aws.standIn.engine.jobs.every(({ isEnded }) => isEnded));
    assert.equal(aws.standIn.engine.jobs.length, 3, 'the first never got to Batch');
    assert.equal(new Set(aws.notified.map(({ id }) => id)).size, aws.notified.length);
  });

  it('cancels what may or may not have been handed over: once it is known, or at once when Batch takes nothing', async () => {
    const fate = new Map<string, CallFate>([
      ['submitjob', 'lose-answer'],
      ['listjobs', 'fail'],
    ]);
    aws.standIn.server.fate = ({ operation }) => fate.get(operation) ?? 'answer';
    const [taken] = await aws.submit([{ told: 'ms=60000' }]);
    assert.ok(taken);
    await aws.goOnUntil(async () => aws.standIn.engine.jobs.length === 1, { reconciling: false });
    fate.set('submitjob', 'throttle').delete('listjobs');
    await cancelJob(aws.deps, ADA, taken.id);
    await allEnded([taken]);
    assert.equal((await aws.job(taken.id)).runs[0]?.schedulerId, aws.standIn.engine.jobs[0]?.id);
    await assertRight([taken], ['CANCELLED']);

    const [refused] = await aws.submit([{ que: 'p4' }]);
    assert.ok(refused);
    await aws.goOnUntil(async () => /asked again/.test((await aws.job(refused.id)).statusReason ?? ''));
    assert.equal((await cancelJob(aws.deps, ADA, refused.id)).status, 'CANCELLING');
    await allEnded([refused]);
    assert.equal((await aws.job(refused.id)).status, 'CANCELLED');
    assert.equal(aws.standIn.engine.jobs.length, 1);
  });

  it('removes a job with its objects and logs', async () => {
    const [job] = await aws.submit([{ told: 'lines=5' }]);
    assert.ok(job);
    await allEnded([job]);
    const ended = await aws.job(job.id);
    assert.ok((await aws.deps.logs.tail(ended, 10)).lines.length > 0);
    await deleteJob(aws.deps, ADA, job.id);
    await aws.goOnUntil(async () => (await aws.deps.jobs.get(job.id)) === undefined);
    assert.deepEqual((await aws.deps.logs.tail(ended, 10)).lines, []);
    for (const folder of [jobKeys.inputFolder(job.id), jobKeys.outputFolder(job.id)]) {
      for await (const { key } of aws.deps.objects.list(folder)) assert.fail(`${key} is left`);
    }
  });
});
