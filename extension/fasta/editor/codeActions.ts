/** Quick fixes for the problems of FASTA documents. */

import * as vscode from 'vscode';
import type { FastaProblem } from '../../../backend/api/fasta/types.ts';
import { type FixKind, fixesOf, type TextFix } from '../analysis/fixes.ts';
import type { FastaDocument } from '../document/fastaDocument.ts';
import { SOURCE } from './diagnostics.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';

/** Records whose names are looked through for a free one. */
const MOST_NAMES = 20_000;

export class FixProvider implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];
  readonly #documents: FastaDocuments;

  constructor(documents: FastaDocuments) {
    this.#documents = documents;
  }

  provideCodeActions(
    text: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const open = this.#documents.find(text.uri);
    if (!open?.fasta.isBuilt) return [];
    return diagnostics.filter(({ source }) => source === SOURCE).flatMap((each) => this.#actions(open, each));
  }

  #actions({ text, fasta, list, listEdition }: OpenFasta, diagnostic: vscode.Diagnostic): vscode.CodeAction[] {
    // Between an edit and the check that follows, a fix would change other residues than those that are marked.
    if (listEdition !== fasta.edition) return [];
    const { line, character } = diagnostic.range.start;
    const problem = list?.problems.find(
      (each) => each.code === diagnostic.code && each.line === line + 1 && each.column === character + 1,
    );
    if (!problem || line >= text.lineCount) return [];
    if (problem.code === 'too-many-jobs') return [splitAction(diagnostic, text.uri)];
    const record = fasta.linesOf(fasta.chunkAt(line));
    const fixes = fixesOf(problem, { lines: fasta.lines, record, isTaken: takenNames(fasta, problem) });
    return fixes.map(({ what, edits }, index) => {
      const action = new vscode.CodeAction(titleOf(what), vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.isPreferred = index === 0 && fixes.length === 1;
      action.edit = new vscode.WorkspaceEdit();
      action.edit.set(text.uri, edits.map(textEdit));
      return action;
    });
  }
}

function splitAction(diagnostic: vscode.Diagnostic, uri: vscode.Uri): vscode.CodeAction {
  const title = vscode.l10n.t('Split the file…');
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.command = { command: 'foldpad.splitFasta', title, arguments: [uri] };
  return action;
}

export function textEdit({ startLine, startColumn, endLine, endColumn, text }: TextFix): vscode.TextEdit {
  return vscode.TextEdit.replace(new vscode.Range(startLine, startColumn, endLine, endColumn), text);
}

/** Looks through the names only where a new one is needed. */
function takenNames(fasta: FastaDocument, { code }: FastaProblem): (name: string) => boolean {
  if (code !== 'duplicate-id' && code !== 'no-id') return () => false;
  const taken = new Set<string>();
  for (let chunk = 1; chunk < Math.min(fasta.chunks, MOST_NAMES); chunk++) taken.add(fasta.headerOf(chunk)?.id ?? '');
  return (name) => taken.has(name);
}

function titleOf(what: FixKind): string {
  switch (what.kind) {
    case 'strip-gaps':
      return vscode.l10n.t('Remove all gaps from this record');
    case 'drop-stop':
      return vscode.l10n.t('Delete this stop');
    case 'cut-at-stop':
      return vscode.l10n.t('Keep only the part before the stop');
    case 'upper-case':
      return vscode.l10n.t('Write this record in upper case');
    case 'rename':
      return vscode.l10n.t('Rename to "{0}"', what.name);
    case 'replace':
      return vscode.l10n.t('Replace {0} by {1} in this record', what.letter, what.by);
    case 'trim-unknown':
      return vscode.l10n.t('Delete the unknown residues at the ends');
    case 'write-plain':
      return vscode.l10n.t('Write "{0}" instead', what.by);
    case 'delete-signs':
      return vscode.l10n.t('Delete it');
    case 'delete-invisible':
      return vscode.l10n.t('Delete all invisible characters of this record');
    case 'delete-numbers':
      return vscode.l10n.t('Delete the numbers and blanks of this record');
    case 'add-header':
      return vscode.l10n.t('Add the header ">{0}"', what.name);
    case 'add-name':
      return vscode.l10n.t('Name it "{0}"', what.name);
    case 'delete-record':
      return vscode.l10n.t('Delete the header');
    case 'part-chains':
      return vscode.l10n.t('Make each chain a record of its own');
    case 'break-line':
      return vscode.l10n.t('Break the line before ">"');
  }
}
