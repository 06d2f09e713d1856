/** Asks where predictions are to run: each queue with what it would take, and why one cannot be chosen. */

import * as vscode from 'vscode';
import type { FastaMode } from '../../backend/api/fasta/types.ts';
import type { QueueInfo } from '../../backend/api/job.ts';
import { join } from '../base/errors.ts';
import { said } from '../base/said.ts';
import { engineText } from '../jobs/jobText.ts';
import { type Forecasted, shortForecastText } from './planning.ts';
import type { StepItem } from './quickStep.ts';
import { openQueues } from './steps.ts';

/** The open queues first, engine by engine, beginning with the one of last time. */
export function sortQueues(
  queues: readonly QueueInfo[],
  mode: FastaMode,
  last: string | undefined,
): readonly QueueInfo[] {
  const open = openQueues(queues, mode);
  const { engine } = open.find(({ name }) => name === last) ?? open[0] ?? {};
  const rank = (queue: QueueInfo): number => {
    if (!open.includes(queue)) return 3;
    if (queue.name === last) return 0;
    return queue.engine === engine ? 1 : 2;
  };
  return [...queues].sort((a, b) => rank(a) - rank(b));
}

/**
 * The rows of the question, under a heading for each engine.
 * @param queues sorted
 * @param forecasts what the backend says of the predictions in each; those that it has not answered for are absent
 */
export function queueItems(
  queues: readonly QueueInfo[],
  mode: FastaMode,
  forecasts: ReadonlyMap<QueueInfo, Forecasted>,
  isLocal: boolean,
): readonly StepItem<QueueInfo>[] {
  const heading = (queue: QueueInfo | undefined): string | undefined => {
    if (!queue) return undefined;
    return openQueues([queue], mode).length > 0 ? engineText(queue.engine) : vscode.l10n.t('Not available');
  };
  return queues.flatMap((queue, index) => {
    const item = queueItem(queue, mode, forecasts.get(queue), isLocal);
    const label = heading(queue);
    if (label === undefined || label === heading(queues[index - 1])) return [item];
    return [{ label, kind: vscode.QuickPickItemKind.Separator }, item];
  });
}

function queueItem(
  queue: QueueInfo,
  mode: FastaMode,
  forecast: Forecasted | undefined,
  isLocal: boolean,
): StepItem<QueueInfo> {
  const about = [queue.description, load(queue)].filter(Boolean).join(' · ');
  if (!queue.available) {
    const reason = said(queue.reason ?? vscode.l10n.t('It is not available now.'));
    const remedy = queue.remedy === undefined ? about : said(queue.remedy);
    return {
      label: `$(circle-slash) ${queue.name}`,
      description: reason,
      detail: remedy,
      closed: join(reason, remedy),
    };
  }
  if (openQueues([queue], mode).length === 0) {
    const reason = vscode.l10n.t('Homology modelling predicts one chain at a time.');
    return { label: `$(circle-slash) ${queue.name}`, description: reason, detail: about, closed: reason };
  }
  if (!forecast) {
    return { label: queue.name, description: vscode.l10n.t('estimating…'), detail: about, value: queue };
  }
  if ('refusal' in forecast) {
    const { refusal } = forecast;
    const description = vscode.l10n.t('does not take it');
    return { label: `$(error) ${queue.name}`, description, detail: refusal, closed: refusal };
  }
  const { estimate } = forecast;
  const tight = estimate.memory.verdict !== 'fits';
  return {
    label: tight ? `$(warning) ${queue.name}` : queue.name,
    description: shortForecastText(estimate, isLocal),
    detail: [tight ? said(estimate.memory.reason) : '', about].filter(Boolean).join(' · '),
    value: queue,
  };
}

function load({ running, waiting }: QueueInfo): string {
  if (running === undefined || waiting === undefined) return '';
  if (running === 0 && waiting === 0) return vscode.l10n.t('nothing waits');
  return vscode.l10n.t('{0} running, {1} waiting', running, waiting);
}
