/** Tests an endpoint while the user sees that it is being tested, and tells what is wrong and what can be done. */

import * as vscode from 'vscode';
import { describeError, isCancellation, join } from '../../base/errors.ts';
import type { Services } from '../../commands/services.ts';
import { type BadEndpoint, type Probed, probe } from '../probe.ts';
import { isUnreachable } from '../trouble.ts';
import { explainTrouble } from '../troubleText.ts';

/** What the user wants to do about an endpoint that did not pass. */
export type NextStep = 'address' | 'key' | 'again' | 'keep' | undefined;

/** @returns undefined when the user stopped it */
export async function testEndpoint(
  { version }: Pick<Services, 'version'>,
  url: string,
  key: string,
): Promise<Probed | undefined> {
  const title = vscode.l10n.t('Trying {0}', url);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (_progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    try {
      return await probe({ url, key, version, userAgent: `foldpad-vscode/${version}`, signal: abort.signal });
    } catch (error) {
      if (isCancellation(error)) return undefined;
      throw error;
    }
  });
}

/** Says what is wrong, and asks what to do. What has been typed so far is not lost by any answer. */
export async function askAfterFailure(
  { log }: Pick<Services, 'log'>,
  url: string,
  bad: BadEndpoint,
  canEditAddress: boolean,
): Promise<NextStep> {
  const { reason, remedy } = explainTrouble(bad.trouble, url, bad);
  log.warn(`${url}: ${bad.trouble}${bad.cause === undefined ? '' : ` (${describeError(bad.cause)})`}`);
  const steps = new Map<string, NextStep>();
  const offer = (title: string, step: NextStep) => steps.set(title, step);
  const address = () => {
    if (canEditAddress) offer(vscode.l10n.t('Edit Address'), 'address');
  };
  const again = () => offer(vscode.l10n.t('Try Again'), 'again');
  // The most likely way on comes first.
  if (bad.trouble === 'key-refused') {
    offer(vscode.l10n.t('Edit Key'), 'key');
    address();
  } else if (bad.trouble === 'overloaded' || bad.trouble === 'server-error' || bad.trouble === 'no-network') {
    again();
    address();
  } else {
    address();
    again();
  }
  // A backend of another version, or one that is away for now, may be wanted all the same; a wrong key is not.
  const isOfOtherVersion = bad.trouble === 'too-new' || bad.trouble === 'too-old';
  if (isUnreachable(bad.trouble) || isOfOtherVersion) offer(vscode.l10n.t('Keep Anyway'), 'keep');
  const detail = join(remedy, vscode.l10n.t('Nothing has been changed yet.'));
  const chosen = await vscode.window.showWarningMessage(reason, { modal: true, detail }, ...steps.keys());
  return chosen === undefined ? undefined : steps.get(chosen);
}
