/** Small helpers to make page elements without HTML text, so that no file name can ever become markup. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | undefined;

/** Makes an element. `true` sets an empty attribute; `false` and undefined leave it away. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Paths of the toolbar's icons on a grid of 16, drawn as lines in the colour of the text. */
const ICONS = {
  spin: 'M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 1.5v3h-3',
  reset: 'M2 5.5V2h3.5M14 5.5V2h-3.5M2 10.5V14h3.5M14 10.5V14h-3.5M8 6.2v3.6M6.2 8h3.6',
  picture: 'M1.5 4.5h3l1-2h5l1 2h3v9h-13zM8 11.5a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z',
  measure: 'M2 14 14 2M2 14v-4M2 14h4M14 2v4M14 2h-4M6 8l2 2M8 6l2 2',
  clear: 'M3 3l10 10M13 3 3 13',
  target: 'M8 13.5A5.5 5.5 0 1 0 8 2.5a5.5 5.5 0 0 0 0 11zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  locate: 'M2.5 3.5h11M2.5 8h5M2.5 12.5h5M9.5 10.2 13.5 8v4.4z',
  report: 'M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.5 11.5v-2M8 11.5v-4M10.5 11.5v-1',
  legend: 'M2 3.5h2v2H2zM6.5 4.5H14M2 8h2v2H2zM6.5 9H14M2 12.5h2v1H2zM6.5 13H14',
} as const;

/** Names of the icons. */
export type IconName = keyof typeof ICONS;

const SVG = 'http://www.w3.org/2000/svg';

/** An icon; the element beside it must carry the words. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** `#rrggbb` of a colour number. */
export function cssColor(color: number): string {
  return `#${color.toString(16).padStart(6, '0')}`;
}
