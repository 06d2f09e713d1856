/** What has been predicted already is offered before it is predicted, and perhaps paid for, again. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import type { Services } from '../commands/services.ts';
import { confidenceText, engineText, statusText, timeText } from '../jobs/jobText.ts';

/** `opened`: the user took what is there. `undefined`: gave up. */
type KnownAnswer = 'all' | 'new' | 'opened' | undefined;

/**
 * @param known what is known of each target; undefined for those never predicted
 * @returns what to predict; `all` without a question when nothing is known
 */
export async function offerKnown(
  { view }: Pick<Services, 'view'>,
  known: readonly (Job | undefined)[],
): Promise<KnownAnswer> {
  const jobs = known.flatMap((job) => job ?? []);
  const [job] = jobs;
  if (!job) return 'all';
  const items = known.length === 1 ? itemsOfOne(job) : itemsOfMany(jobs.length, known.length);
  const title =
    known.length === 1
      ? vscode.l10n.t('This sequence has been predicted already')
      : vscode.l10n.t('Predicted already: {0} of {1} sequences', jobs.length, known.length);
  const picked = await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true });
  if (picked?.answer !== 'opened') return picked?.answer;
  if (known.length === 1 && job.status === 'SUCCEEDED') {
    await vscode.commands.executeCommand('foldpad.openStructure', job.id);
  } else await view.reveal(job.id);
  return 'opened';
}

interface KnownItem extends vscode.QuickPickItem {
  readonly answer: Exclude<KnownAnswer, undefined>;
}

function itemsOfOne(job: Job): KnownItem[] {
  const done = job.status === 'SUCCEEDED';
  const facts = [
    job.name,
    done && job.result ? confidenceText(job.result) : statusText(job.status),
    timeText(job.endedAt ?? job.createdAt),
    engineText(job.engine),
  ];
  return [
    {
      label: done
        ? vscode.l10n.t('$(eye) Open the structure')
        : vscode.l10n.t('$(eye) Show the prediction that is on its way'),
      detail: facts.join(' · '),
      answer: 'opened',
    },
    { label: vscode.l10n.t('$(play) Predict again'), answer: 'all' },
  ];
}

function itemsOfMany(known: number, all: number): KnownItem[] {
  const onlyNew: KnownItem = {
    label: vscode.l10n.t('$(filter) Only what has not been predicted yet ({0})', all - known),
    answer: 'new',
  };
  const show: KnownItem = { label: vscode.l10n.t('$(eye) Show them in the Jobs view'), answer: 'opened' };
  return [known < all ? onlyNew : show, { label: vscode.l10n.t('$(play) Predict all {0}', all), answer: 'all' }];
}
