/** Says, beside the language of a FASTA editor, how many records there are and what is not shown of so many. */

import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { MOST_COLOURED, MOST_COLOURED_LINES, MOST_LENSES, MOST_OUTLINED } from '../document/limits.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';

export class SizeStatus extends Disposable {
  readonly #documents: FastaDocuments;
  readonly #item: vscode.LanguageStatusItem;

  constructor(documents: FastaDocuments) {
    super();
    this.#documents = documents;
    this.#item = this._register(vscode.languages.createLanguageStatusItem('foldpad.fasta', { language: 'fasta' }));
    this.#item.name = 'FASTA';
    this.#item.command = { command: 'foldpad.goToRecord', title: vscode.l10n.t('Go to Record…') };
    this._register(documents.onDidCheck(() => this.#update()));
    this._register(vscode.window.onDidChangeActiveTextEditor(() => this.#update()));
    this.#update();
  }

  #update(): void {
    const text = vscode.window.activeTextEditor?.document;
    const open = text && this.#documents.find(text.uri);
    this.#item.busy = open !== undefined && open.list === undefined;
    if (!open?.list) {
      this.#item.text = 'FASTA';
      this.#item.detail = '';
      return;
    }
    const { records } = open.list;
    this.#item.text =
      records === 1
        ? vscode.l10n.t('1 record')
        : vscode.l10n.t('{0} records', records.toLocaleString(vscode.env.language));
    this.#item.detail = notes(open).join(' ');
  }
}

function notes({ text, fasta, list }: OpenFasta): string[] {
  const said: string[] = [];
  const number = (value: number): string => value.toLocaleString(vscode.env.language);
  if (list && list.omitted > 0) said.push(vscode.l10n.t('Problems that are not listed: {0}.', number(list.omitted)));
  if (fasta.headers > MOST_OUTLINED) {
    said.push(vscode.l10n.t('The outline shows the first {0} records.', number(MOST_OUTLINED)));
  }
  // Lines of FASTA are alike: the number of characters need not be counted.
  const characters = text.lineCount * Math.max(1, text.lineAt(Math.floor(text.lineCount / 2)).text.length + 1);
  if (text.lineCount > MOST_COLOURED_LINES || characters > MOST_COLOURED) {
    said.push(vscode.l10n.t('VS Code neither colours nor folds files of this size, and shows no actions in them.'));
  } else if (fasta.chunks > MOST_LENSES) {
    said.push(vscode.l10n.t('Actions are shown above the record with the cursor.'));
  }
  return said;
}
