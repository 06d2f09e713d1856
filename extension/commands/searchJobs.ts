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
  let searches = 0;
  const search = async (text: string): Promise<void> => {
    const number = ++searches;
    const words = text.trim();
    const tell = (): void => {
      const count = vscode.l10n.t('{0} found', view.shownCount);
      input.title = words === '' ? vscode.l10n.t('Search Jobs') : `${vscode.l10n.t('Search Jobs')} · ${count}`;
    };
    await filter.searchFor(text);
    tell();
    input.busy = true;
    await view.findOlder(() => number === searches);
    if (number !== searches) return;
    input.busy = false;
    tell();
  };
  input.onDidChangeValue((text) => {
    clearTimeout(timer);
    timer = setTimeout(() => void search(text), TYPING_MS);
  });
  input.onDidAccept(() => {
    accepted = true;
    input.hide();
  });
  input.onDidHide(() => {
    clearTimeout(timer);
    if (accepted) void search(input.value);
    else {
      searches++;
      void filter.searchFor(before);
    }
    input.dispose();
  });
  input.show();
}
