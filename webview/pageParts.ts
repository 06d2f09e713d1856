/** The page's elements, put together. */

import type { Palette } from './confidence.ts';
import { el } from './dom.ts';
import { createLegendCard } from './legendCard.ts';
import { createOverlay } from './overlay.ts';
import { createPaePanel } from './paePanel.ts';
import type { Origin } from './residueLink.ts';
import { createSequenceTrack, type TrackActions } from './sequenceTrack.ts';
import { createToolbar, type ToolbarActions } from './toolbar.ts';

/** What the user may ask for. */
export interface PageActions extends ToolbarActions, Omit<TrackActions, 'point'> {
  /** Residues are indices in `StructureData.residues`. */
  point(residue: number | undefined, origin: Origin): void;
  choosePalette(palette: Palette): void;
}

/** The page's parts. */
export interface PageParts {
  /** The element the 3D view fills. */
  readonly stage: HTMLElement;
  readonly toolbar: ReturnType<typeof createToolbar>;
  readonly legend: ReturnType<typeof createLegendCard>;
  readonly overlay: ReturnType<typeof createOverlay>;
  readonly sequence: ReturnType<typeof createSequenceTrack>;
  readonly pae: ReturnType<typeof createPaePanel>;
  setEnabled(enabled: boolean): void;
  /** Lets the page be seen. Until then nothing of it is painted: a first picture without the structure takes its time. */
  reveal(): void;
  /** The residue under the pointer; empty shows the size again. */
  setHover(text: string): void;
  /** What the line says while nothing is pointed at. */
  setSize(text: string): void;
  setProvenance(text: string): void;
  /** A word to the user that stays until the next one; empty takes it away. */
  say(text: string): void;
}

/**
 * Builds the page in `root`.
 * @param beside what stands on the left of the structure
 */
export function createPageParts(root: HTMLElement, actions: PageActions, beside: HTMLElement): PageParts {
  const toolbar = createToolbar(actions);
  const legend = createLegendCard((palette) => actions.choosePalette(palette));
  const reveal = (): void => root.classList.remove('unseen');
  const overlay = createOverlay(reveal);
  const { select, focus, describe } = actions;
  const sequence = createSequenceTrack({
    select,
    focus,
    describe,
    point: (residue) => actions.point(residue, 'sequence'),
  });
  const pae = createPaePanel({ select, point: (residue) => actions.point(residue, 'pae') });
  const stage = el('div', { class: 'stage' });
  const notice = el('p', { class: 'notice', role: 'status' });
  const left = el('span', { class: 'residue' });
  const right = el('span', { class: 'provenance' });
  notice.hidden = true;
  toolbar.setEnabled(false);
  root.classList.add('unseen');
  root.replaceChildren(
    toolbar.element,
    el('main', {}, beside, stage, pae.element, legend.element, notice, overlay.element),
    sequence.element,
    el('footer', {}, left, right),
  );
  let size = '';
  return {
    stage,
    toolbar,
    legend,
    overlay,
    sequence,
    pae,
    setEnabled: (enabled) => toolbar.setEnabled(enabled),
    reveal,
    setHover(text) {
      left.textContent = text || size;
      left.classList.toggle('pointed', text !== '');
    },
    setSize(text) {
      size = text;
      left.textContent = text;
      left.classList.remove('pointed');
    },
    setProvenance(text) {
      right.textContent = text;
      right.title = text;
    },
    say(text) {
      notice.textContent = text;
      notice.hidden = text === '';
    },
  };
}
