/** One question of several: a list or a line of text, with a way back and the number of the step. */

import * as vscode from 'vscode';

/** Where a question stands among the others. */
export interface Place {
  readonly step: number;
  readonly total: number;
}

export interface StepItem<T> extends vscode.QuickPickItem {
  /** What choosing it means; absent for separators. */
  readonly value?: T;
  /** Why it cannot be chosen; absent when it can. */
  readonly closed?: string;
}

export interface ListQuestion<T> {
  readonly title: string;
  readonly placeholder: string;
  readonly place?: Place | undefined;
  readonly canGoBack: boolean;
  readonly items: readonly StepItem<T>[];
  /** Offers a gear that takes the choice and then asks for more. */
  readonly offersMore?: boolean;
  /** Called when the list is shown; gives items anew as answers come in. Their order must stay. */
  fill?(show: (items: readonly StepItem<T>[]) => void): Promise<unknown>;
}

/** `undefined`: the user gave up. */
export type Answer<T> = { readonly value: T; readonly more: boolean } | 'back' | undefined;

export function askList<T>(question: ListQuestion<T>): Promise<Answer<T>> {
  const list = vscode.window.createQuickPick<StepItem<T>>();
  const more: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('settings-gear'),
    tooltip: vscode.l10n.t('More options…'),
  };
  list.title = question.title;
  list.placeholder = question.placeholder;
  list.ignoreFocusOut = true;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.keepScrollPosition = true;
  list.items = question.items;
  number(list, question.place);
  list.buttons = [
    ...(question.canGoBack ? [vscode.QuickInputButtons.Back] : []),
    ...(question.offersMore ? [more] : []),
  ];
  return new Promise((resolve, reject) => {
    let open = true;
    const close = (answer: Answer<T>): void => {
      resolve(answer);
      list.hide();
    };
    const take = (item: StepItem<T> | undefined, withMore: boolean): void => {
      if (!item) return;
      if (item.closed !== undefined) list.title = item.closed;
      else if (item.value !== undefined) close({ value: item.value, more: withMore });
    };
    list.onDidAccept(() => take(list.selectedItems[0], false));
    list.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) close('back');
      else take(list.activeItems[0], true);
    });
    list.onDidHide(() => {
      open = false;
      resolve(undefined);
      list.dispose();
    });
    list.show();
    if (!question.fill) return;
    list.busy = true;
    question
      .fill((items) => {
        if (open) replaceItems(list, items);
      })
      .catch((error: unknown) => {
        reject(error);
        if (open) list.hide();
      })
      .finally(() => {
        if (open) list.busy = false;
      });
  });
}

/** The row on which the user stands stays the same. */
function replaceItems<T>(list: vscode.QuickPick<StepItem<T>>, items: readonly StepItem<T>[]): void {
  const [active] = list.activeItems;
  const at = active ? list.items.indexOf(active) : -1;
  list.items = items;
  const same = items[at];
  if (same) list.activeItems = [same];
}

export interface LineQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value: string;
  /** Why a text cannot be taken; undefined when it can. */
  check?(text: string): string | undefined;
}

/** A line of text that belongs to a list: there is always a way back. */
export function askLine({ title, prompt, placeholder = '', value, check }: LineQuestion): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  Object.assign(input, { title, prompt, placeholder, value, ignoreFocusOut: true });
  input.buttons = [vscode.QuickInputButtons.Back];
  return new Promise((resolve) => {
    const close = (answer: Answer<string>): void => {
      resolve(answer);
      input.hide();
    };
    input.onDidChangeValue((text) => {
      input.validationMessage = check?.(text.trim());
    });
    input.onDidAccept(() => {
      const text = input.value.trim();
      const wrong = check?.(text);
      if (wrong === undefined) close({ value: text, more: false });
      else input.validationMessage = wrong;
    });
    input.onDidTriggerButton(() => close('back'));
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}

function number(input: vscode.QuickInput, place: Place | undefined): void {
  // A single question is not numbered.
  if (!place || place.total < 2) return;
  input.step = place.step;
  input.totalSteps = place.total;
}
