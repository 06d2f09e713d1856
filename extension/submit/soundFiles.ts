/** Several files at once: one that cannot be predicted does not stop the others, if the user agrees. */

import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';
import { type FastaInput, fileName, readFastaInputs } from '../fasta/fastaInputs.ts';

/** Reading fewer files is over before anybody looks. */
const FEW_FILES = 20;
/** Mistakes that the question names. */
const MOST_NAMED = 5;

interface Refused {
  readonly uri: vscode.Uri;
  readonly error: UserError;
}

/**
 * Reads files, and asks whether to go on without those that have mistakes.
 * @returns those to predict; empty when the user gave up
 * @throws UserError when none can be predicted
 */
export async function readSoundFiles(uris: readonly vscode.Uri[]): Promise<readonly FastaInput[]> {
  if (uris.length <= FEW_FILES) return soundOf(uris, readOne, (uri) => uri);
  const title = vscode.l10n.t('Reading {0} FASTA files', uris.length);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, cancel) =>
    soundOf(
      uris,
      (uri) => {
        if (cancel.isCancellationRequested) throw new vscode.CancellationError();
        return readOne(uri);
      },
      (uri) => uri,
    ),
  );
}

/** The same for files that were read, and are checked for what is to be done with them. */
export function onlySound(
  inputs: readonly FastaInput[],
  check: (input: FastaInput) => void,
): Promise<readonly FastaInput[]> {
  return soundOf(
    inputs,
    async (input) => {
      check(input);
      return input;
    },
    ({ uri }) => uri,
  );
}

async function readOne(uri: vscode.Uri): Promise<FastaInput | undefined> {
  return (await readFastaInputs([uri]))[0];
}

async function soundOf<T>(
  given: readonly T[],
  take: (item: T) => Promise<FastaInput | undefined>,
  uriOf: (item: T) => vscode.Uri,
): Promise<readonly FastaInput[]> {
  const sound: FastaInput[] = [];
  const refused: Refused[] = [];
  for (const item of given) {
    try {
      const input = await take(item);
      if (input) sound.push(input);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push({ uri: uriOf(item), error });
    }
  }
  const [first] = refused;
  if (!first) return sound;
  if (given.length === 1) throw first.error;
  if (sound.length === 0) {
    const text = vscode.l10n.t('None of the {0} files can be predicted. The first:', given.length);
    throw new UserError(`${text} ${first.error.message}`, first.error.actions, { cause: first.error });
  }
  return (await goOnWithout(refused, sound.length)) ? sound : [];
}

async function goOnWithout(refused: readonly Refused[], others: number): Promise<boolean> {
  const go = vscode.l10n.t('Predict the Other {0}', others);
  const look = vscode.l10n.t('Show the First Mistake');
  const [action] = refused[0]?.error.actions ?? [];
  const named = refused.slice(0, MOST_NAMED).map(({ uri, error }) => sentenceAbout(uri, error));
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} of {1} files cannot be predicted.', refused.length, refused.length + others),
    { modal: true, detail: [...named, ...(refused.length > MOST_NAMED ? ['…'] : [])].join('\n') },
    go,
    ...(action ? [look] : []),
  );
  if (answer === look) await action?.run();
  return answer === go;
}

/** Most errors begin with the file's name; the others are given it. */
function sentenceAbout(uri: vscode.Uri, { message }: UserError): string {
  const name = fileName(uri);
  return message.startsWith(name) ? message : `${name}: ${message}`;
}
