/** The line above each record: predict it, estimate it, open what is known of it. */

import * as vscode from 'vscode';
import type { Job } from '../../../backend/api/job.ts';
import { Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { JobStore } from '../../jobs/jobStore.ts';
import { confidenceText, percent, statusText } from '../../jobs/jobText.ts';
import { chainsOf } from '../analysis/recordText.ts';
import { MOST_LENSES } from '../document/limits.ts';
import { checkedLength } from '../document/recordCheck.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';
import type { KnownJobs } from './knownJobs.ts';

export class RecordLenses extends Disposable implements vscode.CodeLensProvider {
  readonly #documents: FastaDocuments;
  readonly #jobs: KnownJobs;
  readonly #changed = this._register(new Emitter<void>());
  /** The record with the cursor, where only that one has lenses. */
  #shown = '';

  constructor(documents: FastaDocuments, store: JobStore, jobs: KnownJobs) {
    super();
    this.#documents = documents;
    this.#jobs = jobs;
    this._register(documents.onDidCheck(() => this.#changed.fire()));
    this._register(store.onDidChange(() => this.#changed.fire()));
    this._register(vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#moved(textEditor)));
  }

  get onDidChangeCodeLenses(): vscode.Event<void> {
    return this.#changed.event as vscode.Event<void>;
  }

  async provideCodeLenses(text: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    const open = await this.#documents.ready(text, token);
    if (!open) return [];
    const lenses: vscode.CodeLens[] = [];
    for (const chunk of this.#chunks(open)) {
      if (token.isCancellationRequested) return [];
      lenses.push(...(await this.#lensesOf(open, chunk)));
    }
    return lenses;
  }

  #moved({ document, selection }: vscode.TextEditor): void {
    const open = this.#documents.find(document.uri);
    if (!open?.fasta.isBuilt || open.fasta.chunks <= MOST_LENSES) return;
    const shown = `${document.uri} ${open.fasta.chunkAt(selection.active.line)}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changed.fire();
  }

  #chunks({ text, fasta }: OpenFasta): readonly number[] {
    if (fasta.chunks <= MOST_LENSES) return Array.from({ length: fasta.chunks }, (_, chunk) => chunk);
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document === text);
    return editor ? [fasta.chunkAt(editor.selection.active.line)] : [];
  }

  async #lensesOf({ text, fasta }: OpenFasta, chunk: number): Promise<vscode.CodeLens[]> {
    const checked = fasta.known(chunk);
    if (checked === undefined || checkedLength(checked) === 0) return [];
    if (typeof checked === 'object' && checked.records.some(({ hasErrors }) => hasErrors)) return [];
    const line =
      typeof checked === 'object' && chunk === 0 ? (checked.records[0]?.line ?? 1) - 1 : fasta.linesOf(chunk).from;
    const range = text.lineAt(line).range;
    const target = [text.uri, line];
    const lens = (title: string, command: string, given: readonly unknown[], tooltip?: string) =>
      new vscode.CodeLens(range, { title, command, arguments: [...given], ...(tooltip ? { tooltip } : {}) });
    const lenses = [
      lens(vscode.l10n.t('Predict'), 'foldpad.predictRecord', target),
      lens(vscode.l10n.t('Estimate'), 'foldpad.estimateRecord', target),
    ];
    const job = await this.#jobOf(fasta, chunk, checkedLength(checked));
    if (job) {
      const command = job.status === 'SUCCEEDED' ? 'foldpad.openStructure' : 'foldpad.showLog';
      lenses.push(lens(jobTitle(job), command, [job.id], job.name));
    }
    return lenses;
  }

  async #jobOf(fasta: OpenFasta['fasta'], chunk: number, length: number): Promise<Job | undefined> {
    if (!this.#jobs.mayHave(length)) return undefined;
    return this.#jobs.of(chainsOf(fasta.lines, fasta.linesOf(chunk)));
  }
}

function jobTitle(job: Job): string {
  if (job.status === 'SUCCEEDED') {
    return job.result
      ? vscode.l10n.t('Open structure, {0}', confidenceText(job.result))
      : vscode.l10n.t('Open structure');
  }
  const done = job.progress && job.status === 'RUNNING' ? ` ${percent(job.progress.fraction)}` : '';
  return `${statusText(job.status)}${done}`;
}
