import { featuresTarget } from '../api/featuresIndex.ts';
import type { Job, JobRequest, QueueInfo } from '../api/job.ts';
import { type ProblemDetail, problem } from '../api/problem.ts';
import { invalidRequest } from '../api/requests.ts';
import { type JobOrder, jobKeys } from '../api/runner.ts';
import { parametersToWire } from '../api/wireParameters.ts';
import { encodeText, sha256 } from './bytes.ts';
import type { CoreDeps, Principal } from './deps.ts';
import { checkParameters } from './engineRules.ts';
import { newJob } from './job.ts';
import { mapConcurrently } from './pages.ts';
import { chooseQueue, queueUnavailable } from './queues.ts';
import { readTarget, type Target } from './target.ts';

/** A request with everything found that it needs. */
export interface ResolvedRequest {
  readonly request: JobRequest;
  readonly queue: QueueInfo;
  readonly target: Target;
  readonly warnings: readonly string[];
}

export interface Submitted {
  /** In the order of the requests. */
  readonly jobs: readonly Job[];
  /** The idempotency key was used before for the same body: these are the jobs of that time. */
  readonly replayed: boolean;
}

/** Requests read, or jobs written, at the same time. */
const WIDTH = 8;

/**
 * Checks every request, then stores all jobs or none and has them dispatched.
 *
 * @param idempotency the caller's key and the SHA-256 of the body
 * @throws ProblemError `invalid-request` naming item, field, line and column of every mistake; `unavailable` when the
 * engine of a queue cannot work now; `idempotency-mismatch`
 */
export async function submitJobs(
  deps: CoreDeps,
  principal: Principal,
  requests: readonly JobRequest[],
  idempotency?: { readonly key: string; readonly fingerprint: string },
): Promise<Submitted> {
  const resolved = await resolveRequests(deps, requests);
  for (const { queue } of resolved) if (!queue.available) throw queueUnavailable(queue);

  const jobs = await Promise.all(resolved.map((item) => jobOf(deps, principal, item)));
  try {
    await mapConcurrently(resolved, WIDTH, async ({ target }, index) => {
      const job = jobs[index];
      if (job) await writeInputs(deps, job, target);
    });
    const stored = await deps.jobs.create(jobs, idempotency && { owner: principal.owner, ...idempotency });
    if (stored.outcome === 'mismatch') throw mismatch();
    if (stored.outcome === 'replayed') {
      // These ids are new, and none of them was stored.
      await mapConcurrently(jobs, WIDTH, ({ id }) => deps.objects.removeAll(jobKeys.inputFolder(id)));
      return { jobs: stored.jobs, replayed: true };
    }
  } catch (error) {
    await removeInputs(deps, jobs);
    throw error;
  }
  await sendDispatches(deps, jobs);
  return { jobs, replayed: false };
}

/**
 * Finds queue and target of every request and checks its parameters; nothing is stored.
 *
 * @param known the queues there are, for callers that have asked already
 * @throws ProblemError `invalid-request` with all mistakes of all items
 */
export async function resolveRequests(
  deps: CoreDeps,
  requests: readonly JobRequest[],
  known?: readonly QueueInfo[],
): Promise<readonly ResolvedRequest[]> {
  const queues = known ?? (await deps.scheduler.queues());
  const outcomes = await mapConcurrently(requests, WIDTH, (request) => resolveOne(deps, request, queues));
  const mistakes = outcomes.flatMap((outcome, item) =>
    'mistakes' in outcome ? outcome.mistakes.map((detail) => ({ item, ...detail })) : [],
  );
  if (mistakes.length > 0) throw invalidRequest(mistakes, requests.length);
  return outcomes.flatMap((outcome) => ('mistakes' in outcome ? [] : [outcome]));
}

async function resolveOne(
  deps: CoreDeps,
  request: JobRequest,
  queues: readonly QueueInfo[],
): Promise<ResolvedRequest | { readonly mistakes: readonly ProblemDetail[] }> {
  const choice = chooseQueue(request.queue, queues, deps.policy);
  if (choice.kind === 'mistake') return { mistakes: [choice.detail] };
  const { queue } = choice;
  const verdict = checkParameters(queue.engine, request, queue);
  if (verdict.mistakes.length > 0) return { mistakes: verdict.mistakes };
  const outcome = await readTarget(deps.objects, request, queue.engine);
  if (outcome.kind === 'mistakes') return { mistakes: outcome.details };
  const { target } = outcome;
  return { request, queue, target, warnings: [...choice.warnings, ...verdict.warnings, ...target.warnings] };
}

async function jobOf(
  deps: CoreDeps,
  { owner }: Principal,
  { request, queue, target, warnings }: ResolvedRequest,
): Promise<Job> {
  const isCached = queue.engine === 'alphafold2';
  return newJob({
    id: deps.newId(),
    owner,
    engine: queue.engine,
    queue: queue.name,
    request,
    chains: target.chains,
    warnings,
    ...(isCached && { featuresTarget: await featuresTarget(await sha256(target.fasta), request.parameters) }),
    at: deps.clock.now(),
  });
}

async function writeInputs(deps: CoreDeps, job: Job, { fasta }: Target): Promise<void> {
  const order: JobOrder = {
    schema: 1,
    id: job.id,
    name: job.name,
    engine: job.engine,
    fasta: jobKeys.fasta(job.id).slice(jobKeys.inputFolder(job.id).length),
    fasta_sha256: await sha256(fasta),
    parameters: parametersToWire(job.parameters),
  };
  await Promise.all([
    deps.objects.write(jobKeys.fasta(job.id), fasta),
    deps.objects.write(jobKeys.order(job.id), encodeText(`${JSON.stringify(order, undefined, 2)}\n`)),
  ]);
}

/** A store that fails may have stored all the same (its answer got lost): inputs of jobs that exist are kept. */
async function removeInputs(deps: CoreDeps, jobs: readonly Job[]): Promise<void> {
  await mapConcurrently(jobs, WIDTH, async ({ id }) => {
    if (!(await deps.jobs.get(id))) await deps.objects.removeAll(jobKeys.inputFolder(id));
  });
}

/** The jobs are stored: should this fail, the reconciler sends the messages. */
async function sendDispatches(deps: CoreDeps, jobs: readonly Job[]): Promise<void> {
  try {
    await deps.work.send(jobs.map(({ id }) => ({ kind: 'dispatch', jobId: id }) as const));
  } catch (error) {
    deps.log.error('dispatches could not be sent; the reconciler will', { jobs: jobs.length, error: `${error}` });
  }
}

function mismatch(): Error {
  return problem(
    'idempotency-mismatch',
    'This Idempotency-Key was used before with another body; nothing was submitted. Use a new key for a new request.',
  );
}
