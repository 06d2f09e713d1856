/** The little form that asks how a picture is to be saved. */

import { t } from '@vscode/l10n';
import { el } from './dom.ts';

/** How large a picture becomes: a multiple of the window, or a width in pixels. */
export type PictureSize = { readonly factor: number } | { readonly width: number };

/** What the user chose. */
export interface PictureOptions {
  readonly size: PictureSize;
  readonly background: 'editor' | 'white' | 'transparent';
  readonly legend: boolean;
}

const SIZES: Readonly<Record<string, { readonly text: string; readonly size: PictureSize }>> = {
  x2: { text: t('{0} × the window', 2), size: { factor: 2 } },
  x4: { text: t('{0} × the window', 4), size: { factor: 4 } },
  // One and two journal columns (90 and 180 mm) at 600 dots per inch.
  w2126: { text: t('2126 px · one column, 600 dpi'), size: { width: 2126 } },
  w4252: { text: t('4252 px · two columns, 600 dpi'), size: { width: 4252 } },
};

const BACKGROUNDS: Readonly<Record<PictureOptions['background'], string>> = {
  white: t('White'),
  transparent: t('Transparent'),
  editor: t('As in the editor'),
};

/** Makes the form; a button opens it by naming its id in `popovertarget`. */
export function picturePopover(save: (options: PictureOptions) => void): HTMLElement {
  const size = el('select', { id: 'picture-size' });
  size.append(...Object.entries(SIZES).map(([value, { text }]) => el('option', { value }, text)));
  const background = el('select', { id: 'picture-background' });
  background.append(...Object.entries(BACKGROUNDS).map(([value, text]) => el('option', { value }, text)));
  const legend = el('input', { type: 'checkbox', id: 'picture-legend', checked: true });
  const form = el(
    'form',
    { id: 'picture', class: 'popover', popover: 'auto', role: 'dialog', 'aria-label': t('Save picture') },
    el('label', { for: 'picture-size' }, t('Size')),
    size,
    el('label', { for: 'picture-background' }, t('Background')),
    background,
    el('label', { class: 'check' }, legend, t('With legend')),
    el('button', { type: 'submit', class: 'primary' }, t('Save…')),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    form.hidePopover();
    save({
      size: SIZES[size.value]?.size ?? { factor: 2 },
      background: background.value as PictureOptions['background'],
      legend: legend.checked,
    });
  });
  return form;
}
