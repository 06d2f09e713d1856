/** Reads the FASTA files that a command was given, from wherever they lie, and refuses what cannot be predicted. */

import * as vscode from 'vscode';
import type { FastaFile, FastaProblem, FastaRecord } from '../../backend/api/fasta/types.ts';
import { type ErrorAction, join, UserError } from '../base/errors.ts';
import { said } from '../base/said.ts';
import { fastaStem } from './fastaFiles.ts';
import { recordName } from './predictionRequests.ts';
import type { RecordTarget } from './recordTarget.ts';

/** One file with sequences. */
export interface FastaInput {
  readonly uri: vscode.Uri;
  /** Name without folder and extensions. */
  readonly stem: string;
  readonly file: FastaFile;
  /** Line of the document at which the text begins (from 0), where it is only a part of it. */
  readonly firstLine?: number;
}

/** Bytes as they lie on disk, and of text after decompression. The backend takes no more than ten million letters. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_RECORDS = 10_000;

/**
 * Reads and checks all files.
 * @throws UserError for the first file with an error; it names the place and can open it
 */
export async function readFastaInputs(uris: readonly vscode.Uri[]): Promise<readonly FastaInput[]> {
  const inputs: FastaInput[] = [];
  for (const uri of uris) {
    const input = await readFastaInput(uri);
    refuseProblems(input, input.file.problems);
    inputs.push(input);
  }
  return inputs;
}

/**
 * Reads and checks one record of a document.
 * @throws UserError when it has an error
 */
export async function readRecordInput({ uri, line, text }: RecordTarget): Promise<FastaInput> {
  const { parseFastaText } = await import(/* webpackChunkName: "fasta" */ '../../backend/api/fasta/parseFasta.ts');
  const file = parseFastaText(text, { defaultName: fastaStem(uri.path) });
  const [record] = file.records;
  const stem = record && record.headerText !== '' ? recordName(complexName(record)) : fastaStem(uri.path);
  const input = { uri, stem, file, firstLine: line };
  refuseProblems(input, file.problems);
  return input;
}

/** The chains of a complex are known together by the name that their header gives. */
function complexName(record: FastaRecord): Pick<FastaRecord, 'id' | 'headerText'> {
  return { id: record.complex?.id ?? record.id, headerText: record.headerText };
}

async function readFastaInput(uri: vscode.Uri): Promise<FastaInput> {
  const stem = fastaStem(uri.path);
  const { parseFastaBytes } = await import(/* webpackChunkName: "fasta" */ '../../backend/api/fasta/parseFasta.ts');
  const options = { defaultName: stem, maxRecords: MAX_RECORDS, maxBytes: MAX_BYTES };
  return { uri, stem, file: parseFastaBytes(await readBytes(uri), options) };
}

/** What the user sees: the open document with its unsaved changes, else the file. */
async function readBytes(uri: vscode.Uri): Promise<Uint8Array> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open && (open.isDirty || open.isUntitled)) return new TextEncoder().encode(open.getText());
  const name = fileName(uri);
  try {
    const { size, type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) !== 0) {
      throw new UserError(vscode.l10n.t('{0} is a folder. Choose the FASTA files in it.', name));
    }
    if (size > MAX_BYTES) {
      const limit = MAX_BYTES / 1024 / 1024;
      throw new UserError(
        vscode.l10n.t('{0} has more than {1} MB. Split it into smaller files, one for each protein.', name, limit),
      );
    }
    return await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(vscode.l10n.t('{0} could not be read: {1}', name, reason), [], { cause: error });
  }
}

/**
 * Does nothing when there is no error among the problems.
 * @throws UserError for the first error, with the number of those behind it
 */
export function refuseProblems(input: FastaInput, problems: readonly FastaProblem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) return;
  const place = vscode.l10n.t(
    '{0}, line {1}, column {2}',
    fileName(input.uri),
    first.line + (input.firstLine ?? 0),
    first.column,
  );
  const rest = Math.max(errors.length, input.file.totals.errors) - 1;
  const more = rest === 0 ? '' : ` ${vscode.l10n.t('More errors in the file: {0}.', rest)}`;
  throw new UserError(`${place}: ${join(said(first.message), said(first.remedy))}${more}`, placeActions(input, first));
}

/** The button that opens the file at a place; none for a compressed file, which no text editor shows. */
function placeActions({ uri, file, firstLine = 0 }: FastaInput, problem: FastaProblem): ErrorAction[] {
  if (file.totals.compressed) return [];
  const line = problem.line - 1 + firstLine;
  const start = new vscode.Position(line, problem.column - 1);
  const end = new vscode.Position(line, (problem.endColumn ?? problem.column + 1) - 1);
  const selection = new vscode.Range(start, end);
  return [{ title: vscode.l10n.t('Show in File'), run: () => vscode.window.showTextDocument(uri, { selection }) }];
}

export function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
