/** What a person is told before a program's prediction is submitted. */

import * as vscode from 'vscode';
import type { Estimate } from '../../backend/api/job.ts';
import { costText, memoryText, minutesText } from '../fasta/editor/estimates.ts';
import type { PreparedPrediction } from './submission.ts';

/** Predictions that are listed one by one; the rest is counted. */
const LISTED = 10;

/** One line for each prediction: name, residues, queue, time, cost, memory. */
export function estimateLines(prepared: PreparedPrediction, estimates: readonly Estimate[]): readonly string[] {
  const lines = estimates.slice(0, LISTED).map((estimate) => {
    const facts = [
      vscode.l10n.t('{0} residues', estimate.length),
      estimate.queue,
      minutesText(estimate),
      costText(estimate, !prepared.mayCost),
      memoryText(estimate),
    ];
    return `${estimate.name}: ${facts.join(' · ')}`;
  });
  const rest = estimates.length - lines.length;
  const total = totalText(estimates);
  return [...lines, ...(rest > 0 ? [vscode.l10n.t('… and {0} more', rest)] : []), ...(total ? [total] : [])];
}

/** The likely cost of several together, where all have a price in the same currency. */
function totalText(estimates: readonly Estimate[]): string | undefined {
  const costs = estimates.flatMap(({ cost }) => cost ?? []);
  const [first] = costs;
  if (!first || costs.length < 2 || costs.length < estimates.length) return undefined;
  if (costs.some(({ currency }) => currency !== first.currency)) return undefined;
  const money = new Intl.NumberFormat(vscode.env.language, { style: 'currency', currency: first.currency });
  return vscode.l10n.t('Together: {0}', money.format(costs.reduce((sum, { likely }) => sum + likely, 0)));
}
