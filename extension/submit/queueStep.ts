/** Asks where predictions are to run: each queue with what it would take, and why one cannot be chosen. */

import * as vscode from 'vscode';
import type { FastaMode } from '../../backend/api/fasta/types.ts';
import type { QueueInfo } from '../../backend/api/job.ts';
import { join } from '../base/errors.ts';
import { said } from '../base/said.ts';
import { engineText } from '../jobs/jobText.ts';
import { cautionText, type Forecasted, forecastText } from './planning.ts';
import type { StepItem } from './quickStep.ts';
import { openQueues } from './steps.ts';

/** The open queues first, of these the one of last time. */
export function sortQueues(
  queues: readonly QueueInfo[],
  mode: FastaMode,
  last: string | undefined,
): readonly QueueInfo[] {
  const open = openQueues(queues, mode);
  const rank = (queue: QueueInfo): number => (open.includes(queue) ? (queue.name === last ? 0 : 1) : 2);
  return [...queues].sort((a, b) => rank(a) - rank(b));
}

/** @param forecast what the backend says of the predictions there; absent while it has not answered */
export function queueItem(
  queue: QueueInfo,
  mode: FastaMode,
  forecast: Forecasted | undefined,
  isLocal: boolean,
): StepItem<QueueInfo> {
  const about = [engineText(queue.engine), load(queue), said(queue.description)].filter(Boolean).join(' · ');
  if (!openQueues([queue], mode).includes(queue)) {
    const reason = queue.available
      ? vscode.l10n.t('Homology modelling predicts one chain at a time.')
      : join(queue.reason ? said(queue.reason) : vscode.l10n.t('It is not available now.'), said(queue.remedy ?? ''));
    return { label: `$(circle-slash) ${queue.name}`, description: reason, detail: about, closed: reason };
  }
  if (!forecast) {
    return { label: queue.name, description: vscode.l10n.t('estimating…'), detail: about, value: queue };
  }
  const description = forecastText(forecast, isLocal);
  if ('refusal' in forecast) {
    return { label: `$(error) ${queue.name}`, description, detail: about, closed: forecast.refusal };
  }
  const tight = forecast.estimate.memory.verdict !== 'fits';
  const caution = tight ? cautionText(forecast) : '';
  return {
    label: tight ? `$(warning) ${queue.name}` : queue.name,
    description,
    detail: [about, caution].filter(Boolean).join(' · '),
    value: queue,
  };
}

function load({ running, waiting }: QueueInfo): string {
  if (running === undefined || waiting === undefined) return '';
  return vscode.l10n.t('{0} running, {1} waiting', running, waiting);
}
