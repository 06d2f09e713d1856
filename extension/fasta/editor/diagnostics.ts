/** Shows the problems of open FASTA documents in the editor and in the Problems view. */

import * as vscode from 'vscode';
import type { FastaProblem, FastaSeverity } from '../../../backend/api/fasta/types.ts';
import { Disposable } from '../../base/disposable.ts';
import type { Say } from '../sentences/load.ts';
import type { FastaDocuments } from './fastaDocuments.ts';

export const SOURCE = 'Foldpad';

const SEVERITIES: Readonly<Record<FastaSeverity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

export class Diagnostics extends Disposable {
  readonly #collection = this._register(vscode.languages.createDiagnosticCollection('foldpad-fasta'));
  readonly #say: Say;

  /** @param say puts the sentences into the user's language */
  constructor(documents: FastaDocuments, say: Say) {
    super();
    this.#say = say;
    this._register(documents.onDidCheck(({ text, list }) => this.show(text.uri, list?.problems ?? [])));
    this._register(documents.onDidClose((text) => this.#collection.delete(text.uri)));
  }

  show(uri: vscode.Uri, problems: readonly FastaProblem[]): void {
    const diagnostics = problems.map((problem) => diagnosticOf(problem, this.#say));
    this.#collection.set(uri, diagnostics);
  }
}

/** The same sentences that command line and server say. */
function diagnosticOf(problem: FastaProblem, say: Say): vscode.Diagnostic {
  const { message, remedy, severity, code, line, column, endColumn } = problem;
  const range = new vscode.Range(line - 1, column - 1, line - 1, (endColumn ?? column + 1) - 1);
  const diagnostic = new vscode.Diagnostic(range, `${say(message)} ${say(remedy)}`.trim(), SEVERITIES[severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = code;
  return diagnostic;
}
