/** Tells once why the jobs cannot be shown, to who looks at them and does not know: not at every attempt and window. */

import type * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { describeError } from '../base/errors.ts';
import { showError } from '../base/showError.ts';
import type { JobStore } from './jobStore.ts';

export class FailureTeller extends Disposable {
  /** What was told last; forgotten when all is well again. */
  #told: string | undefined;

  constructor(store: JobStore, isNews: () => boolean, log: vscode.LogOutputChannel) {
    super();
    this._register(
      store.onDidChangeState((state) => {
        if (state.kind !== 'stale') this.#told = undefined;
        else if (isNews() && describeError(state.error) !== this.#told) {
          this.#told = describeError(state.error);
          showError(state.error, log);
        }
      }),
    );
  }
}
