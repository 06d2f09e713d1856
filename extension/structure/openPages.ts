/** The structure pages that are open, as other parts of the editor see them: their sequences and what is marked. */

import type * as vscode from 'vscode';
import { Disposable, type Releasable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import type { ChainSequence, ResidueMarks } from './linkMessages.ts';

/** One open page. */
export interface OpenPage {
  /** Whether it is on the screen. */
  readonly visible: boolean;
  /** Whether it has the focus of the editor. */
  readonly active: boolean;
  /** Where the shown structure is from, where that is known. */
  readonly place: vscode.Uri | undefined;
  /** Chains of the shown structure; none while nothing is shown. A new structure brings a new list. */
  readonly chains: readonly ChainSequence[];
  /** What the user has marked in the page. */
  readonly marks: ResidueMarks;
  /** Marks residues in the page. */
  mark(marks: ResidueMarks): void;
}

/** What happened to a page. */
export interface PageChange {
  readonly page: OpenPage;
  /** `shown`: another structure, or the page came to the screen or left it. `reveal`: the user asks for the FASTA file. */
  readonly what: 'shown' | 'marked' | 'closed' | 'reveal';
}

export class OpenPages extends Disposable {
  readonly #pages = new Set<OpenPage>();
  readonly #changed = this._register(new Emitter<PageChange>());
  #last: OpenPage | undefined;

  get onDidChange() {
    return this.#changed.event;
  }

  get all(): readonly OpenPage[] {
    return [...this.#pages];
  }

  /** The page that the user is in, was in last, or the only one. */
  get active(): OpenPage | undefined {
    const active = this.all.find((page) => page.active) ?? this.#last;
    return active && this.#pages.has(active) ? active : this.all.find((page) => page.visible);
  }

  /** Dispose the answer when the page is closed. */
  add(page: OpenPage): Releasable {
    this.#pages.add(page);
    return {
      dispose: () => {
        if (this.#pages.delete(page)) this.#changed.fire({ page, what: 'closed' });
      },
    };
  }

  tell(page: OpenPage, what: PageChange['what']): void {
    if (page.active) this.#last = page;
    this.#changed.fire({ page, what });
  }
}
