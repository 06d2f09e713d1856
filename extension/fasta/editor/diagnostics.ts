/** Shows the problems of open FASTA documents in the editor and in the Problems view. */

import * as vscode from 'vscode';
import type { FastaProblem, FastaSeverity } from '../../../backend/api/fasta/types.ts';
import { Disposable } from '../../base/disposable.ts';
import { said } from '../../base/said.ts';
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
    this._register(documents.onDidCheck(({ text, list }) => this.show(text.uri, list?.problems ?? [])));
    this._register(documents.onDidClose((text) => this.#collection.delete(text.uri)));
  }

  show(uri: vscode.Uri, problems: readonly FastaProblem[]): void {
    const diagnostics = problems.map(diagnosticOf);
    this.#collection.set(uri, diagnostics);
  }
}

/** The same sentences that command line and server say. */
function diagnosticOf(problem: FastaProblem): vscode.Diagnostic {
  const { message, remedy, severity, code, line, column, endColumn } = problem;
  const range = new vscode.Range(line - 1, column - 1, line - 1, (endColumn ?? column + 1) - 1);
  const diagnostic = new vscode.Diagnostic(range, `${said(message)} ${said(remedy)}`.trim(), SEVERITIES[severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = code;
  return diagnostic;
}
