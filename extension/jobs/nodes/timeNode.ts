/** How long a job has taken and may still take, and what it costs, beside what was estimated. */

import * as vscode from 'vscode';
import { isLive } from '../../../backend/api/job.ts';
import { jobTimes } from '../jobForecast.ts';
import type { Forecast } from '../jobNotes.ts';
import { durationText } from '../jobText.ts';
import { costRangeText, costText, minutesRangeText } from '../moneyText.ts';
import { DetailNode } from './detailNode.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';

export function timeNodes(parent: JobRow, forecast: Forecast | undefined): JobsNode[] {
  return [timeNode(parent, forecast), costNode(parent, forecast)].filter((node) => node !== undefined);
}

function timeNode(parent: JobRow, forecast: Forecast | undefined): JobsNode | undefined {
  const { job } = parent;
  const { sinceCreated, elapsed, remaining, isLate } = jobTimes(job, forecast, Date.now());
  const estimated = forecast && vscode.l10n.t('estimated {0}', minutesRangeText(forecast));
  if (elapsed === undefined) {
    if (!isLive(job.status)) return undefined;
    const waited = vscode.l10n.t('waiting for {0}', durationText(sinceCreated));
    return detail(parent, 'time', vscode.l10n.t('Time'), [waited, estimated], 'clock');
  }
  const words = [
    durationText(elapsed),
    remaining === undefined ? undefined : vscode.l10n.t('about {0} left', durationText(remaining)),
    isLate ? vscode.l10n.t('longer than estimated') : undefined,
    estimated,
  ];
  return detail(parent, 'time', vscode.l10n.t('Run time'), words, 'clock');
}

function costNode(parent: JobRow, forecast: Forecast | undefined): JobsNode | undefined {
  const { cost } = parent.job;
  const estimated = forecast?.cost && vscode.l10n.t('estimated {0}', costRangeText(forecast.cost));
  if (!cost && !estimated) return undefined;
  return detail(parent, 'cost', vscode.l10n.t('Cost'), [cost && costText(cost), estimated], 'credit-card');
}

function detail(
  parent: JobRow,
  name: string,
  label: string,
  words: readonly (string | undefined)[],
  icon: string,
): JobsNode {
  return new DetailNode(parent, name, label, words.filter(Boolean).join(' · '), icon);
}
