/** Why there is no connection, as the user is told. */

import * as vscode from 'vscode';
import { describeError, type ErrorAction, UserError } from '../base/errors.ts';
import { errorText } from '../base/said.ts';
import { BackendStartError } from './localBackend.ts';
import type { Profile } from './profiles.ts';
import { troubleOf } from './trouble.ts';
import { explainTrouble } from './troubleText.ts';

/** What kind of help is needed: with the program on this machine, with the way to another, or with its key. */
export type FailureKind = 'localFailed' | 'remoteUnreachable' | 'keyNeeded';

export interface ConnectionFailure {
  readonly failure: FailureKind;
  /** One sentence: what happened. */
  readonly reason: string;
  /** One sentence: what to do next. */
  readonly remedy: string;
}

/** A remote backend whose settings or key cannot be used. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
}

export function explainFailure(error: unknown, profile: Profile): ConnectionFailure {
  if (error instanceof ProfileError) {
    return { failure: 'keyNeeded', reason: error.message, remedy: vscode.l10n.t('Choose Connect to enter it.') };
  }
  if (profile.kind === 'remote') {
    const trouble = troubleOf(error);
    const failure = trouble === 'key-refused' ? 'keyNeeded' : 'remoteUnreachable';
    if (trouble) return { failure, ...explainTrouble(trouble, profile.url, { status: statusOf(error) }) };
    const remedy = vscode.l10n.t('Check the network and the address, then try again.');
    return { failure, reason: errorText(error), remedy };
  }
  return {
    failure: 'localFailed',
    reason: errorText(error),
    remedy: vscode.l10n.t('The log says more. Then try again.'),
  };
}

/** HTTP status of an answer that no Foldpad backend gives. */
function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** The error for whoever needed the connection, with the buttons that help. */
export function failureError(failure: ConnectionFailure, showLog: () => void, cause: unknown): UserError {
  const log: ErrorAction = { title: vscode.l10n.t('Show Log'), run: showLog };
  const action = (title: string, command: string): ErrorAction => ({
    title,
    run: () => vscode.commands.executeCommand(command),
  });
  const first =
    failure.failure === 'keyNeeded'
      ? action(vscode.l10n.t('Connect…'), 'foldpad.connectBackend')
      : action(vscode.l10n.t('Try Again'), 'foldpad.retryConnection');
  return new UserError(`${failure.reason} ${failure.remedy}`, [first, log], { cause });
}

/** Everything that is known of a failure, for the log. Never holds a key. */
export function failureStory(error: unknown, logFile: string): string {
  const lastWords = error instanceof BackendStartError ? error.lastWords : '';
  const words = lastWords ? `\nLast lines of ${logFile}:\n${lastWords}` : '';
  return `Not connected: ${describeError(error)}${words}`;
}
