/** Shows an error as a message with what can be done about it. */

import * as vscode from 'vscode';
import { UserError } from './errors.ts';
import { errorText } from './said.ts';

/** @param log offered for errors that bring no actions of their own */
export function showError(error: unknown, log: vscode.LogOutputChannel): void {
  const showLog = { title: vscode.l10n.t('Show Log'), run: () => log.show() };
  const actions = error instanceof UserError ? error.actions : [showLog];
  void vscode.window.showErrorMessage(errorText(error), ...actions.map(({ title }) => title)).then((chosen) => {
    return actions.find(({ title }) => title === chosen)?.run();
  });
}
