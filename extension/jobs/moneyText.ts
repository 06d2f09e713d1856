/** Time and money of an estimate, and what a job has cost, in words. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import type { Forecast } from './jobNotes.ts';
import { roughDurationText } from './jobText.ts';

/** `46 min (29 min – 1 h 14 min)` */
export function minutesRangeText({ minutes }: Forecast): string {
  const text = (value: number): string => roughDurationText(value * 60_000);
  return `${text(minutes.likely)} (${text(minutes.low)} – ${text(minutes.high)})`;
}

/** `$2.67 ($1.67 – $4.27)` */
export function costRangeText(cost: NonNullable<Forecast['cost']>): string {
  const text = money(cost.currency);
  return `${text(cost.likely)} (${text(cost.low)} – ${text(cost.high)})`;
}

/** `$4.10`, or `at most $4.10` where the price is known only to be no higher. */
export function costText({ currency, amount, isAtMost }: NonNullable<Job['cost']>): string {
  const text = money(currency)(amount);
  return isAtMost ? vscode.l10n.t('at most {0}', text) : text;
}

function money(currency: string): (amount: number) => string {
  return (amount) => {
    // Below a cent, one digit that means something.
    const digits = amount > 0 && amount < 0.01 ? { maximumSignificantDigits: 1 } : {};
    return new Intl.NumberFormat(vscode.env.language, { style: 'currency', currency, ...digits }).format(amount);
  };
}
