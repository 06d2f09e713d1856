/**
 * Whole logs as read-only files of a file system of their own, so that a window that is reloaded opens them again; what
 * makes them is loaded with the first that is opened.
 */

import * as vscode from 'vscode';
import { ReadOnlyFileSystem } from '../base/readOnlyFileSystem.ts';
import type { Connection } from '../connection/connection.ts';
import type { LogDocuments } from './logDocuments.ts';
import { LOG_SCHEME } from './logUri.ts';

/** How a log stands: VS Code reads it again when `mtime` is another than when it was read. */
interface Version {
  readonly mtime: number;
  /** Bytes of what was read last. */
  readonly size: number;
}

const NEVER_READ: Version = { mtime: 0, size: 0 };

export class LogProvider
  extends ReadOnlyFileSystem
  implements vscode.FoldingRangeProvider, vscode.DocumentSymbolProvider
{
  readonly #connection: Connection;
  readonly #log: vscode.LogOutputChannel;
  readonly #versions = new Map<string, Version>();
  #documents: Promise<LogDocuments> | undefined;

  constructor(connection: Connection, log: vscode.LogOutputChannel) {
    super();
    this.#connection = connection;
    this.#log = log;
    const selector = { scheme: LOG_SCHEME };
    this._register(
      vscode.workspace.registerFileSystemProvider(LOG_SCHEME, this, {
        isReadonly: new vscode.MarkdownString(vscode.l10n.t('The log of a prediction is read-only.')),
        isCaseSensitive: true,
      }),
    );
    this._register(vscode.languages.registerFoldingRangeProvider(selector, this));
    this._register(vscode.languages.registerDocumentSymbolProvider(selector, this));
    this._register(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#versions.delete(uri.toString())));
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const version = this.#versions.get(uri.toString()) ?? NEVER_READ;
    return { ...version, type: vscode.FileType.File, ctime: 0, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const text = await (await this.#load()).content(uri);
    const bytes = new TextEncoder().encode(text);
    this.#note(uri, ({ mtime }) => ({ mtime, size: bytes.length }));
    return bytes;
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
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
      this._register(documents.onDidChange((uri) => this.#grown(uri)));
      return documents;
    });
    return this.#documents;
  }

  #grown(uri: vscode.Uri): void {
    this.#note(uri, ({ mtime, size }) => ({ mtime: Math.max(Date.now(), mtime + 1), size }));
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  #note(uri: vscode.Uri, change: (version: Version) => Version): void {
    const key = uri.toString();
    this.#versions.set(key, change(this.#versions.get(key) ?? NEVER_READ));
  }
}
