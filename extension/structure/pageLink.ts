/** The residues of one structure page, for the list of open pages. */

import type * as vscode from 'vscode';
import type { Releasable } from '../base/disposable.ts';
import type { ChainSequence, ResidueMarks } from './linkMessages.ts';
import type { OpenPage, OpenPages } from './openPages.ts';
import type { HostMessage, PageMessage } from './protocol.ts';

const NOTHING: ResidueMarks = { selected: [] };

/** What the link asks of the page's session. */
export interface LinkedSession {
  readonly panel: { readonly visible: boolean; readonly active: boolean };
  /** Of the structure that was sent last. */
  readonly serial: number;
  readonly place: vscode.Uri | undefined;
  post(message: HostMessage): void;
}

export class PageLink implements OpenPage {
  readonly #session: LinkedSession;
  readonly #pages: OpenPages;
  readonly #listed: Releasable;
  #chains: readonly ChainSequence[] = [];
  #marks: ResidueMarks = NOTHING;

  constructor(session: LinkedSession, pages: OpenPages) {
    this.#session = session;
    this.#pages = pages;
    this.#listed = pages.add(this);
  }

  get visible(): boolean {
    return this.#session.panel.visible;
  }

  get active(): boolean {
    return this.#session.panel.active;
  }

  get place(): vscode.Uri | undefined {
    return this.#session.place;
  }

  get chains(): readonly ChainSequence[] {
    return this.#chains;
  }

  get marks(): ResidueMarks {
    return this.#marks;
  }

  mark(marks: ResidueMarks): void {
    this.#session.post({ type: 'marks', serial: this.#session.serial, ...marks });
  }

  /** Takes over what a message says of residues; others are not its business. */
  receive(message: PageMessage): void {
    if (message.type === 'chains' && message.serial === this.#session.serial) {
      this.#chains = message.chains;
      this.#marks = NOTHING;
      this.#pages.tell(this, 'shown');
    } else if (message.type === 'marks' && message.serial === this.#session.serial) {
      const { pointed, selected } = message;
      this.#marks = { selected, ...(pointed && { pointed }) };
      this.#pages.tell(this, 'marked');
    } else if (message.type === 'reveal-in-fasta') this.#pages.tell(this, 'reveal');
  }

  /** Another structure is on its way, or none. */
  clear(): void {
    if (this.#chains.length === 0) return;
    this.#chains = [];
    this.#marks = NOTHING;
    this.#pages.tell(this, 'shown');
  }

  /** The page came to the screen, left it, or got the focus. */
  moved(): void {
    this.#pages.tell(this, 'shown');
  }

  dispose(): void {
    this.#listed.dispose();
  }
}
