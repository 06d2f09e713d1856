/** The queue that a prediction would go to now: the one chosen last, or the first that is open. */

import type * as vscode from 'vscode';
import type { QueueInfo } from '../../../backend/api/job.ts';
import type { Connection } from '../../connection/connection.ts';
import { readProfile } from '../../connection/profile.ts';
import { QUEUE_MEMORY } from '../../connection/queueMemory.ts';
import type { TargetRules } from '../document/targetRules.ts';

/** The queues that are open, when the backend has answered. */
export function openQueues({ state }: Connection): readonly QueueInfo[] {
  return state.kind === 'ready' ? state.queues.filter(({ available }) => available) : [];
}

/**
 * What the records are judged by. Without an answer of the backend: the engine of this machine, if it is the backend;
 * nothing is known of a remote one.
 */
export function rulesOf(connection: Connection, memory: vscode.Memento): TargetRules | undefined {
  const queues = connection.state.kind === 'ready' ? connection.state.queues : [];
  const open = openQueues(connection);
  const last = memory.get<string>(QUEUE_MEMORY);
  const queue = open.find(({ name }) => name === last) ?? open[0] ?? queues[0];
  if (queue) return { engine: queue.engine, queue };
  return readProfile().kind === 'local' ? { engine: 'homology' } : undefined;
}
