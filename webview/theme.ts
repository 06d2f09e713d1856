/** The editor's colours, for what style sheets cannot reach: the 3D view and pictures. */

/** Red, green and blue in 0–255. */
export type Rgb = readonly [number, number, number];

/** Reads `rgb(…)` or `rgba(…)` as browsers write computed colours; anything else is answered with `otherwise`. */
export function parseCssColor(text: string, otherwise: Rgb): Rgb {
  const [red, green, blue] =
    /^rgba?\(([^)]*)\)$/
      .exec(text.trim())?.[1]
      ?.split(/[\s,/]+/)
      .map(Number) ?? [];
  return red === undefined || green === undefined || blue === undefined || ![red, green, blue].every(Number.isFinite)
    ? otherwise
    : [red, green, blue];
}

/** The editor's background. */
export function backgroundColor(): Rgb {
  return parseCssColor(getComputedStyle(document.body).backgroundColor, [255, 255, 255]);
}

/** Colours and font of the page, for canvas drawing. */
export function textStyle(): { readonly color: string; readonly background: string; readonly family: string } {
  const style = getComputedStyle(document.body);
  return { color: style.color, background: style.backgroundColor, family: style.fontFamily };
}

/** Calls the listener when the user changes the editor's theme: VS Code then changes the classes of the body. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

/** Colours and fonts of the sequence and of plots, from the editor's theme. */
export function trackColors(): {
  readonly text: string;
  readonly quiet: string;
  readonly focus: string;
  readonly selection: string;
  readonly family: string;
  readonly monospace: string;
} {
  const style = getComputedStyle(document.body);
  const of = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: style.color,
    quiet: of('--vscode-descriptionForeground', '#6b6b6b'),
    focus: of('--vscode-focusBorder', '#0078d4'),
    selection: of('--vscode-editor-selectionBackground', 'rgb(0 120 212 / 35%)'),
    family: style.fontFamily,
    monospace: of('--vscode-editor-font-family', 'ui-monospace, "DejaVu Sans Mono", monospace'),
  };
}
