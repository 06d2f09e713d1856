/** How the Jobs view is arranged: groups and order. */

import * as vscode from 'vscode';
import { GROUPINGS } from '../jobs/arrange/groups.ts';
import { ORDERS } from '../jobs/arrange/order.ts';
import { groupingText, orderText } from '../jobs/jobArrangement.ts';
import type { Services } from './services.ts';

/** Chooses how the jobs are grouped. */
export async function groupJobs({ arrangement }: Services): Promise<void> {
  const grouping = await choose(
    vscode.l10n.t('How should the jobs be grouped?'),
    GROUPINGS.map((name) => ({ label: groupingText(name), name, isCurrent: name === arrangement.grouping })),
  );
  if (grouping) await arrangement.group(grouping);
}

/** Chooses the order of the jobs. */
export async function sortJobs({ arrangement }: Services): Promise<void> {
  const order = await choose(
    vscode.l10n.t('In which order should the jobs stand?'),
    ORDERS.map((name) => ({ label: orderText(name), name, isCurrent: name === arrangement.order })),
  );
  if (order) await arrangement.sort(order);
}

async function choose<T>(
  placeHolder: string,
  choices: readonly { readonly label: string; readonly name: T; readonly isCurrent: boolean }[],
): Promise<T | undefined> {
  const items = choices.map(({ isCurrent, ...choice }) => ({
    ...choice,
    ...(isCurrent ? { description: vscode.l10n.t('current') } : {}),
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.name;
}
