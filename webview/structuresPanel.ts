/** The list of structures that are shown together: which is seen, in which colour, and how it lies on the shown one. */

import { t } from '@vscode/l10n';
import { cssColor, el, icon } from './dom.ts';
import { isOverlayColor, OVERLAY_COLORS, type OverlayColor } from './overlayColors.ts';

/** One structure laid over the shown one. */
export interface StructureRow {
  readonly index: number;
  readonly label: string;
  readonly visible: boolean;
  readonly color: OverlayColor;
  /** How it lies on the shown one, in words. */
  readonly fit: string;
  /** What its numbers are, for example `pLDDT 87.3` or `B-factors`. */
  readonly values: string;
}

/** What the user may ask for. `index` names the structure. */
export interface StructuresPanelActions {
  setVisible(index: number, visible: boolean): void;
  setColor(index: number, color: OverlayColor): void;
  /** Shows it in full, and all others laid over it. */
  makeReference(index: number): void;
  takeAway(index: number): void;
}

/** What the list shows. */
export interface PanelContent {
  /** The structure that the others lie on. */
  readonly reference: { readonly label: string; readonly values: string };
  readonly rows: readonly StructureRow[];
}

/** Makes it. */
export function createStructuresPanel(actions: StructuresPanelActions): {
  readonly element: HTMLElement;
  /**
   * Hidden when nothing is laid over the shown structure.
   * @param reserved whether something will soon be: then its room is taken at once, so that nothing moves later
   */
  show(content: PanelContent | undefined, reserved: boolean): void;
} {
  const list = el('ul', {});
  const element = el(
    'section',
    { class: 'structures', 'aria-label': t('Structures'), tabindex: 0 },
    el('h2', {}, t('Structures')),
    list,
  );
  element.hidden = true;
  return {
    element,
    show(content, reserved) {
      element.hidden = !reserved && (content === undefined || content.rows.length === 0);
      if (!content) return list.replaceChildren();
      // The rows are made anew; the focus stays on what has the same name.
      const focused = document.activeElement?.getAttribute('aria-label');
      const held = list.contains(document.activeElement);
      list.replaceChildren(referenceRow(content.reference), ...content.rows.map((row) => overlayRow(row, actions)));
      if (!held) return;
      const same = [...list.querySelectorAll<HTMLElement>('[aria-label]')].find(
        (control) => control.getAttribute('aria-label') === focused,
      );
      (same ?? element).focus();
    },
  };
}

function referenceRow({ label, values }: PanelContent['reference']): HTMLElement {
  return el(
    'li',
    { 'aria-current': 'true' },
    el('span', { class: 'structure-name', title: label }, label),
    el('p', { class: 'figures' }, `${t('Reference')} · ${values}`),
  );
}

function overlayRow(row: StructureRow, actions: StructuresPanelActions): HTMLElement {
  const { index, label } = row;
  const box = el('input', { type: 'checkbox', 'aria-label': t('Show {0}', label) });
  box.checked = row.visible;
  box.addEventListener('change', () => actions.setVisible(index, box.checked));
  const reference = tool('target', t('Use {0} as reference', label), () => actions.makeReference(index));
  const away = tool('clear', t('Remove {0}', label), () => actions.takeAway(index));
  return el(
    'li',
    {},
    el('label', { class: 'check structure-name', title: label }, box, label),
    el('div', { class: 'structure-tools' }, colorChoice(row, actions), reference, away),
    el('p', { class: 'figures' }, row.fit),
    el('p', { class: 'figures' }, row.values),
  );
}

function colorChoice({ index, label, color }: StructureRow, actions: StructuresPanelActions): HTMLElement {
  const list = el(
    'select',
    { 'aria-label': t('Colour of {0}', label), title: t('Colour of {0}', label) },
    ...OVERLAY_COLORS.map(({ name }, at) => el('option', { value: at }, name)),
    el('option', { value: 'own' }, t('As the reference')),
  );
  list.value = String(color);
  list.addEventListener('change', () => {
    const chosen = list.value === 'own' ? 'own' : Number(list.value);
    if (isOverlayColor(chosen)) actions.setColor(index, chosen);
  });
  const swatch = el('span', { class: 'swatch', 'aria-hidden': 'true' });
  const shown = color === 'own' ? undefined : OVERLAY_COLORS[color];
  if (shown) swatch.style.backgroundColor = cssColor(shown.color);
  else swatch.classList.add('own');
  return el('span', { class: 'structure-color' }, swatch, list);
}

function tool(name: Parameters<typeof icon>[0], text: string, run: () => void): HTMLButtonElement {
  const button = el('button', { type: 'button', class: 'tool', title: text, 'aria-label': text }, icon(name));
  button.addEventListener('click', run);
  return button;
}
