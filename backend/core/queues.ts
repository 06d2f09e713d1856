import type { QueueInfo } from '../api/job.ts';
import { nearestWord } from '../api/nearest.ts';
import { type ProblemDetail, type ProblemError, problem } from '../api/problem.ts';
import type { CoreDeps, Policy } from './deps.ts';

/** The queue that serves a request, or what is wrong with the one asked for. */
export type QueueChoice =
  | { readonly kind: 'queue'; readonly queue: QueueInfo; readonly warnings: readonly string[] }
  | { readonly kind: 'mistake'; readonly detail: ProblemDetail };

/** The queues with all that can be found out about them now: whether they work, what runs and waits in them. */
export function inspectQueues({ scheduler }: Pick<CoreDeps, 'scheduler'>): Promise<readonly QueueInfo[]> {
  return scheduler.inspectQueues ? scheduler.inspectQueues() : scheduler.queues();
}

/** Finds the queue that was asked for by name or alias (letter case does not matter), or the default one. */
export function chooseQueue(asked: string | undefined, queues: readonly QueueInfo[], policy: Policy): QueueChoice {
  const name = asked ?? policy.defaultQueue;
  const list = queues.map((queue) => queue.name).join(', ');
  if (name === undefined) {
    return mistake('is missing', `Name the queue. There are: ${list}.`);
  }
  const lower = name.toLowerCase();
  const exact = queues.find((queue) => queue.name.toLowerCase() === lower);
  if (exact) return { kind: 'queue', queue: exact, warnings: [] };
  const other = queues.find((queue) => queue.aliases.some((alias) => alias.toLowerCase() === lower));
  if (other) return { kind: 'queue', queue: other, warnings: [aliasWarning(name, other, policy)] };
  const meant = nearestWord(
    name,
    queues.flatMap((queue) => [queue.name, ...queue.aliases]),
  );
  return mistake(
    `there is no queue ${JSON.stringify(name)}${meant ? ` (did you mean ${meant}?)` : ''}`,
    `Choose one of: ${list}. GET /queues describes them.`,
  );
}

/** The error when a queue cannot take jobs now, with its own remedy. */
export function queueUnavailable(queue: QueueInfo): ProblemError {
  const reason = (queue.reason ?? 'no reason is known').replace(/\.$/, '');
  return problem(
    'unavailable',
    `The ${queue.engine} engine of queue ${queue.name} is not available: ${reason}. ${queue.remedy ?? 'Try again later.'}`,
  );
}

function mistake(message: string, remedy: string): QueueChoice {
  return { kind: 'mistake', detail: { field: 'que', message, remedy, code: 'unknown-queue' } };
}

function aliasWarning(asked: string, queue: QueueInfo, policy: Policy): string {
  const where = policy.backend === 'local' ? 'On this machine' : 'Here';
  return `${where} the queue ${asked} is served by ${queue.name} (${queue.description.replace(/\.$/, '')}).`;
}
