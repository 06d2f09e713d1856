/** Registers the documents with whole logs; what makes them is loaded with the first that is opened. */

import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import type { Connection } from '../connection/connection.ts';
import type { LogDocuments } from './logDocuments.ts';
import { LOG_SCHEME } from './logUri.ts';

export class LogProvider
  extends Disposable
  implements vscode.TextDocumentContentProvider, vscode.FoldingRangeProvider, vscode.DocumentSymbolProvider
{
  readonly #connection: Connection;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  #documents: Promise<LogDocuments> | undefined;

  constructor(connection: Connection, log: vscode.LogOutputChannel) {
    super();
    this.#connection = connection;
    this.#log = log;
    const selector = { scheme: LOG_SCHEME };
    this._register(vscode.workspace.registerTextDocumentContentProvider(LOG_SCHEME, this));
    this._register(vscode.languages.registerFoldingRangeProvider(selector, this));
    this._register(vscode.languages.registerDocumentSymbolProvider(selector, this));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return (await this.#load()).content(uri);
  }

  async provideFoldingRanges({ uri }: vscode.TextDocument): Promise<vscode.FoldingRange[]> {
    return (await this.#load()).folds(uri);
  }

  async provideDocumentSymbols({ uri }: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
    return (await this.#load()).outline(uri);
  }

  #load(): Promise<LogDocuments> {
    this.#documents ??= import(/* webpackChunkName: "logs" */ './logDocuments.ts').then(({ LogDocuments }) => {
      const documents = this._register(new LogDocuments(this.#connection, this.#log));
      this._register(documents.onDidChange((uri) => this.#changed.fire(uri)));
      return documents;
    });
    return this.#documents;
  }
}
