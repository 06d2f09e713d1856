/** The HTML of the structure page. Pure, so that the tests and the picture maker show the very page the editor shows. */

import { TEXTS_ELEMENT } from './protocol.ts';

export interface StructurePageParts {
  /** Language of the page's words, as `vscode.env.language` has it. */
  readonly language: string;
  /** Name of the page. */
  readonly title: string;
  /** Translations of the page's words (`vscode.l10n.bundle`); none where they are English. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
  /** Where the page's script lies, as the page may load it. */
  readonly scriptUri: string;
  /** Where the library lies that draws in 3D, as the page may load it. */
  readonly libraryUri?: string | undefined;
  /** Where the page's style sheet lies, as the page may load it. */
  readonly styleUri: string;
  /** The origin style sheets may come from (`webview.cspSource`). */
  readonly styleSource: string;
  /** Fresh random letters and digits for this page. */
  readonly nonce: string;
}

/**
 * What the page may do: run its own script, load its own style sheet, draw pictures it made itself, and start workers
 * it made itself (molecular surfaces). Nothing may be fetched: the structure arrives in a message.
 */
export function structurePageCsp(parts: Pick<StructurePageParts, 'nonce' | 'styleSource'>): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${parts.nonce}'`,
    `style-src ${parts.styleSource}`,
    `img-src blob: data:`,
    `worker-src blob:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** A block of data, which never runs. No text in it can end it. */
function textsBlock(texts: Readonly<Record<string, string>>): string {
  const json = JSON.stringify(texts).replaceAll('<', '\\u003c');
  return `<script type="application/json" id="${TEXTS_ELEMENT}">${json}</script>\n`;
}

const script = (uri: string, nonce: string): string =>
  `<script nonce="${nonce}" src="${escapeAttribute(uri)}"></script>`;

/** The whole page. The structure, its title and file name are not part of it: they come by message and never become HTML. */
export function structurePageHtml(parts: StructurePageParts): string {
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(structurePageCsp(parts))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeAttribute(parts.title)}</title>
<link rel="stylesheet" href="${escapeAttribute(parts.styleUri)}">
</head>
<body>
<div id="viewer"></div>
${parts.texts ? textsBlock(parts.texts) : ''}${script(parts.scriptUri, parts.nonce)}
${parts.libraryUri ? script(parts.libraryUri, parts.nonce) : ''}
</body>
</html>
`;
}
