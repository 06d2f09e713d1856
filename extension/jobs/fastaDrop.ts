/** FASTA files that are dropped onto the Jobs view are predicted. */

import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';
import { isFastaFile } from '../fasta/fastaFiles.ts';
import type { JobsNode } from './nodes/jobsNode.ts';

/** What the Explorer, other views and the desktop give for files. */
const URI_LIST = 'text/uri-list';
/** Files of the operating system; needed for them to be let in at all. */
const FILES = 'files';
/** Files of a folder that are taken: as many as one request may bring. */
const MOST_FILES = 1000;

export class FastaDrop implements vscode.TreeDragAndDropController<JobsNode> {
  readonly dropMimeTypes = [URI_LIST, FILES];
  readonly dragMimeTypes = [];
  readonly #predict: (uris: readonly vscode.Uri[]) => unknown;
  readonly #tell: (error: UserError) => unknown;

  constructor(parts: {
    readonly predict: (uris: readonly vscode.Uri[]) => unknown;
    readonly tell: (error: UserError) => unknown;
  }) {
    this.#predict = parts.predict;
    this.#tell = parts.tell;
  }

  async handleDrop(
    _onto: JobsNode | undefined,
    data: vscode.DataTransfer,
    token?: vscode.CancellationToken,
  ): Promise<void> {
    const uris = await droppedUris(data);
    const files = (await Promise.all(uris.map(fastaIn))).flat().slice(0, MOST_FILES);
    if (token?.isCancellationRequested) return;
    // Not awaited: the drop is over, however long the questions and the submission take.
    if (files.length > 0) void this.#predict(files);
    else this.#tell(nothingToPredict(uris.length));
  }
}

async function droppedUris(data: vscode.DataTransfer): Promise<readonly vscode.Uri[]> {
  const list = (await data.get(URI_LIST)?.asString()) ?? '';
  // RFC 2483: lines that begin with # are comments.
  const lines = list.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const uris = lines.map((line) => vscode.Uri.parse(line));
  for (const [, item] of data) {
    const uri = item.asFile()?.uri;
    if (uri) uris.push(uri);
  }
  return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
}

/** The file itself, or the FASTA files that lie directly in a folder. */
async function fastaIn(uri: vscode.Uri): Promise<readonly vscode.Uri[]> {
  if (isFastaFile(uri.path)) return [uri];
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) === 0) return [];
    const entries = await vscode.workspace.fs.readDirectory(uri);
    return entries
      .filter(([name, kind]) => (kind & vscode.FileType.File) !== 0 && isFastaFile(name))
      .map(([name]) => vscode.Uri.joinPath(uri, name));
  } catch {
    // What cannot be read is no FASTA file; if nothing else was dropped, that is said.
    return [];
  }
}

function nothingToPredict(dropped: number): UserError {
  return new UserError(
    dropped > 0
      ? vscode.l10n.t(
          'There is no FASTA file among what was dropped. Their names end in .fasta, .fa, .faa …, also with .gz.',
        )
      : vscode.l10n.t(
          'What was dropped has no address that Foldpad could read. Save it in the workspace and drop it from there.',
        ),
  );
}
