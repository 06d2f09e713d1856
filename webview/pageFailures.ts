/** What the page says when there is nothing to see, and what can be done about it. */

import { t } from '@vscode/l10n';
import { UnreadableStructureError } from './errors.ts';
import type { Host } from './host.ts';
import type { PageParts } from './pageParts.ts';

const NO_WEBGL = t('This window cannot draw in 3D: WebGL 2 is missing.');
const NO_WEBGL_REMEDY = t(
  'Turn hardware acceleration on (command “Preferences: Configure Runtime Arguments”, remove “disable-hardware-acceleration”), or update the graphics driver, then restart the editor.',
);

/** A 3D view that is being made. @throws UnreadableStructureError when this window cannot draw in 3D */
export async function orNoWebGl<View>(making: Promise<View>): Promise<View> {
  try {
    return await making;
  } catch (error) {
    if (error instanceof UnreadableStructureError) throw error;
    throw new UnreadableStructureError(NO_WEBGL, NO_WEBGL_REMEDY, { cause: error });
  }
}

export class PageFailures {
  readonly #overlay: PageParts['overlay'];
  readonly #host: Host;

  constructor(overlay: PageParts['overlay'], host: Host) {
    this.#overlay = overlay;
    this.#host = host;
  }

  /** Before there is a file. */
  cannotDraw(error: unknown): void {
    if (error instanceof UnreadableStructureError) this.#overlay.fail(error.message, error.remedy, []);
  }

  contextLost(): void {
    this.#overlay.fail(
      t('The graphics driver closed this 3D drawing.'),
      t('That happens after sleep, or when many 3D tabs are open. Close some of them, then draw it again.'),
      [{ text: t('Draw again'), run: () => this.#host.post({ type: 'retry' }) }],
    );
  }

  failed(problem: string, remedy: string, canOpenAsText: boolean): void {
    const retry = { text: t('Try again'), run: () => this.#host.post({ type: 'retry' }) };
    const asText = { text: t('Open as text'), run: () => this.#host.post({ type: 'open-as-text' }) };
    this.#overlay.fail(problem, remedy, canOpenAsText ? [retry, asText] : [retry]);
  }
}
