/** The status bar item of FASTA editors: which residue of which record the cursor is on. */

import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { residueAt } from '../analysis/recordText.ts';
import { THREE_LETTERS } from '../analysis/residueNames.ts';
import { inSlices } from '../document/slices.ts';
import { recordName } from '../predictionRequests.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';

/** Longer names are cut. */
const SHOWN_NAME = 24;

export class ResidueStatus extends Disposable {
  readonly #documents: FastaDocuments;
  readonly #item: vscode.StatusBarItem;
  /** Counts moves of the cursor: the answer to an earlier one is dropped. */
  #move = 0;

  constructor(documents: FastaDocuments) {
    super();
    this.#documents = documents;
    this.#item = this._register(
      vscode.window.createStatusBarItem('foldpad.residue', vscode.StatusBarAlignment.Right, 101),
    );
    this.#item.name = vscode.l10n.t('FASTA residue');
    this.#item.command = 'foldpad.goToRecord';
    this._register(vscode.window.onDidChangeTextEditorSelection(() => void this.#update()));
    this._register(vscode.window.onDidChangeActiveTextEditor(() => void this.#update()));
    this._register(documents.onDidCheck(() => void this.#update()));
    void this.#update();
  }

  async #update(): Promise<void> {
    const move = ++this.#move;
    const editor = vscode.window.activeTextEditor;
    const open = editor && this.#documents.find(editor.document.uri);
    if (!editor || !open?.fasta.isBuilt) {
      this.#item.hide();
      return;
    }
    const text = await this.#describe(open, editor.selection, () => move === this.#move);
    if (move !== this.#move) return;
    if (text === undefined) this.#item.hide();
    else {
      this.#item.text = text;
      this.#item.tooltip = vscode.l10n.t('Place in the sequence. Click to go to another record.');
      this.#item.show();
    }
  }

  async #describe(
    { fasta }: OpenFasta,
    { active, anchor, isEmpty }: vscode.Selection,
    isWanted: () => boolean,
  ): Promise<string | undefined> {
    const chunk = fasta.chunkAt(active.line);
    const header = fasta.headerOf(chunk);
    const name = shorten(header ? recordName({ id: header.id, headerText: header.text }) : '');
    const record = fasta.linesOf(chunk);
    // The residue under a block cursor; behind the last one, that one.
    const at = await inSlices(residueAt(fasta.lines, record, active.line, active.character), isWanted);
    if (!at) return name === '' ? undefined : vscode.l10n.t('{0}: record {1} of {2}', name, chunk, fasta.headers);
    if (!isEmpty && fasta.chunkAt(anchor.line) === chunk) {
      const [start, end] = active.isBefore(anchor) ? [active, anchor] : [anchor, active];
      const first = await inSlices(residueAt(fasta.lines, record, start.line, start.character), isWanted);
      const last = await inSlices(residueAt(fasta.lines, record, end.line, end.character - 1), isWanted);
      if (first && last && first.chain === last.chain && last.number >= first.number) {
        const count = last.number - first.number + 1;
        return vscode.l10n.t('{0}: residues {1}–{2} ({3})', name, first.number, last.number, count);
      }
    }
    return vscode.l10n.t('{0}: {1} {2}', name, THREE_LETTERS[at.letter] ?? at.letter, at.number);
  }
}

function shorten(name: string): string {
  return name.length <= SHOWN_NAME ? name : `${name.slice(0, SHOWN_NAME - 1)}…`;
}
