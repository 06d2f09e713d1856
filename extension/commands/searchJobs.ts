import * as vscode from 'vscode';
import type { Services } from './services.ts';

/** A key that is pressed soon after this long (ms) belongs to the same word. */
const TYPING_MS = 150;

/** Asks for words; the view shows the jobs that have them while one types. Escape brings back what was shown before. */
export function searchJobs({ filter, view }: Services): void {
  const before = filter.search;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Search Jobs');
  input.placeholder = vscode.l10n.t('Words of the name, comment, file, queue or sequence headers');
  input.prompt = vscode.l10n.t('Empty shows all jobs. The search stays until it is cleared.');
  input.value = before;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let accepted = false;
  const search = (text: string): void => {
    void filter.searchFor(text).then(() => {
      const count = vscode.l10n.t('{0} found', view.shownCount);
      input.title = text.trim() === '' ? vscode.l10n.t('Search Jobs') : `${vscode.l10n.t('Search Jobs')} · ${count}`;
    });
  };
  input.onDidChangeValue((text) => {
    clearTimeout(timer);
    timer = setTimeout(() => search(text), TYPING_MS);
  });
  input.onDidAccept(() => {
    accepted = true;
    input.hide();
  });
  input.onDidHide(() => {
    clearTimeout(timer);
    void filter.searchFor(accepted ? input.value : before);
    input.dispose();
  });
  input.show();
}
