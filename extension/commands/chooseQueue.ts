/** Finds out where a prediction is to wait; asks only where there is a choice. */

import * as vscode from 'vscode';
import type { QueueInfo } from '../../backend/api/job.ts';
import { join, UserError } from '../base/errors.ts';
import { QUEUE_MEMORY } from '../connection/queueMemory.ts';
import type { Services } from './services.ts';

/**
 * @param wanted the name of a queue that was chosen already
 * @returns the queue; undefined when the user gave up
 * @throws UserError when no engine is there
 */
export async function chooseQueue(
  { connection, memory }: Pick<Services, 'connection' | 'memory'>,
  wanted?: string,
): Promise<QueueInfo | undefined> {
  // An engine may have been installed since it was last looked for.
  if (connection.missingEngine) await connection.checkEngines(true);
  const queues = await connection.use((client) => client.queues());
  const open = queues.filter(({ available }) => available);
  const [only] = open;
  if (!only) throw noEngine(queues[0]);
  const chosen = open.find(({ name }) => name === wanted);
  if (chosen || open.length === 1) return chosen ?? only;
  const last = memory.get<string>(QUEUE_MEMORY);
  // The last choice comes first, so that Enter takes it.
  const sorted = [...open].sort((a, b) => Number(b.name === last) - Number(a.name === last));
  const items = sorted.map((queue) => ({
    label: queue.name,
    description: load(queue),
    detail: queue.description,
    queue,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Where should it run?'),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (picked) await memory.update(QUEUE_MEMORY, picked.queue.name);
  return picked?.queue;
}

function load({ running, waiting }: QueueInfo): string {
  if (running === undefined || waiting === undefined) return '';
  return vscode.l10n.t('{0} running, {1} waiting', running, waiting);
}

function noEngine(queue: QueueInfo | undefined): UserError {
  const install = {
    title: vscode.l10n.t('Install the Engine…'),
    run: () => vscode.commands.executeCommand('foldpad.installEngine'),
  };
  const reason = queue?.reason ?? vscode.l10n.t('The backend has no engine that is ready.');
  return new UserError(`${vscode.l10n.t('Nothing was submitted.')} ${join(reason, undefined)}`, [install]);
}
