import * as vscode from 'vscode';
import { errorText } from '../base/said.ts';
import type { Services } from '../commands/services.ts';
import { profileName } from '../connection/profile.ts';
import { estimateLines } from './estimateText.ts';
import { estimatePrediction, type PreparedPrediction } from './submission.ts';

/** What a person is asked before predictions are submitted; an estimate that cannot be had is said to be missing. */
export async function questionDetail(
  services: Pick<Services, 'connection'>,
  prepared: PreparedPrediction,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  // Whose money it is.
  const where = prepared.mayCost ? [vscode.l10n.t('Backend: {0}', profileName(services.connection.profile))] : [];
  try {
    return [...where, ...estimateLines(prepared, await estimatePrediction(services, prepared, signal))];
  } catch (error) {
    signal?.throwIfAborted();
    return [...where, vscode.l10n.t('What it will take could not be estimated. {0}', errorText(error))];
  }
}

export function questionTitle({ requests }: PreparedPrediction): string {
  const [only] = requests;
  return only && requests.length === 1
    ? vscode.l10n.t('Predict the structure of {0}?', only.fasta)
    : vscode.l10n.t('Submit {0} predictions?', requests.length);
}

/** Asks whether another extension may spend money. */
export async function confirmSubmission(
  services: Pick<Services, 'connection'>,
  prepared: PreparedPrediction,
): Promise<boolean> {
  const detail = [
    vscode.l10n.t('Another extension asks for this. It may cost money.'),
    ...(await questionDetail(services, prepared)),
  ].join('\n');
  const yes = vscode.l10n.t('Submit');
  return (await vscode.window.showWarningMessage(questionTitle(prepared), { modal: true, detail }, yes)) === yes;
}
