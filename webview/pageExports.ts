/** What leaves the page: pictures, reports, and counts for tests. */

import { t } from '@vscode/l10n';
import type { Host } from './host.ts';
import { countBandPixels, readPixels } from './measure.ts';
import type { PageMarks } from './pageMarks.ts';
import type { PictureOptions } from './picturePopover.ts';
import type { Scene } from './scene.ts';
import { takePicture } from './scenePicture.ts';
import { makeReport } from './sceneReport.ts';
import type { ViewerState } from './state.ts';
import type { StructureView } from './structureView.ts';

/** What the page shows at the moment, completely drawn. */
export interface Shown {
  readonly scene: Scene;
  readonly view: StructureView;
  readonly state: ViewerState;
}

/** Makes them from what is shown. */
export class PageExports {
  readonly #host: Host;
  readonly #marks: PageMarks;
  readonly #say: (text: string) => void;
  readonly #shown: () => Promise<Shown | undefined>;

  /** @param shown waits for the drawing in progress; undefined when nothing is shown */
  constructor(
    host: Host,
    marks: PageMarks,
    page: { readonly say: (text: string) => void; readonly shown: () => Promise<Shown | undefined> },
  ) {
    this.#host = host;
    this.#marks = marks;
    this.#say = page.say;
    this.#shown = page.shown;
  }

  savePicture(options: PictureOptions): Promise<void> {
    return this.#save({
      busy: t('Drawing the picture…'),
      failed: (reason) => t('The picture could not be made: {0} Try a smaller size.', reason),
      make: ({ scene, view, state }) => takePicture(scene, view, state, options),
    });
  }

  saveReport(): Promise<void> {
    return this.#save({
      busy: t('Writing the report…'),
      failed: (reason) => t('The report could not be made: {0} Close other 3D tabs and try again.', reason),
      make: ({ scene, view, state }) => makeReport(scene, view, state, this.#marks),
    });
  }

  /** Counts what is drawn. */
  async measure(id: number): Promise<void> {
    const shown = await this.#shown();
    if (!shown) return;
    const picture = await shown.view.makeImage({ factor: 1, antialias: false, transparent: true });
    const { data, width, height } = await readPixels(picture);
    this.#host.post({ type: 'measured', id, width, height, pixels: countBandPixels(data, shown.state.palette) });
  }

  async #save(file: {
    readonly busy: string;
    readonly failed: (reason: string) => string;
    readonly make: (shown: Shown) => Promise<{ readonly fileName: string; readonly bytes: Uint8Array }>;
  }): Promise<void> {
    const shown = await this.#shown();
    if (!shown) return;
    this.#say(file.busy);
    try {
      const { fileName, bytes } = await file.make(shown);
      this.#host.post({ type: 'save-file', fileName, bytes });
    } catch (error) {
      this.#say(file.failed(error instanceof Error ? error.message : String(error)));
    }
  }
}
