/** Result files as a read-only file system, so that every editor and viewer can open them where they are. */

import * as vscode from 'vscode';
import type { Result } from '../../backend/api/result.ts';
import { isProblem } from '../base/errors.ts';
import { ReadOnlyFileSystem } from '../base/readOnlyFileSystem.ts';
import type { ResultReader } from './resultReader.ts';
import { parseResultUri, RESULT_SCHEME, type ResultPlace } from './resultUri.ts';

/** Results never change: nothing is ever told of them. */
export class ResultFileSystem extends ReadOnlyFileSystem {
  readonly #results: ResultReader;

  constructor(results: ResultReader) {
    super();
    this.#results = results;
  }

  /** Registers the file system; dispose the answer to take it away. */
  register(): vscode.Disposable {
    return vscode.workspace.registerFileSystemProvider(RESULT_SCHEME, this, {
      isReadonly: new vscode.MarkdownString(vscode.l10n.t('Results of a prediction are read-only.')),
      isCaseSensitive: true,
    });
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { place, manifest } = await this.#open(uri);
    const time = Date.parse(manifest.provenance.created_at) || 0;
    const file = manifest.files.find(({ path }) => path === place.path);
    const permissions = vscode.FilePermission.Readonly;
    if (file) return { type: vscode.FileType.File, ctime: time, mtime: time, size: file.size, permissions };
    if (children(manifest, place.path).size === 0) throw vscode.FileSystemError.FileNotFound(uri);
    return { type: vscode.FileType.Directory, ctime: time, mtime: time, size: 0, permissions };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const { place, manifest } = await this.#open(uri);
    const entries = children(manifest, place.path);
    if (entries.size === 0) throw vscode.FileSystemError.FileNotFound(uri);
    return [...entries];
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { place } = await this.#open(uri);
    return asFile(uri, () => this.#results.at(place.backend).file(place.jobId, place.path));
  }

  async #open(uri: vscode.Uri): Promise<{ place: ResultPlace; manifest: Result }> {
    const place = parseResultUri(uri, this.#results.backend);
    if (!place) throw vscode.FileSystemError.FileNotFound(uri);
    return { place, manifest: await asFile(uri, () => this.#results.at(place.backend).manifest(place.jobId)) };
  }
}

/** Errors in the terms of a file system, so that VS Code says the right thing about the editor. */
async function asFile<T>(uri: vscode.Uri, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isProblem(error) && error.status < 500) throw vscode.FileSystemError.FileNotFound(uri);
    throw vscode.FileSystemError.Unavailable(error instanceof Error ? error.message : String(error));
  }
}

/** What lies directly in a folder of the result. */
function children(manifest: Result, folder: string): Map<string, vscode.FileType> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const entries = new Map<string, vscode.FileType>();
  for (const { path } of manifest.files) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...rest] = path.slice(prefix.length).split('/');
    entries.set(name, rest.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
  }
  return entries;
}
