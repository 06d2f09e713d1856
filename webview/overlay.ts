/** What lies over the structure while it is read, or when it cannot be shown. */

import { el } from './dom.ts';

/**
 * After this long (ms) something moves. Not before: where the processor draws, a moving bar takes as much of it as
 * reading the structure does, and makes what it announces late.
 */
const LONG_MS = 1500;

/** A button of the error card. */
export interface OverlayAction {
  readonly text: string;
  readonly run: () => void;
}

/**
 * Makes the overlay.
 * @param onShow called when there is something to be seen
 */
export function createOverlay(onShow: () => void): {
  readonly element: HTMLElement;
  /** @param patience how long to wait before it is shown (ms): what is quick should not flicker */
  busy(text: string, patience?: number): void;
  fail(problem: string, remedy: string, actions: readonly OverlayAction[]): void;
  clear(): void;
} {
  const element = el('div', { class: 'overlay' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (...children: readonly HTMLElement[]): void => {
    clearTimeout(timer);
    element.replaceChildren(...children);
    element.hidden = children.length === 0;
    if (!element.hidden) onShow();
  };
  set();
  return {
    element,
    busy(text, patience = 0) {
      clearTimeout(timer);
      const show = (): void => {
        const card = busyCard(text);
        set(card);
        timer = setTimeout(() => card.append(progressBar(text)), LONG_MS);
      };
      if (patience > 0) timer = setTimeout(show, patience);
      else show();
    },
    fail(problem, remedy, actions) {
      const buttons = actions.map(({ text, run }, index) => {
        const button = el('button', { type: 'button', class: index === 0 ? 'primary' : 'secondary' }, text);
        button.addEventListener('click', run);
        return button;
      });
      set(
        el(
          'div',
          { class: 'failure', role: 'alert' },
          el('h1', {}, problem),
          el('p', {}, remedy),
          el('div', { class: 'actions' }, ...buttons),
        ),
      );
    },
    clear() {
      set();
    },
  };
}

function busyCard(text: string): HTMLElement {
  return el('div', { class: 'busy', role: 'status' }, el('p', {}, text));
}

function progressBar(text: string): HTMLElement {
  const bar = el('div', { class: 'progress-bar' });
  return el('div', { class: 'progress', role: 'progressbar', 'aria-label': text }, bar);
}
