/** Everything that FASTA documents get in the editor. A bundle of its own, loaded with the first of them. */

import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import type { Connection } from '../../connection/connection.ts';
import { readProfile } from '../../connection/profile.ts';
import type { JobStore } from '../../jobs/jobStore.ts';
import type { OpenPage, OpenPages } from '../../structure/openPages.ts';
import type { RecordTarget } from '../recordTarget.ts';
import { FixProvider } from './codeActions.ts';
import { Diagnostics } from './diagnostics.ts';
import { Estimates } from './estimates.ts';
import { FastaDocuments } from './fastaDocuments.ts';
import { Formatter } from './formatting.ts';
import { EstimateHover, FactsHover } from './hover.ts';
import { KnownJobs } from './knownJobs.ts';
import { LargeFiles } from './largeFiles.ts';
import { RecordLenses } from './lenses.ts';
import { OutlineProvider } from './outline.ts';
import { rulesOf } from './queueChoice.ts';
import { RecordCommands } from './recordCommands.ts';
import { ResidueStatus } from './residueStatus.ts';
import { SizeStatus } from './sizeStatus.ts';
import { StructureLink } from './structureLink.ts';

/** The parts of the extension that the features ask. */
export interface FastaServices {
  readonly connection: Connection;
  /** Remembers choices for this user. */
  readonly memory: vscode.Memento;
  /** The open structures: their residues are marked in the text, and those of the text in them. */
  readonly pages: OpenPages;
  readonly store: JobStore;
  /** Puts the parser's sentences into the user's language. */
}

/** What the commands of the main bundle call. */
export class FastaFeatures extends Disposable {
  readonly #commands: RecordCommands;
  readonly #large: LargeFiles;
  readonly #link: StructureLink;

  constructor({ connection, memory, pages, store }: FastaServices) {
    super();
    const { languages } = vscode;
    const selector: vscode.DocumentSelector = { language: 'fasta' };
    const isLocal = () => readProfile().kind === 'local';
    const documents = this._register(new FastaDocuments(() => rulesOf(connection, memory)));
    const diagnostics = this._register(new Diagnostics(documents));
    const estimates = this._register(new Estimates(connection));
    const outline = new OutlineProvider(documents);
    const formatter = new Formatter(documents);
    const lenses = this._register(new RecordLenses(documents, store, new KnownJobs(store)));
    this._register(languages.registerDocumentSymbolProvider(selector, outline, { label: 'FASTA' }));
    this._register(languages.registerFoldingRangeProvider(selector, outline));
    this._register(
      languages.registerCodeActionsProvider(selector, new FixProvider(documents), {
        providedCodeActionKinds: FixProvider.kinds,
      }),
    );
    this._register(languages.registerDocumentFormattingEditProvider(selector, formatter));
    this._register(languages.registerDocumentRangeFormattingEditProvider(selector, formatter));
    this._register(languages.registerHoverProvider(selector, new EstimateHover(documents, estimates, isLocal)));
    this._register(languages.registerHoverProvider(selector, new FactsHover(documents)));
    this._register(languages.registerCodeLensProvider(selector, lenses));
    this._register(new ResidueStatus(documents));
    this._register(new SizeStatus(documents));
    this.#link = this._register(new StructureLink(documents, pages));
    this.#large = this._register(new LargeFiles(diagnostics));
    this.#commands = new RecordCommands(documents, estimates, isLocal);
    let rules = '';
    this._register(
      connection.onDidChange(() => {
        const now = rulesOf(connection, memory);
        const key = `${now?.engine} ${now?.queue?.name}`;
        if (key === rules) return;
        rules = key;
        documents.refresh();
      }),
    );
    // Jobs that are there already may be of sequences that are open; a backend that is not there is not started for it.
    if (connection.state.kind === 'ready' && store.state.kind === 'unknown') void store.refresh();
  }

  /** The record at a line of a document, by default at the cursor. */
  target(...given: readonly unknown[]): Promise<RecordTarget | undefined> {
    return this.#commands.target(...given);
  }

  estimate(predict: (target: RecordTarget, queue: string) => unknown, ...given: unknown[]): Promise<void> {
    return this.#commands.estimate(predict, ...given);
  }

  /**
   * Shows what is marked in a structure in the document that holds its sequence.
   * @param first the document to look in before all others
   * @returns false when none is open
   */
  reveal(page: OpenPage, first?: vscode.Uri): Promise<boolean> {
    return this.#link.reveal(page, first);
  }

  goTo(): Promise<void> {
    const { active } = this.#large;
    return active ? this.#large.goTo(active) : this.#commands.goTo();
  }

  split(...given: readonly unknown[]): Promise<void> {
    return this.#commands.split(...given);
  }
}
