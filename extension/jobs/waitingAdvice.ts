/** Why a job waits, and what one can do about it. Reasons are recognised by what the backends are known to say. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { said } from '../base/said.ts';

export interface WaitingAdvice {
  /** Why it waits, in the user's language where the reason is known; else in the backend's words. */
  readonly reason: string;
  /** What to do; undefined where there is nothing to do but wait. */
  readonly remedy?: string;
  /** What the remedy's row does when it is chosen. */
  readonly command?: vscode.Command;
  /** It will not end by itself. */
  readonly isStuck: boolean;
}

type Explain = (found: RegExpExecArray, job: Job) => Omit<WaitingAdvice, 'isStuck'> & { readonly isStuck?: boolean };

const KNOWN: readonly (readonly [RegExp, Explain])[] = [
  [/free (?:CPU )?slot: (\d+) of (\d+) busy(?:, (\d+) jobs? ahead)?/i, slots],
  [/has no .* to give in this region|INSUFFICIENT_INSTANCE_CAPACITY/i, capacity],
  [/quota for/i, quota],
  [/no machine of queue .* is large enough|may not grow as large/i, tooLarge],
  [/lacks permissions|not valid\. tell the operator/i, operator],
  [/machine of attempt (\d+) was lost or taken back/i, takenBack],
  [/waiting for a free machine/i, machine],
  [
    /machine is being made ready|starting soon/i,
    () => ({ reason: vscode.l10n.t('Starting: the machine is being made ready') }),
  ],
  [/waiting for an earlier (?:run|step)/i, () => ({ reason: vscode.l10n.t('Waiting for the step before it') })],
  [
    /handed to the scheduler/i,
    () => ({ reason: vscode.l10n.t('Waiting to be handed over; this takes a few seconds') }),
  ],
  [/running step to stop/i, () => ({ reason: vscode.l10n.t('Waiting for the running step to stop') })],
];

/** @returns undefined when the job does not wait, or says nothing about it */
export function waitingAdvice(job: Job): WaitingAdvice | undefined {
  const { status, statusReason } = job;
  const waits = ['QUEUED', 'SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'CANCELLING'].includes(status);
  if (!waits || statusReason === undefined) return undefined;
  for (const [pattern, explain] of KNOWN) {
    const found = pattern.exec(statusReason);
    if (found) return { isStuck: false, ...explain(found, job) };
  }
  return { reason: said(statusReason), isStuck: false };
}

function slots([, busy = '', all = '', ahead]: RegExpExecArray): ReturnType<Explain> {
  return {
    reason:
      ahead === undefined
        ? vscode.l10n.t('Waiting, next in line: {0} of {1} places of this machine are taken', busy, all)
        : vscode.l10n.t('Waiting, {2} ahead: {0} of {1} places of this machine are taken', busy, all, ahead),
    remedy: vscode.l10n.t('It starts by itself. A machine with more cores can run more of them at once…'),
    command: {
      command: 'workbench.action.openSettings',
      title: vscode.l10n.t('Open Settings'),
      arguments: ['foldpad.local.simultaneousPredictions'],
    },
  };
}

function capacity(_found: RegExpExecArray, { queue }: Job): ReturnType<Explain> {
  return {
    reason: vscode.l10n.t(
      'Waiting: AWS has no free machine for queue {0} in this region now; it keeps being asked',
      queue,
    ),
    remedy: vscode.l10n.t('To wait less, cancel it and choose another queue.'),
  };
}

function quota(_found: RegExpExecArray, { queue }: Job): ReturnType<Explain> {
  return {
    reason: vscode.l10n.t(
      'Waiting: the AWS account may not start more machines for queue {0}, its quota is used up',
      queue,
    ),
    remedy: vscode.l10n.t('Ask whoever runs the backend for a higher quota, or cancel it and choose another queue.'),
    isStuck: true,
  };
}

function tooLarge(_found: RegExpExecArray, { queue }: Job): ReturnType<Explain> {
  return {
    reason: vscode.l10n.t('Stuck: the job asks for more than the machines of queue {0} have', queue),
    remedy: vscode.l10n.t('Cancel it, and ask for fewer GPUs or choose a larger queue.'),
    isStuck: true,
  };
}

function operator(_found: RegExpExecArray, { queue }: Job): ReturnType<Explain> {
  return {
    reason: vscode.l10n.t('Stuck: queue {0} is set up wrongly and cannot start machines', queue),
    remedy: vscode.l10n.t('Tell whoever runs the backend; “npm run doctor:backend” says what is wrong.'),
    isStuck: true,
  };
}

function takenBack([, attempt = '']: RegExpExecArray): ReturnType<Explain> {
  return {
    reason: vscode.l10n.t('Waiting: AWS took back the machine of attempt {0}; finished models are kept', attempt),
    remedy: vscode.l10n.t('It goes on by itself as soon as there is another machine.'),
  };
}

function machine(_found: RegExpExecArray, { queue }: Job): ReturnType<Explain> {
  return {
    reason: vscode.l10n.t('Waiting for a free machine of queue {0}; starting one takes a few minutes', queue),
  };
}
