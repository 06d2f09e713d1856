/** What is wrong with a backend elsewhere, and what to do, in plain words. */

import * as vscode from 'vscode';
import type { Trouble } from './trouble.ts';

export interface Explanation {
  /** One sentence: what happened. */
  readonly reason: string;
  /** What to do next. */
  readonly remedy: string;
}

/** What is known beside the trouble itself. */
export interface TroubleDetails {
  /** HTTP status of what answered. */
  readonly status?: number | undefined;
  /** Version of the backend. */
  readonly version?: string | undefined;
}

/** @param url address of the endpoint */
export function explainTrouble(trouble: Trouble, url: string, details: TroubleDetails = {}): Explanation {
  const host = URL.parse(url)?.host ?? url;
  switch (trouble) {
    case 'unknown-name':
      return {
        reason: vscode.l10n.t('No server is called {0}.', host),
        remedy: vscode.l10n.t(
          'Check the address for a typing error. An address inside a private network needs its VPN.',
        ),
      };
    case 'no-network':
      return {
        reason: vscode.l10n.t('{0} cannot be reached from this machine.', host),
        remedy: vscode.l10n.t('Check your network, VPN and proxy, then try again.'),
      };
    case 'refused':
      return {
        reason: vscode.l10n.t('Nothing listens at {0}.', host),
        remedy: vscode.l10n.t('Check host and port of the address, and whether the backend is running.'),
      };
    case 'timeout':
      return {
        reason: vscode.l10n.t('{0} did not answer in time.', host),
        remedy: vscode.l10n.t('Check the address, and whether a firewall or VPN stands in between. Then try again.'),
      };
    case 'certificate':
      return {
        reason: vscode.l10n.t('No secure connection to {0} could be made: its certificate is not trusted here.', host),
        remedy: vscode.l10n.t(
          'Ask whoever runs the backend about its certificate. The key was not sent. A certificate of your own organization must be installed on this machine.',
        ),
      };
    case 'no-tls':
      return {
        reason: vscode.l10n.t('No secure connection to {0} could be made: it does not speak https.', host),
        remedy: vscode.l10n.t('Check host and port of the address. The key was not sent.'),
      };
    case 'broken-off':
      return {
        reason: vscode.l10n.t('{0} ended the connection without an answer.', host),
        remedy: vscode.l10n.t('Check that the address begins with the right http:// or https://, then try again.'),
      };
    case 'key-refused':
      return {
        reason: vscode.l10n.t('{0} does not accept the key.', host),
        remedy: vscode.l10n.t(
          'Enter the key again, whole and without spaces. If it was revoked, ask whoever runs the backend for a new one.',
        ),
      };
    case 'not-foldpad':
      return {
        reason:
          details.status === undefined
            ? vscode.l10n.t('What answers at {0} is not a Foldpad backend.', url)
            : vscode.l10n.t('What answers at {0} is not a Foldpad backend (status {1}).', url, details.status),
        remedy: vscode.l10n.t(
          'Check the address: it must be whole, with the path or stage at its end if it has one, as the deployment printed it.',
        ),
      };
    case 'too-new':
      return {
        reason: vscode.l10n.t('The backend is newer ({0}) than this extension.', details.version ?? '?'),
        remedy: vscode.l10n.t('Update the Foldpad extension.'),
      };
    case 'too-old':
      return {
        reason: vscode.l10n.t('The backend is older ({0}) than this extension.', details.version ?? '?'),
        remedy: vscode.l10n.t('Ask whoever runs the backend to deploy the current version.'),
      };
    case 'overloaded':
      return {
        reason: vscode.l10n.t('{0} has more to do than it can take now.', host),
        remedy: vscode.l10n.t('Try again in a minute.'),
      };
    case 'server-error':
      return {
        reason: vscode.l10n.t('{0} answered that something went wrong there.', host),
        remedy: vscode.l10n.t('Try again. If it stays so, ask whoever runs the backend to look into its logs.'),
      };
  }
}
