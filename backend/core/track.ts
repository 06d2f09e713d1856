import { NO_FEATURES } from '../api/featuresIndex.ts';
import { type Failure, isFinished, type Job } from '../api/job.ts';
import { type Result, resultSchema, summarize } from '../api/result.ts';
import { EXIT, failureFileSchema, jobKeys } from '../api/runner.ts';
import { type Change, type ChangeOptions, changeJob } from './change.ts';
import type { CoreDeps } from './deps.ts';
import type { JobEvent } from './events.ts';
import { isRunEnded, mayReplace } from './job.ts';
import { DEPENDENCY_FAILED, type ObjectStore, type RunObservation } from './ports.ts';

/**
 * Takes in what the scheduler reports of a run. The end of a run counts only together with what the run left behind:
 * a valid `result.json` makes the job succeed, whatever the exit code said; without one the job fails with the engine's
 * own reason, if it gave any. Safe to repeat; reports of unknown or deleted jobs are dropped.
 *
 * @returns the job before and after, if there is one
 */
export async function trackRun(
  deps: CoreDeps,
  observation: RunObservation,
  { known }: ChangeOptions = {},
): Promise<Change | undefined> {
  const job = known ?? (await deps.jobs.get(observation.jobId));
  const run = job?.runs.find(({ id }) => id === observation.runId);
  if (!job || !run) {
    deps.log.warn('report of an unknown run', { jobId: observation.jobId, runId: observation.runId });
    return undefined;
  }
  const decides = !isFinished(job.status) && !run.superseded;
  const events = decides ? await eventsOf(deps, job, observation) : [observed(observation)];
  const change = await changeJob(deps, job.id, [...handedOver(job, observation), ...events], { known: job });
  for (const event of events) if (event.type === 'runReplaced') await dispatchAnew(deps, change, event);
  return change;
}

/** Has the new runs handed over, if it was this report that planned them. */
async function dispatchAnew(
  deps: CoreDeps,
  change: Change | undefined,
  { runId, runs }: Extract<JobEvent, { type: 'runReplaced' }>,
): Promise<void> {
  if (!change?.after.runs.some(({ id }) => id === runs[0]?.id)) return;
  const jobId = change.after.id;
  deps.log.warn('features in the cache could not be used; they are made anew', { jobId, runId });
  try {
    await deps.work.send([{ kind: 'dispatch', jobId }]);
  } catch (error) {
    deps.log.error('a dispatch could not be sent; the reconciler will', { jobId, error: `${error}` });
  }
}

/** What follows from the reason that a run has left: the end of the job, or of its features in the cache. */
function verdict(deps: CoreDeps, job: Job, failure: Failure, { runId, at }: RunObservation): JobEvent {
  if (failure.code !== NO_FEATURES || !mayReplace(job, runId)) return { type: 'failed', failure, runId, at };
  const runs = (['features', 'predict'] as const).map((stage) => ({ id: deps.newId(), stage }));
  const reason = 'The features in the cache were gone or damaged, so they are made anew.';
  return { type: 'runReplaced', runId, runs, reason, at };
}

/** A report tells the scheduler's id too, should whoever handed the run over have died before it could store that. */
function handedOver(job: Job, { runId, schedulerId, at }: RunObservation): readonly JobEvent[] {
  const run = job.runs.find(({ id }) => id === runId);
  return run?.schedulerId || !schedulerId ? [] : [{ type: 'runSubmitted', runId, schedulerId, at }];
}

async function eventsOf(deps: CoreDeps, job: Job, observation: RunObservation): Promise<readonly JobEvent[]> {
  const { at, runId, status } = observation;
  if (status !== 'SUCCEEDED' && status !== 'FAILED') return [observed(observation)];
  const run = job.runs.find(({ id }) => id === runId);
  if (observation.failureCode === DEPENDENCY_FAILED) {
    const causes = await causesOf(deps, job, runId);
    if (causes.length > 0) return [...causes, observed(observation)];
  }
  if (saysItself(observation)) {
    const said = await readFailure(deps.objects, job.id);
    if (said) return [verdict(deps, job, said, observation), observed(observation)];
  }
  if (run?.stage === 'predict') {
    const found = await readResult(deps.objects, job.id);
    if (found.kind === 'result') {
      const published: JobEvent = {
        type: 'resultPublished',
        result: summarize(found.result),
        warnings: found.result.warnings,
        at,
      };
      return [published, observed({ ...observation, status: 'SUCCEEDED' })];
    }
    if (status === 'SUCCEEDED') return [{ type: 'failed', failure: noResult(found), runId, at }, observed(observation)];
  }
  if (status === 'SUCCEEDED') return [observed(observation)];
  const said = mayHaveSaid(observation) ? await readFailure(deps.objects, job.id) : undefined;
  const failure = said ?? failureOf(observation);
  // Before the run's end, so that the engine's words are the ones that stay.
  return [...(failure ? [verdict(deps, job, failure, observation)] : []), observed(observation)];
}

