/**
 * The page's words in the editor's language: `t` of `@vscode/l10n` looks them up in what is read here.
 *
 * The entry imports this file before all others, so that also the words in their constants are found. Without the
 * element, in English and in tests outside a browser, every text is said as it is written.
 */

import { config } from '@vscode/l10n';
import { TEXTS_ELEMENT } from '../extension/structure/protocol.ts';

const texts = globalThis.document?.getElementById(TEXTS_ELEMENT)?.textContent;
if (texts) config({ contents: texts });
