/** Outline, breadcrumbs and folding: one entry for each record. */

import * as vscode from 'vscode';
import { parseHeader } from '../../../backend/api/fasta/header.ts';
import type { OutlineRecord } from '../document/fastaDocument.ts';
import { MOST_FOLDED, MOST_OUTLINED } from '../document/limits.ts';
import { checkedLength } from '../document/recordCheck.ts';
import { inSlices } from '../document/slices.ts';
import { recordName } from '../predictionRequests.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';

export class OutlineProvider implements vscode.DocumentSymbolProvider, vscode.FoldingRangeProvider {
  readonly #documents: FastaDocuments;

  constructor(documents: FastaDocuments) {
    this.#documents = documents;
  }

  async provideDocumentSymbols(
    text: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentSymbol[]> {
    const open = await this.#documents.ready(text, token);
    const records = open && (await this.#records(open, MOST_OUTLINED, token));
    if (!records) return [];
    const symbols = records.map((record) => symbolOf(open, record));
    const rest = open.fasta.headers - records.length;
    const last = records.at(-1);
    if (rest > 0 && last) symbols.push(moreSymbol(text, rest, last));
    return symbols;
  }

  async provideFoldingRanges(
    text: vscode.TextDocument,
    _context: vscode.FoldingContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.FoldingRange[]> {
    const open = await this.#documents.ready(text, token);
    const records = open && (await this.#records(open, MOST_FOLDED, token));
    return (records ?? []).flatMap(({ startLine, endLine }) => {
      let last = endLine - 1;
      // Blank lines between records stay in sight.
      while (last > startLine && text.lineAt(last).isEmptyOrWhitespace) last--;
      return last > startLine ? [new vscode.FoldingRange(startLine, last)] : [];
    });
  }

  #records({ fasta }: OpenFasta, most: number, token: vscode.CancellationToken): Promise<OutlineRecord[] | undefined> {
    const { edition } = fasta;
    return inSlices(fasta.outline(most), () => !token.isCancellationRequested && fasta.edition === edition);
  }
}

function symbolOf(
  { text, fasta }: OpenFasta,
  { chunk, name, startLine, endLine }: OutlineRecord,
): vscode.DocumentSymbol {
  const checked = fasta.known(chunk);
  const length = checked === undefined ? '' : residues(checkedLength(checked));
  const title = recordName({ id: name.id, headerText: name.text }) || `sequence_${chunk}`;
  const { description } = parseHeader(name.text);
  const detail = [length, description].filter((part) => part !== '').join(' · ');
  const whole = new vscode.Range(new vscode.Position(startLine, 0), text.lineAt(endLine - 1).range.end);
  return new vscode.DocumentSymbol(title, detail, vscode.SymbolKind.Class, whole, text.lineAt(startLine).range);
}

function moreSymbol(text: vscode.TextDocument, rest: number, last: OutlineRecord): vscode.DocumentSymbol {
  const range = new vscode.Range(last.endLine, 0, text.lineCount - 1, 0);
  const title = vscode.l10n.t('More records: {0}', rest.toLocaleString(vscode.env.language));
  const detail = vscode.l10n.t('Use Foldpad: Go to Record… to find one of them.');
  return new vscode.DocumentSymbol(title, detail, vscode.SymbolKind.Null, range, range);
}

export function residues(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 residue')
    : vscode.l10n.t('{0} residues', count.toLocaleString(vscode.env.language));
}
