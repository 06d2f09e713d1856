/** A second structure beside the shown one: asking for it, laying it over, saying how far apart the two are. */

import { t } from '@vscode/l10n';
import type { ComparisonMessage } from '../extension/structure/protocol.ts';
import { COMPARED_COLOR, type Comparison, describeComparison } from './comparison.ts';
import { cssColor, el, icon } from './dom.ts';
import { UnreadableStructureError } from './errors.ts';
import type { Host } from './host.ts';
import { inflate } from './inflate.ts';
import type { StructureView } from './structureView.ts';

/** What the user chose to compare with. */
export type ComparisonChoice = 'nothing' | 'file' | number;

/** Makes it, with the card that says how far apart the structures are. */
export class PageComparison {
  /** The card over the structure. */
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #text = el('span', { role: 'status' });
  readonly #on: {
    readonly changed: (comparison: Comparison | undefined) => void;
    readonly say: (text: string) => void;
  };
  #view: StructureView | undefined;
  #serial = -1;

  constructor(
    host: Host,
    on: { readonly changed: (comparison: Comparison | undefined) => void; readonly say: (text: string) => void },
  ) {
    this.#host = host;
    this.#on = on;
    const swatch = el('span', { class: 'swatch' });
    swatch.style.backgroundColor = cssColor(COMPARED_COLOR);
    const close = el('button', { type: 'button', class: 'tool', title: t('End the comparison') }, icon('clear'));
    close.setAttribute('aria-label', t('End the comparison'));
    close.addEventListener('click', () => this.choose('nothing'));
    this.element = el('div', { class: 'comparison', hidden: true }, swatch, this.#text, close);
  }

  /** Another structure is shown; what was compared with the last one is gone. */
  attach(view: StructureView | undefined, serial: number): void {
    this.#view = view;
    this.#serial = serial;
    this.#show(undefined);
  }

  choose(choice: ComparisonChoice): void {
    if (choice === 'file') this.#host.post({ type: 'compare-file' });
    else if (choice !== 'nothing') this.#host.post({ type: 'compare', index: choice });
    else {
      this.#view?.removeComparison();
      this.#show(undefined);
    }
  }

  /** The other structure has come. */
  async receive(message: ComparisonMessage): Promise<void> {
    const view = this.#view;
    if (!view || message.serial !== this.#serial) return;
    try {
      const bytes = await inflate(message.bytes);
      const comparison = await view.compare(bytes, message.format, message.label);
      if (message.serial === this.#serial) this.#show(comparison);
    } catch (error) {
      this.#show(undefined);
      if (!(error instanceof UnreadableStructureError)) throw error;
      this.#on.say(`${error.message} ${error.remedy}`);
    }
  }

  #show(comparison: Comparison | undefined): void {
    this.element.hidden = comparison === undefined;
    this.#text.textContent = comparison ? `${comparison.label}: ${describeComparison(comparison)}` : '';
    this.#on.changed(comparison);
  }
}
