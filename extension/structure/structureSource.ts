/** Where the bytes of a structure come from, behind one small interface, with errors a user can act on. */

import * as vscode from 'vscode';
import { MAX_FILE_BYTES, parseStructureFileName, type StructureFileName } from './formats.ts';
import { paeCompanion } from './paeCompanion.ts';

/** Something that can be read as a structure file. */
export interface StructureSource {
  /** File name with its extension; the extension says the format. */
  readonly fileName: string;
  /** Set when the structure is a file in the editor's world: it is then watched, and can be opened as text. */
  readonly uri?: vscode.Uri;
  /**
   * Reads the whole file.
   * @throws StructureSourceError with a problem and a remedy; other errors are reported as they are.
   */
  read(cancel: vscode.CancellationToken): Promise<Uint8Array>;
}

/** A structure that could not be read: what happened, and what to do next. */
export class StructureSourceError extends Error {
  override readonly name = 'StructureSourceError';
  readonly remedy: string;
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.remedy = remedy;
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / (1024 * 1024))} MB`;

/**
 * A file anywhere `vscode.workspace.fs` reaches: local disk, an SSH host, WSL, a virtual workspace.
 * Its size is asked for first, so that a huge file is refused before it is transferred.
 */
export function sourceFromUri(uri: vscode.Uri): StructureSource {
  const fileName = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  return { fileName, uri, read: () => readUri(uri, fileName) };
}

/** Reads the predicted aligned errors that lie beside a structure file, if there are any. */
export async function readPaeBeside(uri: vscode.Uri): Promise<Uint8Array | undefined> {
  const folder = vscode.Uri.joinPath(uri, '..');
  const entries = await vscode.workspace.fs.readDirectory(folder);
  const name = paeCompanion(
    uri.path.slice(uri.path.lastIndexOf('/') + 1),
    entries.map(([entry]) => entry),
  );
  return name === undefined ? undefined : vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name));
}

async function readUri(uri: vscode.Uri, fileName: string): Promise<Uint8Array> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    checkStructureSize(fileName, size);
    return await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    if (error instanceof StructureSourceError) throw error;
    throw describeReadError(fileName, error);
  }
}

/**
 * Reads a structure, with what its name says of it.
 * @throws StructureSourceError for a name or a size that the page cannot take
 */
export async function readStructure(
  source: StructureSource,
  cancel: vscode.CancellationToken,
): Promise<StructureFileName & { readonly bytes: Uint8Array }> {
  const name = structureNameOf(source.fileName);
  const bytes = await source.read(cancel);
  checkStructureSize(source.fileName, bytes.byteLength);
  // A plain array of its own: VS Code's file system answers with a Node Buffer, which would travel as JSON text,
  // and a view into a larger buffer would take all of that buffer along.
  return { ...name, bytes: new Uint8Array(bytes) };
}

/**
 * What a file name says of the structure in it.
 * @throws StructureSourceError for one that does not end like a structure file
 */
function structureNameOf(fileName: string): StructureFileName {
  const name = parseStructureFileName(fileName);
  if (name) return name;
  throw new StructureSourceError(
    vscode.l10n.t('{0} does not end like a structure file.', fileName),
    vscode.l10n.t(
      'The viewer opens .pdb, .ent, .cif, .mmcif and .bcif, each also with .gz. Rename the file if it is one of them.',
    ),
  );
}

/**
 * Refuses a structure that the page could not hold.
 * @throws StructureSourceError
 */
function checkStructureSize(fileName: string, size: number): void {
  if (size <= MAX_FILE_BYTES) return;
  throw new StructureSourceError(
    vscode.l10n.t('{0} has {1}; the viewer takes at most {2}.', fileName, megabytes(size), megabytes(MAX_FILE_BYTES)),
    vscode.l10n.t('Compress it with gzip (the viewer reads .gz), or save only the chains or models you want to see.'),
  );
}

function describeReadError(fileName: string, error: unknown): StructureSourceError {
  const options = { cause: error };
  const code = error instanceof vscode.FileSystemError ? error.code : '';
  if (code === 'FileNotFound') {
    return new StructureSourceError(
      vscode.l10n.t('{0} is not there any more.', fileName),
      vscode.l10n.t('It was moved, renamed or deleted. Close this tab, or put the file back and choose Try again.'),
      options,
    );
  }
  if (code === 'NoPermissions') {
    return new StructureSourceError(
      vscode.l10n.t('{0} may not be read.', fileName),
      vscode.l10n.t('Ask for the right to read the file, then choose Try again.'),
      options,
    );
  }
  if (code === 'Unavailable') {
    return new StructureSourceError(
      vscode.l10n.t('{0} cannot be reached.', fileName),
      vscode.l10n.t(
        'Its file system or remote host does not answer. Wait until the connection is back, then choose Try again.',
      ),
      options,
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new StructureSourceError(
    vscode.l10n.t('{0} could not be read: {1}', fileName, reason),
    vscode.l10n.t('Choose Try again.'),
    options,
  );
}
