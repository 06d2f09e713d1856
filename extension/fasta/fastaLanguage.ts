/** Loads the language features with the first FASTA file that is opened: windows without one pay nothing for them. */

import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { describeError } from '../base/errors.ts';
import type { FastaFeatures, FastaServices } from './editor/registerFasta.ts';
import { isFastaFile } from './fastaFiles.ts';

type LanguageServices = Omit<FastaServices, 'say'> & { readonly log: vscode.LogOutputChannel };

export class FastaLanguage extends Disposable {
  readonly #services: LanguageServices;
  #features: Promise<FastaFeatures> | undefined;

  constructor(services: LanguageServices) {
    super();
    this.#services = services;
    const { workspace, window } = vscode;
    this._register(workspace.onDidOpenTextDocument((text) => this.#look([text])));
    // Files of more than 50 MB are no documents for extensions; their tabs are seen.
    this._register(
      window.tabGroups.onDidChangeTabs(({ opened, changed }) => this.#lookAtTabs([...opened, ...changed])),
    );
    this.#look(workspace.textDocuments);
    this.#lookAtTabs(window.tabGroups.all.flatMap(({ tabs }) => tabs));
  }

  /** The features, loaded if they are not yet. */
  load(): Promise<FastaFeatures> {
    this.#features ??= this.#load();
    return this.#features;
  }

  async #load(): Promise<FastaFeatures> {
    const { FastaFeatures } = await import(/* webpackChunkName: "fasta" */ './editor/registerFasta.ts');
    return this._register(new FastaFeatures(this.#services));
  }

  #look(texts: readonly vscode.TextDocument[]): void {
    if (texts.some(({ languageId }) => languageId === 'fasta')) this.#start();
  }

  #lookAtTabs(tabs: readonly vscode.Tab[]): void {
    const isFasta = ({ input }: vscode.Tab) => input instanceof vscode.TabInputText && isFastaFile(input.uri.path);
    if (tabs.some(isFasta)) this.#start();
  }

  #start(): void {
    this.load().catch((error: unknown) => {
      this.#features = undefined;
      this.#services.log.error(`The FASTA features could not be loaded: ${describeError(error)}`);
    });
  }
}