/**
 * Whether the run's only attempt came to its own end without a result: it wrote `failure.json` if it could, and only
 * after it had seen that there is no result. (Ended by force, or after other attempts, what it left must be looked at.)
 */
function saysItself({ status, attempt, exitCode }: RunObservation): boolean {
  return status === 'FAILED' && attempt === 1 && (exitCode === EXIT.failed || exitCode === EXIT.cannotPredict);
}

/**
 * Whether an attempt may have left a `failure.json` that nobody has looked for yet: an earlier one than the last, unless
 * all were lost with their machines; or the first, when nobody knows how it ended. One that was ended by force wrote none.
 */
function mayHaveSaid(observation: RunObservation): boolean {
  const { attempt, exitCode, failureCode } = observation;
  if (saysItself(observation) || failureCode === 'machine-lost') return false;
  const isUnknown = exitCode === undefined && (failureCode === undefined || failureCode === 'lost');
  return isUnknown || attempt > 1;
}

/** What became of the earlier runs whose end nobody has reported yet, when one that needs them says that they failed. */
async function causesOf(deps: CoreDeps, job: Job, runId: string): Promise<readonly JobEvent[]> {
  const index = job.runs.findIndex(({ id }) => id === runId);
  const ids = job.runs.slice(0, index).flatMap((run) => (isRunEnded(run) ? [] : (run.schedulerId ?? [])));
  const reports = ids.length === 0 ? [] : await deps.scheduler.describe(ids);
  const events: JobEvent[] = [];
  for (const report of reports) if (report.status === 'FAILED') events.push(...(await eventsOf(deps, job, report)));
  return events;
}

function observed(observation: RunObservation): JobEvent {
  const { jobId, schedulerId, failureCode, ...event } = observation;
  return { type: 'runObserved', ...event };
}

/** `result.json` of a job. */
export type FoundResult =
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Reads and checks a job's `result.json`. */
export async function readResult(objects: ObjectStore, id: string): Promise<FoundResult> {
  const bytes = await objects.read(jobKeys.result(id));
  if (!bytes) return { kind: 'absent' };
  const checked = resultSchema.safeParse(parseJson(bytes));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return { kind: 'invalid', reason: `${issue?.path.join('.') || 'file'}: ${issue?.message ?? 'not understood'}` };
  }
  if (checked.data.job_id !== id) return { kind: 'invalid', reason: `job_id: it is of job ${checked.data.job_id}` };
  return { kind: 'result', result: checked.data };
}

function noResult(found: Exclude<FoundResult, { kind: 'result' }>): Failure {
  const why =
    found.kind === 'absent' ? 'did not write its result' : `wrote a result that is not valid (${found.reason})`;
  return {
    code: 'no-result',
    message: `The prediction ended without an error but ${why}.`,
    remedy: 'Read the job’s log. This is a defect of the engine or its image: report it with the log.',
  };
}

/** `failure.json` of a job, if there is one that is valid. */
async function readFailure(objects: ObjectStore, id: string): Promise<Failure | undefined> {
  const bytes = await objects.read(jobKeys.failure(id));
  const checked = failureFileSchema.safeParse(bytes && parseJson(bytes));
  if (checked.success) {
    const { code, message, remedy } = checked.data;
    return remedy === undefined ? { code, message } : { code, message, remedy };
  }
  return undefined;
}

const REMEDIES: Readonly<Record<string, string>> = {
  'cannot-predict': 'Read the end of the job’s log for what the engine found.',
  timeout: 'Predict a shorter target, or ask the operator for a longer time limit.',
  'out-of-memory': 'Predict a shorter target, or choose a queue with more memory.',
  lost: 'Submit the job again. If it happens again, tell the operator.',
  'machine-lost': 'Submit the job again, on a queue without -spot if it must not happen again.',
  'no-capacity': 'Submit the job again later, or on another queue; GET /queues lists them.',
  misconfigured: 'Tell the operator: npm run doctor:backend says what is wrong.',
  'image-missing': 'Tell the operator: npm run doctor:backend says whether the image was built.',
};

/** What the scheduler's report alone tells; `undefined` leaves the words to the reducer. */
function failureOf({ exitCode, failureCode, reason }: RunObservation): Failure | undefined {
  const code = failureCode ?? (exitCode === EXIT.cannotPredict ? 'cannot-predict' : undefined);
  if (code === undefined) return undefined;
  const what = code === 'cannot-predict' ? 'The engine cannot predict this target' : 'The prediction did not end well';
  return {
    code,
    message: `${what}: ${(reason ?? 'no reason was given').replace(/\.$/, '')}.`,
    remedy: REMEDIES[code] ?? 'Read the end of the job’s log for the cause.',
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Whether all runs have ended while the job has not: somebody still has to look for its result. */
export function awaitsVerdict(job: Job): boolean {
  return !isFinished(job.status) && job.runs.length > 0 && job.runs.every(isRunEnded);
}
