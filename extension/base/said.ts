/** What a backend says, in the editor's language. */

import * as vscode from 'vscode';
import { describeError } from './errors.ts';
import { SentenceTranslator } from './sentences.ts';

/** One for each bundle; the editor has one bundle as long as it lives. */
const TRANSLATORS = new WeakMap<object, SentenceTranslator>();

/**
 * A reason, remedy, warning or description of the backend, in the editor's language where it is one that Foldpad's
 * backends are known to give. What is not known, such as the words of a program or of AWS, is left as it is.
 */
export function said(text: string): string {
  const { bundle } = vscode.l10n;
  if (!bundle) return text;
  let translator = TRANSLATORS.get(bundle);
  if (!translator) {
    translator = new SentenceTranslator(bundle);
    TRANSLATORS.set(bundle, translator);
  }
  return translator.say(text);
}

/** An error in a sentence for the user, in the editor's language. */
export function errorText(error: unknown): string {
  return describeError(error, said);
}
