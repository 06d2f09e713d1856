/**
 * What AWS Batch says about a job, in words for people: why it waits, why it failed, what to do. Pure.
 *
 * Batch's own words: user guide, "Jobs stuck in a RUNNABLE status" and the API's JobDetail; ECS's for containers: "Amazon
 * ECS stopped tasks error messages".
 */
import { EXIT } from '../api/runner.ts';
import { DEPENDENCY_FAILED } from '../core/ports.ts';

/** Batch's words when an instance went away under a job: a Spot instance taken back, or a broken machine. */
const HOST_LOST = /^Host EC2/i;
/** Exit code of a process that was killed (128 + SIGKILL): the kernel's answer to a container over its memory limit. */
const KILLED = 137;

interface Explanation {
  readonly pattern: RegExp;
  readonly code: string;
  /** @param queue its name @param machines its instance types */
  readonly words: (queue: string, machines: string) => string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /INSUFFICIENT_INSTANCE_CAPACITY/,
    code: 'no-capacity',
    words: (queue, machines) =>
      `AWS has no ${machines} to give in this region at the moment (queue ${queue}); it is asked again and again. If you would rather not wait, cancel the job and choose another queue`,
  },
  {
    pattern: /limit exceeded|LimitExceeded|vCPU limit|quota/i,
    code: 'no-capacity',
    words: (queue, machines) =>
      `The account's quota for ${machines} (queue ${queue}) is used up or 0. The operator can ask AWS for more: npm run doctor:backend says for what`,
  },
  {
    pattern: /COMPUTE_ENVIRONMENT_MAX_RESOURCE/,
    code: 'misconfigured',
    words: (queue) =>
      `Queue ${queue} may not grow as large as this job needs. Ask for fewer GPUs, or have the operator raise the queue's limit of vCPUs`,
  },
  {
    pattern: /JOB_RESOURCE_REQUIREMENT/,
    code: 'misconfigured',
    words: (queue, machines) =>
      `No machine of queue ${queue} (${machines}) is large enough for this job. Cancel it, and ask for fewer GPUs or choose a larger queue`,
  },
  {
    pattern: /SERVICE_ROLE_PERMISSIONS/,
    code: 'misconfigured',
    words: (queue) =>
      `AWS Batch may not start machines for queue ${queue}: its role lacks permissions. Tell the operator: npm run doctor:backend says what is wrong`,
  },
  {
    pattern: /ACTION_REQUIRED|\bINVALID\b|are invalid/,
    code: 'misconfigured',
    words: (queue) =>
      `Queue ${queue} cannot start machines: its compute environment is not valid. Tell the operator: npm run doctor:backend says what is wrong`,
  },
];

function explain(reason: string): Explanation | undefined {
  return EXPLANATIONS.find(({ pattern }) => pattern.test(reason));
}

/**
 * Why a job waits in RUNNABLE.
 *
 * @param said Batch's `statusReason`, if any
 * @param lost how many attempts were lost before this one
 */
export function waitingReason(said: string | undefined, queue: string, machines: string, lost: number): string {
  const known = said === undefined ? undefined : explain(said);
  if (known) return `${known.words(queue, machines)}.`;
  const anew = lost > 0 ? `The machine of attempt ${lost} was lost or taken back by AWS; the run starts anew. ` : '';
  const why = said === undefined || HOST_LOST.test(said) ? '' : ` (${said.replace(/\.$/, '')})`;
  return `${anew}Waiting for a free machine of queue ${queue}${why}; starting one takes a few minutes.`;
}

/** How a Batch job failed, as Batch tells it. */
export interface BatchFailure {
  readonly statusReason?: string | undefined;
  /** What ECS says of the last attempt's container. */
  readonly containerReason?: string | undefined;
  readonly exitCode?: number | undefined;
  /** Somebody ended it. */
  readonly isEndedOnRequest: boolean;
  readonly timeoutSeconds?: number | undefined;
}

export interface ExplainedFailure {
  readonly reason: string;
  /** See `RunObservation.failureCode`. */
  readonly code?: string;
}

/** Why a job failed for good; tells time limit, memory, lost machines and the engine's own end apart. */
export function failureReason(failure: BatchFailure, queue: string, machines: string): ExplainedFailure {
  const { statusReason = '', containerReason = '', exitCode } = failure;
  if (/duration exceeded timeout/i.test(statusReason)) {
    return { code: 'timeout', reason: `it was ended at its time limit${limitOf(failure.timeoutSeconds)}` };
  }
  if (/JobStateTimeLimit/.test(statusReason)) {
    const known = explain(statusReason);
    return {
      code: known?.code ?? 'no-capacity',
      reason: `it waited too long for a machine and was given up. ${known ? known.words(queue, machines) : statusReason}`,
    };
  }
  if (failure.isEndedOnRequest) return { reason: statusReason || 'it was ended on request' };
  if (/depend/i.test(statusReason)) return { code: DEPENDENCY_FAILED, reason: 'an earlier step has failed' };
  if (HOST_LOST.test(statusReason)) {
    return { code: 'machine-lost', reason: 'its machine was lost or taken back by AWS, in every attempt' };
  }
  if (/OutOfMemory/i.test(containerReason) || exitCode === KILLED) {
    return { code: 'out-of-memory', reason: 'it needed more memory than it had asked for and was stopped' };
  }
  if (/CannotPull|ImageNotFound|manifest.*not found/i.test(containerReason)) {
    return { code: 'image-missing', reason: `its container image could not be fetched (${containerReason})` };
  }
  return ownEnd(statusReason, containerReason, exitCode);
}

function ownEnd(statusReason: string, containerReason: string, exitCode: number | undefined): ExplainedFailure {
  if (exitCode === EXIT.cannotPredict) return { reason: 'the engine cannot predict this target (exit code 3)' };
  if (exitCode !== undefined) return { reason: `its program ended with exit code ${exitCode}` };
  const said = [statusReason, containerReason].filter(Boolean).join(': ');
  return { code: 'misconfigured', reason: `its container could not be started (${said || 'no reason was given'})` };
}

function limitOf(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return seconds >= 3600
    ? ` of ${Math.round(seconds / 360) / 10} hours`
    : ` of ${Math.round(seconds / 6) / 10} minutes`;
}
