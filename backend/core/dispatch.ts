import { isLive, type Job, type Run, type Stage } from '../api/job.ts';
import { jobKeys } from '../api/runner.ts';
import { changeJob } from './change.ts';
import { queueOfRun } from './cost.ts';
import type { CoreDeps } from './deps.ts';
import type { JobEvent } from './events.ts';
import { isRunEnded } from './job.ts';
import { findKnownFeatures, prepareRuns } from './knownFeatures.ts';
import { RunRefused, type RunSpec, type WorkMessage } from './ports.ts';
import { removeJob } from './remove.ts';
import { decisiveRuns } from './runs.ts';
import { trackRun } from './track.ts';

/**
 * AlphaFold searches on cheap CPU machines before a GPU is paid for, unless the features are in the cache; the homology
 * engine does all in one go.
 */
const STAGES_OF_ENGINE: Readonly<Record<Job['engine'], readonly Stage[]>> = {
  alphafold2: ['features', 'predict'],
  homology: ['predict'],
};

/**
 * Does what one message asks for. Safe to repeat at any time, also after a crash half-way.
 * @throws whatever a port throws: the message must then be given back to the queue
 */
export async function handleWork(deps: CoreDeps, message: WorkMessage): Promise<void> {
  switch (message.kind) {
    case 'dispatch':
      return dispatchJob(deps, message.jobId);
    case 'cancel':
      return stopJob(deps, message.jobId);
    case 'delete':
      return removeJob(deps, message.jobId);
  }
}

/** Plans the job's runs, stores the plan, hands the runs to the scheduler. */
async function dispatchJob(deps: CoreDeps, id: string): Promise<void> {
  const job = await deps.jobs.get(id);
  if (!job) return;
  const isNew = isLive(job.status) && job.runs.length === 0;
  // Should another dispatcher be faster, its plan counts: the reducer keeps the first.
  const planned = await changeJob(deps, id, isNew ? [await plan(deps, job)] : [], { known: job });
  if (!planned || !isLive(planned.after.status) || planned.after.cancelRequestedAt) return;
  await prepareRuns(deps, planned.after);
  try {
    await submitRuns(deps, planned.after);
  } catch (error) {
    if (!(error instanceof RunRefused)) throw error;
    await failDispatch(deps, id, error.message);
    await clearIfDeleted(deps, id);
  }
}

async function plan(deps: CoreDeps, job: Job): Promise<JobEvent> {
  const features = await findKnownFeatures(deps, job);
  const stages = STAGES_OF_ENGINE[job.engine].filter((stage) => stage !== 'features' || !features);
  const runs = stages.map((stage) => ({ id: deps.newId(), stage }));
  if (features) deps.log.info('the features are in the cache', { jobId: job.id, key: features.key });
  return { type: 'runsPlanned', runs, ...(features && { features }), at: deps.clock.now() };
}

/** Hands over every run that the scheduler does not have yet, each after the one that it needs. */
async function submitRuns(deps: CoreDeps, planned: Job): Promise<void> {
  let job = planned;
  let previous: string | undefined;
  for (const run of decisiveRuns(planned.runs)) {
    let { schedulerId } = run;
    if (schedulerId === undefined) {
      const dependsOn = previous === undefined ? [] : [previous];
      ({ schedulerId } = await deps.scheduler.submit(specOf(deps, job, run, dependsOn)));
      const event = { type: 'runSubmitted', runId: run.id, schedulerId, at: deps.clock.now() } as const;
      const change = await changeJob(deps, job.id, [event], { known: job });
      // Cancelled or deleted while it was being handed over: nobody else knows of this run.
      if (!change || change.after.cancelRequestedAt) return stopSubmitted(deps, job.id, schedulerId);
      job = change.after;
    }
    previous = schedulerId;
  }
}

async function stopSubmitted(deps: CoreDeps, id: string, schedulerId: string): Promise<void> {
  await deps.scheduler.terminate(schedulerId, 'cancelled on request');
  await stopJob(deps, id);
  await clearIfDeleted(deps, id);
}

/** What was made ready for a run may have come after the objects of its job were removed. */
async function clearIfDeleted(deps: CoreDeps, id: string): Promise<void> {
  if (!(await deps.jobs.get(id))) await deps.objects.removeAll(jobKeys.outputFolder(id));
}

function specOf(deps: CoreDeps, job: Job, run: Run, dependsOn: readonly string[]): RunSpec {
  return {
    jobId: job.id,
    runId: run.id,
    jobName: job.name,
    owner: job.owner,
    engine: job.engine,
    stage: run.stage,
    queue: queueOfRun(deps.policy, job.queue, run.stage),
    jobUri: deps.objects.uri(jobKeys.inputFolder(job.id)),
    dependsOn,
    gpu: job.parameters.gpu,
    maxAttempts: deps.policy.maxAttempts,
    timeoutSeconds: deps.policy.stageTimeouts?.[run.stage] ?? deps.policy.timeoutSeconds,
  };
}

/** Ends all runs of a job whose cancel was asked for. */
async function stopJob(deps: CoreDeps, id: string): Promise<void> {
  const job = await deps.jobs.get(id);
  if (job?.status !== 'CANCELLING') return;
  const stopped: string[] = [];
  for (const run of job.runs) {
    if (isRunEnded(run)) continue;
    const schedulerId = run.schedulerId ?? (await withdraw(deps, job, run));
    if (schedulerId === undefined) continue;
    await deps.scheduler.terminate(schedulerId, 'cancelled on request');
    stopped.push(schedulerId);
  }
  for (const observation of await deps.scheduler.describe(stopped)) await trackRun(deps, observation);
}

/**
 * A run without a scheduler id may have been handed over just before a crash; if so, tells its id. One that was not ends
 * here, whether or not the scheduler would take it now: a job must be cancelled also when nothing can be handed over.
 */
async function withdraw(deps: CoreDeps, job: Job, run: Run): Promise<string | undefined> {
  const found = await deps.scheduler.withdraw(specOf(deps, job, run, []));
  const about = { runId: run.id, at: deps.clock.now() };
  const event: JobEvent = found
    ? { type: 'runSubmitted', schedulerId: found.schedulerId, ...about }
    : { type: 'runObserved', status: 'FAILED', attempt: run.attempt, reason: 'it was never handed over', ...about };
  await changeJob(deps, job.id, [event]);
  return found?.schedulerId;
}

/** Ends a job that cannot be handed over. */
export async function failDispatch(deps: CoreDeps, id: string, reason: string): Promise<void> {
  await changeJob(deps, id, [
    {
      type: 'failed',
      failure: {
        code: 'dispatch-failed',
        message: `The job could not be handed to the scheduler: ${reason.replace(/\.$/, '')}.`,
        remedy: 'Correct the cause, or choose another queue, and submit the job again.',
      },
      at: deps.clock.now(),
    },
  ]);
}
