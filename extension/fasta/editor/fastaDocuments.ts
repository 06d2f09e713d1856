/** The open FASTA documents, each checked again soon after it changed: what is on the screen first, the rest in slices. */

import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { FastaDocument } from '../document/fastaDocument.ts';
import type { Lines } from '../document/lines.ts';
import type { ProblemList } from '../document/problemList.ts';
import { inSlices } from '../document/slices.ts';
import type { TargetRules } from '../document/targetRules.ts';
import { fastaStem } from '../fastaFiles.ts';

/** VS Code shows no more problems of one file than this. */
export const MOST_PROBLEMS = 1000;
/** From the last keystroke to the check, in milliseconds; longer where the last check took long. */
const PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 3000;
/** Chunks from which on the screen's problems are shown before those of the whole text. */
const MANY_CHUNKS = 2000;

/** One open document. */
export interface OpenFasta {
  readonly text: vscode.TextDocument;
  readonly fasta: FastaDocument;
  /** What the last check found; undefined before the first one. */
  list: ProblemList | undefined;
  /** Edition of the document that the list is of: the places of an older one may have moved. */
  listEdition: number;
}

interface Tracked extends OpenFasta {
  timer?: ReturnType<typeof setTimeout>;
  /** Settles when the records are known, or the document was closed. */
  readonly built: Promise<void>;
  readonly tellBuilt: () => void;
  lastCheckMs: number;
  /** Counts checks: a newer one ends the former. */
  check: number;
  closed: boolean;
}

export class FastaDocuments extends Disposable {
  readonly #open = new Map<string, Tracked>();
  readonly #checked = this._register(new Emitter<OpenFasta>());
  readonly #closed = this._register(new Emitter<vscode.TextDocument>());
  readonly #rules: () => TargetRules | undefined;

  /** @param rules what the engine of the chosen queue can take */
  constructor(rules: () => TargetRules | undefined) {
    super();
    this.#rules = rules;
    this._register(vscode.workspace.onDidOpenTextDocument((text) => this.#add(text)));
    this._register(vscode.workspace.onDidCloseTextDocument((text) => this.#remove(text)));
    this._register(vscode.workspace.onDidChangeTextDocument((change) => this.#change(change)));
    this._register({ dispose: () => this.#removeAll() });
    for (const text of vscode.workspace.textDocuments) this.#add(text);
  }

  /** A document was checked, at least what is on the screen. */
  get onDidCheck() {
    return this.#checked.event;
  }

  get onDidClose() {
    return this.#closed.event;
  }

  get all(): readonly OpenFasta[] {
    return [...this.#open.values()];
  }

  find(uri: vscode.Uri): OpenFasta | undefined {
    return this.#open.get(uri.toString());
  }

  /** The document once its records are known; undefined when it is closed or nobody waits any longer. */
  async ready(text: vscode.TextDocument, token?: vscode.CancellationToken): Promise<OpenFasta | undefined> {
    const tracked = this.#open.get(text.uri.toString());
    if (!tracked) return undefined;
    for (;;) {
      if (tracked.closed || token?.isCancellationRequested) return undefined;
      if (tracked.fasta.isBuilt) return tracked;
      await Promise.race([tracked.built, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
  }

  /** Checks all documents anew: another queue was chosen. */
  refresh(): void {
    for (const tracked of this.#open.values()) this.#schedule(tracked, 0);
  }

  #add(text: vscode.TextDocument): void {
    const key = text.uri.toString();
    if (text.languageId !== 'fasta' || this.#open.has(key)) return;
    const fasta = new FastaDocument(linesOf(text), { defaultName: fastaStem(text.uri.path) });
    const { promise: built, resolve: tellBuilt } = Promise.withResolvers<void>();
    const tracked: Tracked = {
      text,
      fasta,
      list: undefined,
      listEdition: -1,
      built,
      tellBuilt,
      lastCheckMs: 0,
      check: 0,
      closed: false,
    };
    this.#open.set(key, tracked);
    this.#schedule(tracked, 0);
  }

  #removeAll(): void {
    for (const { text } of [...this.#open.values()]) this.#remove(text);
  }

  #remove(text: vscode.TextDocument): void {
    const tracked = this.#open.get(text.uri.toString());
    if (!tracked) return;
    this.#open.delete(text.uri.toString());
    tracked.closed = true;
    clearTimeout(tracked.timer);
    tracked.tellBuilt();
    this.#closed.fire(text);
  }

  #change({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const tracked = this.#open.get(document.uri.toString());
    if (!tracked || contentChanges.length === 0) return;
    tracked.fasta.apply(
      contentChanges.map(({ range, text }) => ({ startLine: range.start.line, endLine: range.end.line, text })),
    );
    this.#schedule(tracked, Math.min(Math.max(PAUSE_MS, 3 * tracked.lastCheckMs), LONGEST_PAUSE_MS));
  }

  #schedule(tracked: Tracked, delay: number): void {
    clearTimeout(tracked.timer);
    tracked.check++;
    tracked.timer = setTimeout(() => void this.#check(tracked), delay);
  }

  async #check(tracked: Tracked): Promise<void> {
    const { fasta, check } = tracked;
    const { edition } = fasta;
    const isWanted = () => !tracked.closed && tracked.check === check && fasta.edition === edition;
    const start = performance.now();
    if (!fasta.isBuilt) await inSlices(fasta.build(), isWanted);
    if (!isWanted()) return;
    tracked.tellBuilt();
    for (const { from, to } of visibleLines(tracked.text)) await inSlices(fasta.checkLines(from, to), isWanted);
    if (fasta.chunks > MANY_CHUNKS && fasta.known(0) !== undefined) await this.#publish(tracked, isWanted);
    await inSlices(fasta.checkAll(), isWanted);
    await this.#publish(tracked, isWanted);
    tracked.lastCheckMs = performance.now() - start;
  }

  async #publish(tracked: Tracked, isWanted: () => boolean): Promise<void> {
    if (!isWanted()) return;
    const list = await inSlices(tracked.fasta.problems(this.#rules(), MOST_PROBLEMS), isWanted);
    if (!list || !isWanted()) return;
    tracked.list = list;
    tracked.listEdition = tracked.fasta.edition;
    this.#checked.fire(tracked);
  }
}

function linesOf(text: vscode.TextDocument): Lines {
  return {
    get lineCount() {
      return text.lineCount;
    },
    lineAt: (line) => text.lineAt(line).text,
  };
}

function visibleLines(text: vscode.TextDocument): { readonly from: number; readonly to: number }[] {
  return vscode.window.visibleTextEditors
    .filter(({ document }) => document === text)
    .flatMap(({ visibleRanges }) => visibleRanges.map(({ start, end }) => ({ from: start.line, to: end.line })));
}
