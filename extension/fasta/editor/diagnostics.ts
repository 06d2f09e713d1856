/** Shows the problems of open FASTA documents in the editor and in the Problems view. */

import * as vscode from 'vscode';
import type { FastaProblem, FastaSeverity } from '../../../backend/api/fasta/types.ts';
import { Disposable } from '../../base/disposable.ts';
import type { FastaDocuments } from './fastaDocuments.ts';

export const SOURCE = 'Foldpad';

const SEVERITIES: Readonly<Record<FastaSeverity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

export class Diagnostics extends Disposable {
  readonly #collection = this._register(vscode.languages.createDiagnosticCollection('foldpad-fasta'));

  constructor(documents: FastaDocuments) {
    super();
    this._register(
      documents.onDidCheck(({ text, list }) =>
        this.#collection.set(text.uri, (list?.problems ?? []).map(diagnosticOf)),
      ),
    );
    this._register(documents.onDidClose((text) => this.#collection.delete(text.uri)));
  }

  /** Shows problems of a file that no extension is given as a document. */
  show(uri: vscode.Uri, problems: readonly FastaProblem[]): void {
    this.#collection.set(uri, problems.map(diagnosticOf));
  }
}

/** The same sentences that command line and server say. */
export function diagnosticOf(problem: FastaProblem): vscode.Diagnostic {
  const { message, remedy, severity, code } = problem;
  const diagnostic = new vscode.Diagnostic(rangeOf(problem), `${message} ${remedy}`.trim(), SEVERITIES[severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = code;
  return diagnostic;
}

export function rangeOf({ line, column, endColumn }: FastaProblem): vscode.Range {
  return new vscode.Range(line - 1, column - 1, line - 1, (endColumn ?? column + 1) - 1);
}
