/** Wraps the sequences of a document. */

import * as vscode from 'vscode';
import { DEFAULT_WIDTH } from '../../../backend/api/fasta/format.ts';
import { formattedLines } from '../analysis/formatLines.ts';
import { inSlices } from '../document/slices.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';

export class Formatter implements vscode.DocumentFormattingEditProvider, vscode.DocumentRangeFormattingEditProvider {
  readonly #documents: FastaDocuments;

  constructor(documents: FastaDocuments) {
    this.#documents = documents;
  }

  async provideDocumentFormattingEdits(
    text: vscode.TextDocument,
    _options: vscode.FormattingOptions,
    token: vscode.CancellationToken,
  ): Promise<vscode.TextEdit[]> {
    return this.#format(text, 0, text.lineCount - 1, token);
  }

  /** Formats the records that the range touches, whole. */
  async provideDocumentRangeFormattingEdits(
    text: vscode.TextDocument,
    { start, end }: vscode.Range,
    _options: vscode.FormattingOptions,
    token: vscode.CancellationToken,
  ): Promise<vscode.TextEdit[]> {
    return this.#format(text, start.line, end.line, token);
  }

  async #format(
    text: vscode.TextDocument,
    from: number,
    to: number,
    token: vscode.CancellationToken,
  ): Promise<vscode.TextEdit[]> {
    const open = await this.#documents.ready(text, token);
    if (!open) return [];
    const { edition } = open.fasta;
    const isWanted = () => !token.isCancellationRequested && open.fasta.edition === edition;
    return (await inSlices(edits(open, from, to), isWanted)) ?? [];
  }
}

function* edits({ text, fasta }: OpenFasta, from: number, to: number): Generator<void, vscode.TextEdit[]> {
  const found: vscode.TextEdit[] = [];
  const width = vscode.workspace.getConfiguration('foldpad', text).get('fasta.lineWidth', DEFAULT_WIDTH);
  const last = fasta.chunkAt(to);
  for (let chunk = fasta.chunkAt(from); chunk <= last; chunk++) {
    const lines = fasta.linesOf(chunk);
    if (lines.from === lines.to) continue;
    const written = formattedLines(fasta.lines, lines, Math.max(1, Math.floor(width)));
    if (written) {
      const range = new vscode.Range(new vscode.Position(lines.from, 0), text.lineAt(lines.to - 1).range.end);
      found.push(vscode.TextEdit.replace(range, written.join('\n')));
    }
    yield;
  }
  return found;
}
