/**
 * Whether somebody reads earlier lines of an output channel. VS Code scrolls a channel to its end with every line that
 * comes, unless the user has put the cursor into another line than the last; one who only turned the wheel would be
 * torn away from what they read.
 */

import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';

/** An editor that shows a line this near to the end is at the end. */
const NEAR_END = 2;

export class ScrolledBack extends Disposable {
  readonly #isOurs: (document: vscode.TextDocument) => boolean;
  readonly #moved = this._register(new vscode.EventEmitter<void>());
  /** The user has put the cursor above the last line: VS Code itself stays where they are. */
  #isLocked = false;

  /** @param isOurs whether a document is what the channel shows */
  constructor(isOurs: (document: vscode.TextDocument) => boolean) {
    super();
    this.#isOurs = isOurs;
    this._register(
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        if (isOurs(textEditor.document)) this.#moved.fire();
      }),
    );
    this._register(vscode.window.onDidChangeVisibleTextEditors(() => this.#moved.fire()));
    this._register(
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
        if (!isOurs(textEditor.document) || kind === undefined || kind === SELECTED_BY_PROGRAM) return;
        const last = textEditor.document.lineCount - 1;
        this.#isLocked = selections[0] !== undefined && selections[0].active.line !== last;
        this.#moved.fire();
      }),
    );
  }

  /** Resolves when new lines disturb nobody. @throws the signal's reason when it is aborted */
  async ended(signal: AbortSignal): Promise<void> {
    while (this.#isReading()) await this.#move(signal);
    signal.throwIfAborted();
  }

  #isReading(): boolean {
    const keeps = vscode.workspace.getConfiguration('output').get<boolean>('smartScroll.enabled', true);
    if (this.#isLocked && keeps) return false;
    const editors = vscode.window.visibleTextEditors.filter(({ document }) => this.#isOurs(document));
    return editors.length > 0 && !editors.some(showsEnd);
  }

  #move(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        listening.dispose();
        signal.removeEventListener('abort', aborted);
      };
      const aborted = (): void => {
        done();
        reject(signal.reason);
      };
      const listening = this.#moved.event(() => {
        done();
        resolve();
      });
      signal.addEventListener('abort', aborted, { once: true });
      if (signal.aborted) aborted();
    });
  }
}

const SELECTED_BY_PROGRAM = vscode.TextEditorSelectionChangeKind.Command;

/** Whether the last line of an editor's document can be seen, or nearly. */
export function showsEnd({ document, visibleRanges }: vscode.TextEditor): boolean {
  return (visibleRanges.at(-1)?.end.line ?? 0) >= document.lineCount - 1 - NEAR_END;
}
