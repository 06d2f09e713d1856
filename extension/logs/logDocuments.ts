/**
 * Whole logs as read-only documents that grow while their jobs run. Each is read from its first line when it is opened
 * (also by a window that is reloaded) and followed until it is closed or has ended.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { isCancellation } from '../base/errors.ts';
import { said } from '../base/said.ts';
import type { Connection } from '../connection/connection.ts';
import { stageText } from '../jobs/progressText.ts';
import { followLog } from './followLog.ts';
import { LogText } from './logText.ts';
import { backendOfLog, jobIdOfLog, LOG_SCHEME } from './logUri.ts';
import { showsEnd } from './scrolledBack.ts';

/** New lines are drawn together, no more often than this (ms). */
const DRAW_MS = 700;

interface OpenLog {
  readonly text: LogText;
  readonly abort: AbortController;
  /** All that was there when it was opened has been read, or cannot be read now. */
  readonly ready: Promise<void>;
}

export class LogDocuments extends Disposable {
  readonly #connection: Connection;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  readonly #open = new Map<string, OpenLog>();
  /** Documents whose editors showed their end when new lines came. */
  readonly #following = new Set<string>();

  constructor(connection: Connection, log: vscode.LogOutputChannel) {
    super();
    this.#connection = connection;
    this.#log = log;
    this._register(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#close(uri)));
    // VS Code keeps a document that a command has opened for minutes after its tab was closed.
    this._register(
      vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
        for (const uri of closed.flatMap(logOf)) if (!isInTab(uri)) this.#close(uri);
        for (const uri of opened.flatMap(logOf)) if (!this.#open.has(uri.toString())) this.#changed.fire(uri);
      }),
    );
    this._register(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#scroll(document)));
    this._register({ dispose: () => this.#open.forEach(({ abort }) => void abort.abort()) });
  }

  /** A document's text has grown. */
  get onDidChange(): vscode.Event<vscode.Uri> {
    return this.#changed.event;
  }

  async content(uri: vscode.Uri): Promise<string> {
    const log = this.#open.get(uri.toString()) ?? this.#start(uri);
    await log.ready;
    return log.text.toString();
  }

  folds(uri: vscode.Uri): vscode.FoldingRange[] {
    const sections = this.#open.get(uri.toString())?.text.sections ?? [];
    return sections.map(({ firstLine, lastLine }) => new vscode.FoldingRange(firstLine, lastLine));
  }

  outline(uri: vscode.Uri): vscode.DocumentSymbol[] {
    const sections = this.#open.get(uri.toString())?.text.sections ?? [];
    return sections.map(({ stage, runId, firstLine, lastLine }) => {
      const all = new vscode.Range(firstLine, 0, lastLine, Number.MAX_SAFE_INTEGER);
      const heading = new vscode.Range(firstLine, 0, firstLine, 0);
      const name = stageText(stage, 'alphafold2');
      return new vscode.DocumentSymbol(name, runId, vscode.SymbolKind.Namespace, all, heading);
    });
  }

  #start(uri: vscode.Uri): OpenLog {
    const text = new LogText(said);
    const abort = new AbortController();
    let isReady = () => {};
    const ready = new Promise<void>((resolve) => {
      isReady = resolve;
    });
    const log = { text, abort, ready };
    this.#open.set(uri.toString(), log);
    this.#follow(uri, log, isReady)
      .catch((error: unknown) => {
        if (!abort.signal.aborted && !isCancellation(error)) this.#log.error(String(error));
      })
      .finally(isReady);
    return log;
  }

  async #follow(uri: vscode.Uri, { text, abort }: OpenLog, isReady: () => void): Promise<void> {
    const { signal } = abort;
    const draw = this.#drawer(uri, signal);
    const outcome = await followLog({
      reader: {
        logs: (id, options) => this.#connection.useAt(backendOfLog(uri), (client) => client.logs(id, options)),
      },
      jobId: jobIdOfLog(uri) ?? '',
      signal,
      write: (lines, _next, isNewest) => {
        text.add(lines);
        if (isNewest) isReady();
        if (lines.length > 0) draw();
      },
      say: (message) => {
        text.remark(message);
        isReady();
        draw();
      },
      sleep: (milliseconds, stop) => sleep(milliseconds, undefined, { signal: stop }),
    });
    text.remark(outcome === 'gone' ? 'The job was deleted.' : 'End of the log');
    isReady();
    draw();
  }

  /** Tells that a text has grown, for what came within a moment together. */
  #drawer(uri: vscode.Uri, signal: AbortSignal): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return () => {
      if (timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        if (signal.aborted || this.isDisposed) return;
        if (editorsOf(uri).some(showsEnd)) this.#following.add(uri.toString());
        this.#changed.fire(uri);
      }, DRAW_MS);
    };
  }

  /** Goes on to the new end where the old one was in sight; elsewhere the user is left in peace. */
  #scroll(document: vscode.TextDocument): void {
    if (document.uri.scheme !== LOG_SCHEME || !this.#following.delete(document.uri.toString())) return;
    const end = document.lineAt(document.lineCount - 1).range;
    for (const editor of editorsOf(document.uri)) editor.revealRange(end);
  }

  #close(uri: vscode.Uri): void {
    const key = uri.toString();
    this.#open.get(key)?.abort.abort();
    this.#open.delete(key);
  }
}

function editorsOf(uri: vscode.Uri): readonly vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter(({ document }) => document.uri.toString() === uri.toString());
}

/** The log that a tab shows; none for other tabs. */
function logOf({ input }: vscode.Tab): vscode.Uri[] {
  return input instanceof vscode.TabInputText && input.uri.scheme === LOG_SCHEME ? [input.uri] : [];
}

function isInTab(uri: vscode.Uri): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.flatMap(logOf).some((other) => other.toString() === uri.toString());
}
