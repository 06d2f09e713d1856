/** The legend beside the structure. */

import { t } from '@vscode/l10n';
import { gradientColor } from './coloring.ts';
import type { Palette } from './confidence.ts';
import { cssColor, el } from './dom.ts';
import type { Legend, LegendRow } from './legend.ts';

/** Makes it. */
export function createLegendCard(onPalette: (palette: Palette) => void): {
  readonly element: HTMLElement;
  /** @param palette undefined when the colouring has but one palette */
  show(legend: Legend | undefined, palette: Palette | undefined): void;
} {
  const body = el('div', { class: 'legend-body' });
  const box = el('input', { type: 'checkbox', id: 'palette' });
  box.addEventListener('change', () => onPalette(box.checked ? 'colour-blind' : 'official'));
  const check = el('label', { class: 'check' }, box, t('Colour-blind safe'));
  check.hidden = true;
  // It has its place before there is a legend: giving the 3D view another size takes as long as drawing in it.
  const element = el('section', { class: 'legend', 'aria-label': t('Legend') }, body, check);
  return {
    element,
    show(legend, palette) {
      element.hidden = legend === undefined;
      if (!legend) return;
      body.replaceChildren(...parts(legend));
      check.hidden = palette === undefined;
      box.checked = palette === 'colour-blind';
    },
  };
}

function parts(legend: Legend): HTMLElement[] {
  const head = [
    el('h2', {}, legend.title),
    ...(legend.mean ? [el('p', { class: 'mean' }, el('strong', {}, legend.mean), t('mean'))] : []),
  ];
  const note = legend.note ? [el('p', { class: 'note' }, legend.note)] : [];
  if (legend.gradient) {
    const { stops, from, to } = legend.gradient;
    return [
      ...head,
      gradientBar(stops),
      el('div', { class: 'ends' }, el('span', {}, from), el('span', {}, to)),
      ...note,
    ];
  }
  const rows = legend.rows.map(({ color, label, range, percent }) =>
    el(
      'tr',
      {},
      el('td', {}, swatch(color)),
      el('th', { scope: 'row' }, label),
      el('td', { class: 'range' }, range ?? ''),
      el('td', { class: 'percent' }, percent === undefined ? '' : `${percent} %`),
    ),
  );
  const bar = legend.rows.some(({ percent }) => percent) ? [sharesBar(legend.rows)] : [];
  return [...head, ...bar, el('table', {}, el('tbody', {}, ...rows)), ...note];
}

/** One bar, divided as the residues are. The table says the same in words. */
function sharesBar(rows: readonly LegendRow[]): HTMLElement {
  const shown = rows.filter(({ percent }) => percent);
  const element = el('div', { class: 'shares', 'aria-hidden': 'true' });
  for (const { color, percent } of shown) {
    const part = el('span');
    part.style.flexGrow = String(percent);
    part.style.backgroundColor = cssColor(color);
    element.append(part);
  }
  return element;
}

function swatch(color: number): HTMLElement {
  const element = el('span', { class: 'swatch' });
  // Set through the object model: the page's policy forbids style attributes in markup, not this.
  element.style.backgroundColor = cssColor(color);
  return element;
}

function gradientBar(stops: readonly number[]): HTMLElement {
  const element = el('div', { class: 'gradient' });
  const colors = Array.from({ length: 9 }, (_, index) => cssColor(gradientColor(stops, index / 8)));
  element.style.backgroundImage = `linear-gradient(to right, ${colors.join(', ')})`;
  return element;
}
